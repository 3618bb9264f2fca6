"""Setup by the board's own page: the real firmware, in Chromium and under hostile requests."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import shutil
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from conftest import ROOM, SPEECH, mpremote
from playwright.async_api import Page, async_playwright, expect
from roomtone_host.browser import find_chromium
from roomtone_host.server.tokens import Tokens, load_secret
from roomtone_host.serverprocess import ServerProcess
from roomtone_host.simboard import SimBoard

RADIO = Path(__file__).parent / "fake_radio" / "network.py"
needs_chromium = pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed")


class SetupBoard(SimBoard):
    """A virtual board whose setup page is open at `url`; `radio` gives it a Wi-Fi."""

    def __init__(self, directory: Path, radio: bool = False, **settings: Any) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        options = {
            "microphone": str(SPEECH / "caller.wav"),
            "speaker": "heard.wav",
            "setup_port": self.port,
            "setup_dns_port": _free_port(),
        }
        super().__init__(directory, {"name": "Kitchen", "board": options, **settings})
        if radio:
            self.directory.mkdir(parents=True)
            shutil.copy(RADIO, self.directory)

    def open_setup(self) -> None:
        """Start, and wait until the page answers."""
        self.start()
        self.type(b"setup\r")
        _until(lambda: "then open http" in self.console() or "Setup: open" in self.console())

    def key(self) -> str:
        """The key that the page holds."""
        found = re.search(r'name="setup-key" content="(\w+)"', httpx.get(self.url).text)
        assert found
        return found[1]

    def kept(self) -> dict[str, Any]:
        """The board's settings.json."""
        return json.loads((self.directory / "settings.json").read_text())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _until(condition: Any, timeout_s: float = 8.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def board(tmp_path: Path) -> Iterator[SetupBoard]:
    made = SetupBoard(tmp_path / "board")
    made.open_setup()
    yield made
    made.stop()


@pytest.fixture
def radio_board(tmp_path: Path) -> Iterator[SetupBoard]:
    made = SetupBoard(tmp_path / "board", radio=True)
    made.open_setup()
    yield made
    made.stop()


@contextlib.asynccontextmanager
async def opened(board: SetupBoard, **options: Any) -> AsyncIterator[Page]:
    """The page on a phone."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox"]
        )
        try:
            view = {"viewport": {"width": 390, "height": 844}, **options}
            page = await (await browser.new_context(**view)).new_page()
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            await page.goto(board.url)
            await expect(page.locator("#board")).to_have_text("Kitchen, sim")
            yield page
            assert errors == []
        finally:
            await browser.close()


# -- a person with a phone -----------------------------------------------------------------


@needs_chromium
async def test_from_a_new_board_to_its_room(server: ServerProcess, radio_board: SetupBoard):
    board = radio_board
    assert board.led() == "setup"
    async with opened(board) as page:
        names = page.locator("#networks span")
        await expect(names).to_have_text(["Lighthouse", "Café free", "Neighbours"])
        await page.get_by_label("Lighthouse, with password").check(force=True)
        await page.fill("#password", "wrong password")
        await page.fill("#country", "de")
        await page.fill("#invite", f"{server.url}/r/{ROOM}#token=s3cret")
        await page.fill("#name", "Hall")
        await page.click("#save")
        failed = page.locator("li.failed")
        await expect(failed).to_contain_text("Lighthouse: the password is wrong", timeout=15000)
        await page.click("#back")
        await page.fill("#password", "correct horse")
        await page.click("#save")
        await expect(page.locator("#headline")).to_have_text("Hall is ready", timeout=15000)
        await expect(page.locator("li.passed")).to_have_count(3)
        body = await page.content()
    assert "s3cret" not in body and "correct horse" not in body
    kept = board.kept()
    assert kept["wifi"]["networks"] == [{"ssid": "Lighthouse", "password": "correct horse"}]
    assert (kept["wifi"]["country"], kept["name"], kept["token"]) == ("DE", "Hall", "s3cret")
    assert (board.directory / "identity.bin").stat().st_size > 200
    board.wait_for("state", 10.0, state="connected")
    board.wait_for("state", 10.0, state="closed")


@needs_chromium
async def test_microphone_and_speaker_are_tested(board: SetupBoard):
    async with opened(board) as page:
        await page.click("#listen")
        meter = page.locator("#meter")
        await expect(meter).not_to_have_attribute("aria-valuenow", "-60")
        await page.click("#listen")
        await page.click("#tone")
        await expect(page.locator("#tone-note")).to_contain_text("Playing")
        board.wait_for("speaker-started", 5.0)
        board.wait_for("speaker-stopped", 5.0)
    board.wait_for("first-sound", 1.0)


@needs_chromium
async def test_what_is_wrong_is_said_and_nothing_is_lost(server: ServerProcess, board: SetupBoard):
    async with opened(board, color_scheme="dark") as page:
        await page.fill("#invite", "lab")
        await page.click("#save")
        await expect(page.locator("#error")).to_contain_text("This is no invite link")
        await page.fill("#invite", f"{server.url}/r/nobody-made-me")
        await page.click("#save")
        await expect(page.locator("li.failed")).to_contain_text("There is no room with this id.")
        await page.click("#back")
        assert await page.input_value("#name") == "Kitchen"
        await page.fill("#invite", "http://127.0.0.1:9/r/lab")
        await page.click("#save")
        await expect(page.locator("li.failed")).to_contain_text(
            "The server does not answer.", timeout=15000
        )


# -- whoever else is on the network --------------------------------------------------------


def test_secrets_are_never_told(board: SetupBoard):
    headers = {"X-Setup-Key": board.key()}
    given = {"ssid": "home", "password": "hunter2222", "token": "s3cret", "server": "http://h:1"}
    with httpx.Client(base_url=board.url, headers=headers) as client:
        saved = client.post("/api/save", json={**given, "room": "lab"})
        texts = [saved.text, client.get("/api/state").text, client.get("/").text]
    assert saved.json()["has_token"] is True
    assert saved.json()["known"] == ["home"]
    assert not any("hunter2222" in text or "s3cret" in text for text in texts)
    board.type(b"settings\r")
    _until(lambda: "update_key_sha256" in board.console())
    assert "hunter2222" not in board.console() and "s3cret" not in board.console()


def test_foreign_pages_are_kept_out(board: SetupBoard):
    key = {"X-Setup-Key": board.key()}
    get = httpx.get
    captive = get(board.url + "/generate_204", headers={"Host": "connectivitycheck.gstatic.com"})
    assert (captive.status_code, captive.headers["location"]) == (302, board.url + "/")
    assert get(board.url + "/api/state").status_code == 403
    assert get(board.url + "/api/state", headers={"X-Setup-Key": "0" * 32}).status_code == 403
    assert (
        get(board.url + "/api/state", headers={**key, "Origin": "http://evil"}).status_code == 403
    )
    rebound = get(board.url + "/api/state", headers={**key, "Host": "evil.example"})
    assert rebound.status_code == 302
    form = httpx.post(board.url + "/api/save", headers=key, data={"name": "Evil"})
    assert form.status_code == 400
    page = get(board.url)
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert board.kept()["name"] == "Kitchen"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/3\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nbroken\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: \xff\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 8000 + b"\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ],
)
def test_broken_requests_are_refused(board: SetupBoard, data: bytes, status: int):
    with socket.create_connection(("127.0.0.1", board.port), 5) as client:
        client.sendall(data)
        assert client.recv(100).split(b" ")[1] == str(status).encode()
    assert httpx.get(board.url).status_code == 200


def test_clients_that_hang_do_not_keep_others_out_for_long(board: SetupBoard):
    clients = [socket.create_connection(("127.0.0.1", board.port), 5) for _ in range(4)]
    for client in clients:
        client.sendall(b"GET / HT")
    time.sleep(0.2)
    assert httpx.get(board.url).status_code == 503
    time.sleep(5.2)
    assert httpx.get(board.url).status_code == 200
    for client in clients:
        client.close()


def test_values_that_a_form_can_not_send(board: SetupBoard):
    key = {"X-Setup-Key": board.key()}
    for given in ({"volume": 5}, {"name": 7}, {"ssid": []}, {"server": "x"}, {"room": "x" * 99}):
        answer = httpx.post(board.url + "/api/save", headers=key, json=given)
        assert answer.status_code == 400 and answer.json()["error"]
    listed = httpx.post(board.url + "/api/save", headers=key, json=[])
    assert listed.status_code == 400
    assert httpx.get(board.url + "/api/nothing", headers=key).status_code == 404
    assert httpx.post(board.url + "/", headers=key, json={}).status_code == 405


# -- other ways in and out -----------------------------------------------------------------


def test_a_board_without_a_network_opens_setup_by_itself(tmp_path: Path):
    with SetupBoard(tmp_path / "board", radio=True) as board:
        _until(lambda: "WIFI:S:Roomtone BEEF;T:WPA;P:" in board.console())
        password = board.kept()["setup"]["password"]
        assert re.fullmatch(r"[2-9a-z]{8}", password)
        assert f"Roomtone BEEF (password {password})" in board.console()
        board.wait_for("led", 3.0, pattern="setup")


def test_five_seconds_on_the_button_open_it_and_the_console_closes_it(tmp_path: Path):
    with SetupBoard(tmp_path / "board") as board:
        board.hold()
        board.wait_for("led", 8.0, pattern="setup")
        board.release()
        board.type(b"setup end\r")
        _until(lambda: "setup is closed" in board.console())
        _until(lambda: board.led() == "off")
        with pytest.raises(httpx.ConnectError):
            httpx.get(board.url)


def test_the_same_by_console(server: ServerProcess, tmp_path: Path):
    with SetupBoard(tmp_path / "board") as board:
        link = f"{server.url}/r/{ROOM}#token=s3cret"
        board.type(b'provision({"invite": "%s", "name": "Hall"})\r' % link.encode())
        _until(lambda: "kept: name, room, server, token" in board.console())
        board.type(b'provision({"name": ""})\rprovision({"nmae": "x"})\r')
        _until(lambda: "there is no field nmae" in board.console())
        board.type(b"join\r")
        board.wait_for("state", 10.0, state="connected")
        assert "s3cret" not in board.console().replace(link, "")


async def test_names_lead_to_the_board(radio_board: SetupBoard):
    dns = radio_board.settings["board"]["setup_dns_port"]
    query = (
        b"\x12\x34\x01\x00\x00\x01" + bytes(6) + b"\x07captive\x05apple\x03com\x00\x00\x01\x00\x01"
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(3)
        await asyncio.to_thread(client.sendto, query, ("127.0.0.1", dns))
        answer = client.recv(512)
    assert answer[:4] == b"\x12\x34\x85\x00" and answer[-4:] == bytes((127, 0, 0, 1))


def test_an_invite_of_a_server_with_tls_brings_what_to_trust(tmp_path: Path):
    options = ("--tls", "--port", "0", "--host", "127.0.0.1", "--room", ROOM)
    with (
        ServerProcess(tmp_path / "server", *options) as secure,
        SetupBoard(tmp_path / "board") as board,
    ):
        token = Tokens(load_secret(tmp_path / "server")).issue(ROOM)
        pins = httpx.get(secure.url + "/v1/pins", verify=False).json()
        link = f"{secure.url}/r/{ROOM}#{urlencode({'token': token, **pins})}"
        mpremote(board, "exec", f"provision({{'invite': {link!r}}})")
        board.type(b"join\r")
        board.wait_for("state", 15.0, state="connected")
