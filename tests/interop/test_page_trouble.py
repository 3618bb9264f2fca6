"""The room's page in Chromium when things go otherwise: addresses, devices, a change of mind."""
# MIT License; see LICENSE

import contextlib
import sys
from pathlib import Path

import pytest
import pytest_asyncio
from page_checks import overflow
from playwright.async_api import expect
from roomtone_host.browser import BrowserParticipant, find_chromium
from roomtone_host.server.config import Config
from roomtone_host.server.runner import RoomServer

sys.path.insert(0, str(Path(__file__).parent.parent / "host"))

from room_client import RoomClient  # noqa: E402

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed"),
]
ROOM = "lab"
VOICE = Path(__file__).parents[2] / "tools" / "roomtone_host" / "speech" / "caller.wav"
# The browser asks for the microphone, and nobody answers yet.
ASKS = """() => {
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const answered = new Promise((resolve) => (globalThis.answer = resolve));
  navigator.mediaDevices.getUserMedia = (wanted) => answered.then(() => open(wanted));
}"""
REFUSES = """() => {
  navigator.mediaDevices.getUserMedia = async () => {
    throw new DOMException("in use", "NotReadableError");
  };
}"""
UNPLUG = """() => {
  const { track } = roomtoneProbe.connections.at(-1).getSenders()[0];
  track.stop();
  track.dispatchEvent(new Event("ended"));
}"""


@pytest_asyncio.fixture
async def server(tmp_path):
    """An open server with the room `lab`."""
    async with RoomServer(Config(tmp_path / "data", port=0, open=True, rooms=[ROOM])) as running:
        yield running


@pytest_asyncio.fixture
async def kitchen(server):
    """Somebody else in the room."""
    client = RoomClient(server.url(), ROOM, "Kitchen")
    await client.join()
    yield client
    await client.close()


@contextlib.asynccontextmanager
async def opened(server, **options):
    browser = BrowserParticipant(server.url(), ROOM, "Ada", VOICE, loop=True, **options)
    try:
        await browser.open()
        yield browser
    finally:
        await browser.close()


async def test_an_address_that_is_none_leaves_the_page_usable(server):
    async with opened(server) as browser:
        page = browser.page
        await page.goto(f"{server.url()}/r/%E0%A4%A")
        field = page.get_by_label("Room id or invite link")
        for typed in ("https://", "http://[", f"{server.url()}/r/%E0"):
            await field.fill(typed)
            await page.get_by_role("button", name="Enter this room").click()
            told = page.get_by_text("There is no room in this link.")
            await told.wait_for()
            await page.reload()
            await told.wait_for(state="hidden")
        assert browser.console_errors == []


async def test_who_goes_back_while_the_browser_asks_is_not_joined(server):
    async with opened(server) as browser:
        page = browser.page
        await page.goto(server.url())
        await page.get_by_label("Room id or invite link").fill(ROOM)
        if await page.get_by_role("button", name="Turn off").is_visible():
            await page.get_by_role("button", name="Turn off").click()
        await page.evaluate(ASKS)
        await page.get_by_role("button", name="Enter this room").click()
        await page.get_by_text("Your browser asks").wait_for()
        await page.go_back()
        await page.evaluate("answer()")
        await page.get_by_text("Say something").wait_for()
        # A call would have been begun before the hint.
        assert await page.evaluate("document.body.dataset.view") == "landing"
        assert await page.evaluate("roomtoneProbe.connections.length") == 0
        assert server.hub.rooms.get(ROOM).session is None
        await page.get_by_label("Room id or invite link").fill(ROOM)
        await page.get_by_role("button", name="Enter this room").click()
        await page.get_by_role("button", name="Leave").wait_for()


async def test_a_microphone_that_can_not_be_had_leaves_the_one_in_use(server, kitchen):
    async with opened(server) as browser:
        await browser.join()
        page = browser.page
        await page.evaluate(REFUSES)
        await page.get_by_role("button", name="Devices").press("Enter")
        microphone = page.get_by_role("combobox", name="Microphone")
        await expect(microphone).to_be_focused()
        before = await microphone.input_value()
        others = "(select) => [...select.options].map((o) => o.value)"
        other = next(v for v in await microphone.evaluate(others) if v != before)
        await microphone.select_option(other)
        await page.get_by_text("This microphone can’t be used.").wait_for()
        await expect(microphone).to_have_value(before)
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Devices")).to_be_focused()
        assert await page.get_by_text("You are listening only.").is_hidden()
        track = "roomtoneProbe.connections.at(-1).getSenders()[0].track.readyState"
        assert await page.evaluate(track) == "live"


async def test_a_microphone_that_is_unplugged_is_told_and_stays_muted_when_it_is_back(
    server, kitchen
):
    async with opened(server) as browser:
        await browser.join()
        page = browser.page
        await kitchen.wait("stream-started")
        await page.keyboard.press("m")
        await kitchen.wait("stream-muted")
        await page.evaluate(UNPLUG)
        await kitchen.wait("stream-stopped")
        await page.get_by_text("You are listening only. No microphone was found.").wait_for()
        await page.get_by_role("button", name="Try again").click()
        await kitchen.wait("stream-started")
        await kitchen.wait("stream-muted")
        await page.get_by_role("button", name="Mute microphone", pressed=True).wait_for()


@pytest.mark.parametrize("needs_token", [False, True])
async def test_who_is_alone_is_shown_a_command_only_where_it_works(tmp_path, needs_token):
    config = Config(tmp_path / "data", port=0, open=not needs_token, rooms=[ROOM])
    async with RoomServer(config) as server:
        token = server.hub.tokens.issue(ROOM) if needs_token else None
        async with opened(server, token=token) as browser:
            await browser.join()
            await browser.page.get_by_text("Nobody else is here yet").wait_for()
            await browser.page.get_by_text("Send somebody the link").wait_for()
            shown = await browser.page.get_by_text("roomtone simulate").is_visible()
            assert shown == (not needs_token)


@pytest.mark.parametrize("name", ["Devices", "Invite"])
async def test_panels_fit_a_phone_on_its_side(server, name):
    async with opened(server, viewport={"width": 740, "height": 360}) as browser:
        await browser.join()
        page = browser.page
        await page.get_by_role("button", name=name, exact=True).click()
        panel = page.get_by_role("dialog", name=name)
        box = await panel.bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= 360
        await panel.get_by_role("heading").scroll_into_view_if_needed()
        assert (await panel.get_by_role("heading").bounding_box())["y"] >= 0
        assert await overflow(page) <= 0
