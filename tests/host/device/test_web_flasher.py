"""The page that sets boards up, in Chromium: Web Serial is scripted, the rest is real.

Its port's bytes go through a WebSocket to the emulated loader and to MicroPython, so esptool-js,
the image, the files, the settings and what the board makes of them are those of a real one.
"""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
from pathlib import Path

import pytest
import pytest_asyncio
import stock
from playwright.async_api import async_playwright, expect
from roomtone_host.browser import find_chromium
from roomtone_host.device import boards
from roomtone_host.server import runner
from roomtone_host.server.config import Config
from roomtone_host.server.runner import RoomServer
from starlette.websockets import WebSocket, WebSocketDisconnect

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed"),
]
FAKE = (Path(__file__).parent / "fake_serial.js").read_text()
SHOTS = boards.ROOT / "build" / "screenshots"


class Cable:
    """What the page's port is plugged into: `board` is changed by the tests."""

    def __init__(self) -> None:
        self.board = None

    async def carry(self, link: WebSocket) -> None:
        await link.accept()
        try:
            line = os.open(self.board.pty, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:
            await link.close()
            return
        loop = asyncio.get_running_loop()
        arrived: asyncio.Queue[bytes] = asyncio.Queue()

        def ready() -> None:
            try:
                data = os.read(line, 65536)
            except OSError:
                data = b""
            if not data:
                loop.remove_reader(line)
            arrived.put_nowait(data)

        loop.add_reader(line, ready)
        upward = asyncio.create_task(self._up(arrived, link))
        try:
            while True:
                data = memoryview(await link.receive_bytes())
                while data:
                    try:
                        data = data[os.write(line, data) :]
                    except BlockingIOError:
                        await asyncio.sleep(0.001)
        except (WebSocketDisconnect, OSError, RuntimeError):
            pass
        finally:
            loop.remove_reader(line)
            upward.cancel()
            os.close(line)

    @staticmethod
    async def _up(arrived: asyncio.Queue[bytes], link: WebSocket) -> None:
        while data := await arrived.get():
            await link.send_bytes(data)
        with contextlib.suppress(RuntimeError):
            await link.close()  # the cable is out


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """Boards whose files run on this machine: one with an ESP32, one with an ESP32-S3."""
    place = tmp_path / "boards"
    for name, chip, image, psram in (
        ("kitchen", "esp32", "ESP32_GENERIC", "none"),
        ("hall", "esp32s3", "ESP32_GENERIC_S3", "quad"),
    ):
        shutil.copytree(boards.FOLDER / "sim", place / name)
        own = {"firmware": image, "duplex": "full", "psram": psram}
        facts = {"mcu": chip, "product": f"{name.title()} board", "roomtone": own}
        (place / name / "board.json").write_text(json.dumps(facts))
        drawing = boards.FOLDER / "esp32s3_devkitc" / "wiring.svg"
        shutil.copy(drawing, place / name / "wiring.svg")
    monkeypatch.setattr(boards, "FOLDER", place)
    return place


@pytest.fixture
def cable() -> Cable:
    return Cable()


@pytest_asyncio.fixture
async def server(tmp_path, folder, cable, monkeypatch):
    """An open server that holds the images, with the other end of the page's port."""
    images = tmp_path / "data" / "firmware"
    images.mkdir(parents=True)
    shutil.copy(stock.official(), images)
    name = stock.NAME.replace("ESP32_GENERIC", "ESP32_GENERIC_S3")
    (images / name).write_bytes(stock.image_for("esp32s3"))
    made = runner.create_app

    def create(hub):
        app = made(hub)
        app.add_api_websocket_route("/test/serial", cable.carry)
        return app

    monkeypatch.setattr(runner, "create_app", create)
    async with RoomServer(Config(tmp_path / "data", port=0, open=True)) as running:
        yield running


@pytest_asyncio.fixture
async def page(server):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox"]
        )
        context = await browser.new_context(viewport={"width": 1000, "height": 900})
        await context.add_init_script(FAKE)
        opened = await context.new_page()
        opened.problems = []
        opened.on("pageerror", lambda error: opened.problems.append(str(error)))
        opened.on(
            "console",
            lambda line: opened.problems.append(line.text) if line.type == "error" else None,
        )
        await opened.goto(f"{server.url('127.0.0.1')}/flash")
        yield opened
        await browser.close()


async def shot(page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=SHOTS / f"flash-{name}.png", full_page=True)


async def choose(page, name: str) -> None:
    await page.select_option("#board", name)
    await page.click("#choose")


async def test_a_board_without_memory_for_a_call_is_told_so(page):
    await page.select_option("#board", "kitchen")
    await expect(page.locator("#board-note")).to_contain_text("no PSRAM")
    await page.select_option("#board", "hall")
    await expect(page.locator("#board-note")).to_be_hidden()


