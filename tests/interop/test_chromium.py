"""The room's page in Chromium: heard and hearing, driven by keyboard, and clear when it fails."""
# MIT License; see LICENSE

import asyncio
import base64
import contextlib
import hashlib
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from page_checks import faint, nameless, overflow
from roomtone_host.browser import RATE_HZ, BrowserError, BrowserParticipant, find_chromium
from roomtone_host.measure import Recording, write_wav
from roomtone_host.server.config import Config
from roomtone_host.server.runner import RoomServer
from roomtone_host.server.tls import ensure_certificate

sys.path.insert(0, str(Path(__file__).parent.parent / "host"))

from room_client import RoomClient  # noqa: E402

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed"),
]
ROOM = "lab"
VOICE_HZ, TONE_HZ = 1000.0, 440.0


@pytest_asyncio.fixture
async def server(tmp_path):
    """An open server with the room `lab`."""
    async with RoomServer(Config(tmp_path / "data", port=0, open=True, rooms=[ROOM])) as running:
        yield running


@pytest_asyncio.fixture
async def tone(server):
    """Somebody else in the room, who plays 440 Hz."""
    client = RoomClient(server.url(), ROOM, "Kitchen", TONE_HZ, "PCMU")
    await client.join()
    await client.send({"type": "stream-started", "kind": "audio"})
    yield client
    await client.close()


@pytest.fixture(scope="module")
def voice(tmp_path_factory):
    """A microphone that picks up 1000 Hz."""
    path = tmp_path_factory.mktemp("voice") / "voice.wav"
    at = np.arange(48_000) / 48_000
    write_wav(path, 0.25 * np.sin(2 * np.pi * VOICE_HZ * at), 48_000)
    return path


@contextlib.asynccontextmanager
async def opened(server, voice, room=ROOM, **options):
    """The page before the join."""
    browser = BrowserParticipant(server.url(), room, "Ada", voice, loop=True, **options)
    try:
        await browser.open()
        yield browser
    finally:
        await browser.close()


def loudest_hz(recording, last_s=60.0):
    """The loudest tone, of all of a test or of its end."""
    samples = recording.samples[-round(last_s * recording.rate_hz) :]
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return np.argmax(spectrum) / len(samples) * recording.rate_hz


async def eventually(condition, timeout_s=20.0):
    """Wait until `condition()`, which may be a coroutine function, is true."""
    end = time.monotonic() + timeout_s
    while True:
        value = condition()
        if asyncio.iscoroutine(value):
            value = await value
        if value or time.monotonic() > end:
            return value
        await asyncio.sleep(0.05)


async def readable(page):
    return await faint(page) == []


async def test_the_page_hears_and_is_heard(server, tone, voice, tmp_path):
    heard_wav = tmp_path / "heard.wav"
    browser = BrowserParticipant(server.url(), ROOM, "Ada", voice, heard_wav, loop=True)
    async with browser:
        assert (await tone.wait("participant-joined"))["participant"]["kind"] == "browser"
        assert await tone.hears(VOICE_HZ) > 0.8
        assert await eventually(lambda: browser.levels.get(tone.id, -127) > -40)
        await asyncio.sleep(1.5)
        stats = await browser.stats()
    # To its end, and not only at its start.
    assert abs(loudest_hz(browser.heard, 3.0) - TONE_HZ) < 15
    assert abs(loudest_hz(browser.said, 3.0) - VOICE_HZ) < 15
    assert np.max(np.abs(browser.heard.samples)) > 0.1
    assert abs(browser.heard.start_s - time.time()) < 30
    assert stats["codec"] == "opus"
    assert stats["packets_sent"] > 50 and stats["packets_received"] > 50
    assert stats["packets_lost"] == 0
    assert heard_wav.stat().st_size > 48_000
    assert (await tone.wait("participant-left"))["reason"] == "left"
    assert browser.console_errors == []


async def test_the_one_who_speaks_is_shown(server, tone, voice):
    tone.tone.amplitude = 24_000  # louder than the browser, however it turns its gain up
    async with opened(server, voice) as browser:
        await browser.join()
        tiles = browser.page.get_by_role("listitem")
        kitchen, me = tiles.filter(has_text="Kitchen"), tiles.filter(has_text="(you)")
        await kitchen.filter(has_text="Speaking").wait_for()
        tone.tone.hz = 0.0
        await me.filter(has_text="Speaking").wait_for()
        assert await kitchen.filter(has_text="Speaking").count() == 0