async def test_from_a_bare_chip_to_a_room(page, plugged, cable):
    board = cable.board = plugged("esp32")
    await shot(page, "1-board")
    await choose(page, "kitchen")
    await page.click("#install")
    await expect(page.locator("#bar-write output")).to_contain_text("%", timeout=30_000)
    await shot(page, "2-installing")
    await expect(page.locator("#step-install")).to_have_class("step done", timeout=90_000)
    image = stock.official().read_bytes()
    assert board.rom.flash[0x1000 : 0x1000 + len(image)] == image
    assert board.rom.erased == 1
    assert (board.directory / "lib" / "webrtc" / "ice.mpy").exists()
    assert not (board.directory / "next").exists()

    await page.fill("#ssid", "Café")
    await page.fill("#wifi-password", 'pass"word\\1')
    await page.fill("#board-name", "Küche 😀")
    await page.uncheck("#auto-join")
    await shot(page, "3-settings")
    await page.click("#settings-body button[type=submit]")
    await expect(page.locator("#step-settings")).to_have_class("step done", timeout=60_000)
    await expect(page.locator("#invite-code")).to_be_visible()
    await shot(page, "4-invite")
    kept = json.loads((board.directory / "settings.json").read_text())
    assert kept["name"] == "Küche 😀"
    assert kept["wifi"]["networks"] == [{"ssid": "Café", "password": 'pass"word\\1'}]
    link = await page.inner_text("#invite-link")
    assert link.endswith(f"/r/{kept['room']}")
    assert kept["server"] == link.partition("/r/")[0]
    assert page.problems == []


async def test_an_update_keeps_what_is_the_boards_own(page, plugged, cable):
    board = cable.board = plugged("esp32", needs_image=False)
    board.directory.mkdir(parents=True)
    (board.directory / "settings.json").write_text('{"name": "Attic"}')
    (board.directory / "app.py").write_text("raise ImportError")
    await choose(page, "kitchen")
    await page.click("#update")
    await expect(page.locator("#step-install")).to_have_class("step done", timeout=60_000)
    assert json.loads((board.directory / "settings.json").read_text()) == {"name": "Attic"}
    assert not (board.directory / "app.py").exists()
    assert board.rom.erased == 0
    # Started anew, it runs the application, which has to end for the next update.
    board.plug()
    await page.click("#install-head")
    await page.click("#update")
    await expect(page.locator("#bars")).to_contain_text("had it all", timeout=60_000)


async def test_another_chip_is_refused_before_the_erase(page, plugged, cable):
    board = cable.board = plugged("esp32c3")
    await choose(page, "hall")
    await page.click("#install")
    told = page.locator("#install-trouble")
    await expect(told).to_contain_text("This board has an ESP32-C3", timeout=60_000)
    await shot(page, "5-wrong-chip")
    assert board.rom.erased == 0


async def test_a_pulled_cable_is_said_and_the_second_try_succeeds(page, plugged, cable):
    board = cable.board = plugged("esp32s3", pull_at=0.5)
    await choose(page, "hall")
    await page.click("#install")
    told = page.locator("#install-trouble")
    await expect(told).to_contain_text("The cable was pulled while writing.", timeout=60_000)
    await shot(page, "6-pulled")
    board.plug()
    await page.click("#install")
    await expect(page.locator("#step-install")).to_have_class("step done", timeout=90_000)
    image = stock.image_for("esp32s3")
    assert board.rom.flash[: len(image)] == image


async def test_flash_that_lies_is_found_out(page, plugged, cable):
    board = cable.board = plugged("esp32s3")
    board.rom.corrupt = True
    await choose(page, "hall")
    await page.click("#install")
    told = page.locator("#install-trouble")
    await expect(told).to_contain_text("is not what was written", timeout=60_000)


async def test_a_wrong_file_is_refused(page, plugged, cable, server, tmp_path):
    board = cable.board = plugged("esp32s3")
    for path in (tmp_path / "data" / "firmware").glob("*S3*"):
        path.rename(path.with_suffix(".gone"))
    await page.route("**/v1/boards/hall/image", lambda route: route.fulfill(status=503, json={}))
    await choose(page, "hall")
    await page.click("#install")
    told = page.locator("#install-trouble")
    await expect(told).to_contain_text("The server has no image", timeout=30_000)
    wrong = (
        (b"<!doctype html>", "This is no firmware image"),
        (stock.official().read_bytes(), "is for another chip"),
        (stock.image_for("esp32s3")[:900_000], "damaged or cut off, in its application"),
        (stock.official().read_bytes()[0xF000:], "for updates only"),
    )
    for index, (data, words) in enumerate(wrong):
        (tmp_path / f"{index}.bin").write_bytes(data)
        await page.set_input_files("#file", tmp_path / f"{index}.bin")
        await page.click("#install")
        await expect(told).to_contain_text(words, timeout=30_000)
    assert board.rom.erased == 0


async def test_digests_are_right(page):
    script = """async () => {
      const { md5 } = await import("/static/flash/md5.js");
      const bytes = (text) => new TextEncoder().encode(text);
      return ["", "abc", "a".repeat(55), "a".repeat(56), "a".repeat(64), "a".repeat(1000)]
        .map((text) => md5(bytes(text)));
    }"""
    assert await page.evaluate(script) == [
        "d41d8cd98f00b204e9800998ecf8427e",
        "900150983cd24fb0d6963f7d28e17f72",
        "ef1772b6dff9a122358552954ad0df65",
        "3b0c8ac703f828b04c6c197006d17218",
        "014842d480b571495a4a0363793f7367",
        "cabe45dcc9ae5b66ba86600cca6b8ba8",
    ]


async def test_a_browser_without_web_serial_is_told_what_to_do(page, server):
    context = await page.context.browser.new_context()
    await context.add_init_script("delete Navigator.prototype.serial")
    plain = await context.new_page()
    await plain.goto(f"{server.url('127.0.0.1')}/flash")
    await expect(plain.locator("#unsupported")).to_contain_text("no Web Serial")
    await context.close()


async def test_a_phone_shows_it_without_scrolling_sideways(page):
    await page.set_viewport_size({"width": 360, "height": 740})
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    await shot(page, "7-phone")