async def test_keys_mute_and_leave(server, tone, voice):
    async with opened(server, voice) as browser:
        await browser.join()
        page = browser.page
        assert await page.evaluate("document.activeElement.id") == "call-title"
        assert await tone.hears(VOICE_HZ) > 0.8
        await page.keyboard.press("m")
        await tone.wait("stream-muted")
        assert await page.get_by_role("button", name="Mute microphone", pressed=True).is_visible()
        assert await tone.hears_nothing()
        await page.keyboard.press("m")
        await tone.wait("stream-unmuted")
        assert await tone.hears(VOICE_HZ) > 0.8
        # Escape closes an open panel first, and leaves only then.
        await page.get_by_role("button", name="Devices").press("Enter")
        assert await page.get_by_role("combobox", name="Microphone").is_visible()
        await page.keyboard.press("Escape")
        # They can be switched off, but for those that close a panel.
        await page.get_by_role("button", name="Devices").press("Enter")
        await page.get_by_role("checkbox", name="M mutes").press("Space")
        await page.keyboard.press("Escape")
        await page.keyboard.press("m")
        await page.keyboard.press("Escape")
        assert await page.get_by_role("button", name="Mute microphone", pressed=False).is_visible()
        await page.get_by_role("button", name="Devices").press("Enter")
        await page.get_by_role("checkbox", name="M mutes").press("Space")
        await page.keyboard.press("Escape")
        assert await page.get_by_role("button", name="Leave").is_visible()
        await page.keyboard.press("Escape")
        await page.get_by_role("heading", name="You left the room").wait_for()
        assert await page.evaluate("document.activeElement.id") == "retry"
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Leave").wait_for()
        assert browser.console_errors == []


async def test_one_participant_or_everyone_is_heard(server, tone, voice):
    other = RoomClient(server.url(), ROOM, "Workshop", 700.0, "PCMA")
    await other.join()
    await other.send({"type": "stream-started", "kind": "audio"})
    async with opened(server, voice) as browser:
        await browser.join()
        page = browser.page
        await page.get_by_role("button", name="Listen only to Workshop").click()
        await page.get_by_text("You hear only Workshop.").wait_for()

        async def workshop_alone():
            recorded = await page.evaluate("roomtoneProbe.recorded()")
            heard = np.frombuffer(base64.b64decode(recorded["heard"]), "<i2")
            return abs(loudest_hz(Recording(heard, RATE_HZ), 0.5) - 700) < 15

        assert await eventually(workshop_alone)
        # Those who are not heard are not faint either, once colours have changed.
        assert await eventually(lambda: readable(page))
    await other.close()


async def test_without_a_microphone_one_listens(server, tone):
    browser = BrowserParticipant(server.url(), ROOM, "Ada", None)
    async with browser:
        await tone.wait("stream-stopped")
        await browser.page.get_by_text("You are listening only.").wait_for()
        await asyncio.sleep(1.5)
    assert abs(loudest_hz(browser.heard) - TONE_HZ) < 15
    assert browser.console_errors == []


async def test_it_comes_back_when_the_server_does(tmp_path, voice):
    config = Config(tmp_path / "data", port=0, open=True, rooms=[ROOM])
    async with RoomServer(config) as first:
        config.port = first.port
        browser = BrowserParticipant(first.url(), ROOM, "Ada", voice, loop=True)
        await browser.open()
        await browser.join()
    try:
        await browser.page.get_by_text("The connection broke.").wait_for()
        async with RoomServer(config):
            await browser.page.get_by_text("You are back in the room").wait_for()
            assert await browser.page.get_by_text("The connection broke.").is_hidden()
            state = "roomtoneProbe.connections.at(-1).connectionState"
            assert await browser.page.evaluate(state) == "connected"
            closed = "roomtoneProbe.connections.slice(0, -1).map((c) => c.connectionState)"
            assert set(await browser.page.evaluate(closed)) == {"closed"}
    finally:
        await browser.close()


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("token-missing", "You need an invite"),
        ("token-invalid", "This invite doesn’t work here"),
        ("token-expired", "This invite has expired"),
        ("forbidden", "This invite is for something else"),
        ("room-not-found", "No such room"),
        ("room-full", "The room is full"),
        ("room-ended", "The room has ended"),
    ],
)
async def test_a_refusal_is_said_in_words(tmp_path, voice, code, title):
    async with RoomServer(Config(tmp_path / "data", port=0, rooms=[ROOM])) as server:
        room, token = await _refused(server.hub, code)
        browser = BrowserParticipant(server.url(), room, "Ada", voice, token=token)
        try:
            await browser.open()
            with pytest.raises(BrowserError) as refused:
                await browser.join()
            assert refused.value.code == code
            assert str(refused.value).endswith(".")
            page = browser.page
            await page.get_by_role("heading", name=title).wait_for()
            again = await page.get_by_role("button", name="Try again").is_visible()
            assert again == (code == "room-full")
            assert await nameless(page) == []
            assert await eventually(lambda page=page: readable(page))
        finally:
            await browser.close()


async def test_a_server_that_is_down_is_said_in_words(tmp_path, voice):
    config = Config(tmp_path / "data", port=0, open=True, rooms=[ROOM])
    async with RoomServer(config) as server:
        browser = BrowserParticipant(server.url(), ROOM, "Ada", voice)
        await browser.open()
    try:
        with pytest.raises(BrowserError) as refused:
            await browser.join()
        assert refused.value.code == "server-unreachable"
        assert str(refused.value) == "The server does not answer."
        page = browser.page
        await page.get_by_role("heading", name="The server can’t be reached").wait_for()
        config.port = server.port
        async with RoomServer(config):
            await page.get_by_role("button", name="Try again").click()
            await page.get_by_role("button", name="Leave").wait_for()
    finally:
        await browser.close()


async def test_a_certificate_that_changed_is_said_as_far_as_a_page_can_know(tmp_path, voice):
    """The browser tells the page nothing of it; the page says what to look for."""
    config = Config(tmp_path / "data", port=0, open=True, rooms=[ROOM])
    config.certificate, config.key = _certificate(tmp_path / "old")
    trusted = f"--ignore-certificate-errors-spki-list={_key_hash(config.certificate)}"
    async with RoomServer(config) as server:
        config.port = server.port
        browser = _Plain(
            server.url(), ROOM, "Ada", voice, flags=[trusted], ignore_https_errors=False
        )
        await browser.open()
    config.certificate, config.key = _certificate(tmp_path / "new")
    try:
        async with RoomServer(config):
            with pytest.raises(BrowserError) as refused:
                await browser.join()
            assert refused.value.code == "server-unreachable"
            await browser.page.get_by_text("If the server has a new certificate").wait_for()
    finally:
        await browser.close()


class _Plain(BrowserParticipant):
    """Without the probes, whose way of loading the page knows no certificates."""

    async def _instrument(self, context):
        pass


def _certificate(folder):
    folder.mkdir()
    return ensure_certificate(folder, "127.0.0.1")


def _key_hash(certificate):
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(hashlib.sha256(info).digest()).decode()


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("room-ended", "The room has ended"),
        ("removed", "You were taken out of the room"),
        ("replaced", "You joined from somewhere else"),
    ],
)
async def test_an_end_in_mid_call_is_said_in_words(server, tone, voice, code, title):
    async with opened(server, voice) as browser:
        await browser.join()
        who = (await tone.wait("participant-joined"))["participant"]["participant_id"]
        if code == "room-ended":
            await tone.send({"type": "end"})
        elif code == "removed":
            await tone.send({"type": "remove", "participant_id": who})
        else:
            double = RoomClient(server.url(), ROOM, "Ada again")
            assert (await double.join(participant_id=who))["type"] == "joined"
            await double.close()
        await browser.page.get_by_role("heading", name=title).wait_for()
        assert await browser.page.locator("#ended-code").inner_text() == code


async def _refused(hub, code):
    """A room and a token that the server refuses with `code`."""
    keys = hub.tokens
    if code == "token-missing":
        return ROOM, None
    if code == "token-invalid":
        return ROOM, "not.a.token"
    if code == "token-expired":
        return ROOM, keys.issue(room_id=ROOM, life_s=-10)
    if code == "forbidden":
        return ROOM, keys.issue(room_id="another")
    if code == "room-not-found":
        return "nowhere", keys.issue(room_id="nowhere")
    if code == "room-full":
        hub.rooms.create("tiny", 0)
        return "tiny", keys.issue(room_id="tiny")
    await hub.rooms.deactivate(ROOM)
    return ROOM, keys.issue(room_id=ROOM)


async def test_a_room_is_made_from_the_start_page(server, voice):
    async with opened(server, voice) as browser:
        page = browser.page
        await page.goto(server.url())
        await page.get_by_label("Your name").fill("Ada")
        await page.get_by_role("button", name="Start a new room").click()
        await page.get_by_text("Nobody else is here yet").wait_for()
        room = page.url.rpartition("/")[2]
        bob = RoomClient(server.url(), room, "Bob")
        assert (await bob.join())["type"] == "joined"
        await page.get_by_role("status").get_by_text("Bob joined").wait_for()
        await bob.send({"type": "leave"})
        await page.get_by_role("status").get_by_text("Bob left").wait_for()
        await bob.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_control_has_a_name_and_fits_a_phone(server, tone, voice, scheme):
    phone = {"width": 360, "height": 740}
    async with opened(server, voice, viewport=phone, color_scheme=scheme) as browser:
        page = browser.page
        assert await nameless(page) == []
        assert await overflow(page) <= 0
        await browser.join()
        assert await nameless(page) == []
        assert await overflow(page) <= 0
        for landmark in ("banner", "main"):
            assert await page.get_by_role(landmark).count() == 1
        assert await page.get_by_role("group", name="Call controls").count() == 1
        assert await page.get_by_role("heading", level=1).count() == 1
        assert await eventually(lambda: readable(page))
