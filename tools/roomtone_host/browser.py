"""A participant in a real browser: headless Chromium on the room's page, used as a person would.

Its microphone plays a WAV file. What the microphone picks up and what the page's loudspeaker
plays are recorded by one audio clock, so that they compare sample by sample.
"""
# MIT License; see LICENSE

from __future__ import annotations

import base64
import contextlib
import json
import re
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

import numpy as np
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Route,
    WebSocket,
    async_playwright,
)
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeoutError
from scipy.signal import correlate

from roomtone_host.measure import Recording, read_wav, write_wav

RATE_HZ = 48_000
_HERE = Path(__file__).parent
_PATIENCE_MS = 20_000
_EVENTS_LIMIT = 10_000
_FLAGS = [
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection",
    # A page whose policy passes by us counts as public, and would not reach the loopback.
    "--disable-features=WebRtcHideLocalIpsWithMdns,LocalNetworkAccessChecks",
]


class BrowserError(Exception):
    """The page refused, with its reason word in `code`; empty when there is no browser."""

    def __init__(self, text: str, code: str = "") -> None:
        super().__init__(text)
        self.code = code


def find_chromium() -> str | None:
    """The path of an installed Chromium or Chrome, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


class BrowserParticipant:
    """A person in `room` on the server at `url`: `async with` joins, leaving the block leaves.

    Args:
        mic_wav: what the microphone plays, 16-bit PCM, once, or over and over with `loop`;
            None when the browser is to be refused the microphone.
        heard_wav: where to write what the page played, when the call is over.
        flags: of Chromium's command line, besides those that it always gets.
        options: of the browser context, such as `viewport` and `color_scheme`.

    Raises:
        BrowserError: on entering, when no Chromium is installed or the page shows an error.

    Attributes:
        events: the server's messages but `levels`, each with `at_s`, its Unix time.
        levels: the last `levels` message, in dBov by participant id.
        console_errors: what the page complained about, which should be nothing.
        join_ms: from the press on "Join" to the call being up.
        joined_s: the Unix time of that.
        heard, said: recordings by one clock, there after leaving. Their Unix time is good to
            about 10 ms, one buffer of the browser's audio.
    """

    def __init__(
        self,
        url: str,
        room: str,
        name: str,
        mic_wav: Path | None,
        heard_wav: Path | None = None,
        token: str | None = None,
        *,
        loop: bool = False,
        flags: Sequence[str] = (),
        **options: Any,
    ) -> None:
        self.events: list[dict[str, Any]] = []
        self.levels: dict[str, int] = {}
        self.console_errors: list[str] = []
        self.join_ms = self.joined_s = 0.0
        self.heard: Recording | None = None
        self.said: Recording | None = None
        self.name = name
        self.room = room
        self.page: Page
        self._mic_wav = mic_wav and Path(mic_wav)
        self._heard_wav = heard_wav
        self._loop = loop
        self._flags = [*_FLAGS, *flags]
        self._options = {"ignore_https_errors": True, "locale": "en", **options}
        fragment = f"#token={quote(token)}" if token else ""
        self.address = f"{url.rstrip('/')}/r/{quote(room, safe='')}{fragment}"
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    async def __aenter__(self) -> BrowserParticipant:
        try:
            await self.open()
            await self.join()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                await self.leave()
        finally:
            await self.close()

    async def open(self) -> None:
        """Start the browser and open the page, without joining."""
        executable = find_chromium()
        if executable is None:
            raise BrowserError("Chromium is not installed: apt-get install chromium")
        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(
            executable_path=executable,
            args=[*self._flags, *self._microphone_flags()],
            chromium_sandbox=False,
        )
        context = await self._browser.new_context(**self._options)
        context.set_default_timeout(_PATIENCE_MS)
        await self._instrument(context)
        self.page = await context.new_page()
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.console_errors.append(str(error)))
        self.page.on("websocket", self._on_websocket)
        try:
            await self.page.goto(self.address)
        except PlaywrightError as error:
            raise BrowserError(str(error).splitlines()[0], "server-unreachable") from None

    async def join(self) -> None:
        """Type the name, press "Join", and wait until the call is up."""
        page = self.page
        await page.get_by_label("Your name").fill(self.name)
        started = time.monotonic()
        await page.get_by_role("button", name="Join the room").click()
        up = page.get_by_role("button", name="Leave")
        over = page.locator("#ended")
        try:
            await up.or_(over.get_by_role("heading")).first.wait_for()
        except PlaywrightTimeoutError:
            raise BrowserError("the page neither joined nor said why", "media-failed") from None
        if await over.is_visible():
            raise BrowserError(
                await page.locator("#ended-text").inner_text(),
                await page.locator("#ended-code").inner_text(),
            )
        self.join_ms = (time.monotonic() - started) * 1000
        self.joined_s = time.time()

    async def stats(self) -> dict[str, Any]:
        """Counters of the call as the browser's getStats tells them."""
        report = await self.page.evaluate(
            "async () => [...(await roomtoneProbe.connections.at(-1).getStats()).values()]"
        )
        return _summary(report)

    async def screenshot(self, path: Path) -> None:
        """Write what the window shows as PNG."""
        await self.page.screenshot(path=path)

    async def leave(self) -> None:
        """Press "Leave" if the call is up, and keep what was recorded."""
        if self.heard is not None:
            return
        await self._take_recordings()
        leave = self.page.get_by_role("button", name="Leave")
        with contextlib.suppress(PlaywrightError):
            if await leave.is_visible():
                await leave.click()
                await self.page.get_by_role("heading", name="You left the room").wait_for()

    async def close(self) -> None:
        """End the browser."""
        if self._browser is not None:
            await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()
        self._browser = self._playwright = None

    @property
    def microphone_start_s(self) -> float:
        """The Unix time at which the microphone began to play its file; needs `said`."""
        if self.said is None or self._mic_wav is None:
            raise RuntimeError("known only after leaving, and with a microphone")
        file = read_wav(self._mic_wav).at(8000).samples
        said = self.said.at(8000).samples
        match = correlate(said, file, mode="full", method="fft")
        return self.said.start_s + (int(np.argmax(np.abs(match))) - len(file) + 1) / 8000

    def _microphone_flags(self) -> list[str]:
        if self._mic_wav is None:
            return ["--deny-permission-prompts"]
        if not self._mic_wav.is_file():
            raise BrowserError(f"{self._mic_wav}: no such file")
        file = f"{self._mic_wav.resolve()}{'' if self._loop else '%noloop'}"
        return ["--use-fake-ui-for-media-stream", f"--use-file-for-fake-audio-capture={file}"]

    async def _instrument(self, context: BrowserContext) -> None:
        # A worklet's request passes by the routes, so its code is handed over as a blob.
        worklet = json.dumps((_HERE / "browser_worklet.js").read_text())
        await context.add_init_script(f"globalThis.roomtoneWorklet = {worklet};")
        await context.add_init_script(path=_HERE / "browser_probe.js")
        await context.route(lambda url: url.startswith(self.address.split("#")[0]), _allow_blob)

    async def _take_recordings(self) -> None:
        recorded = await self.page.evaluate("roomtoneProbe.recorded()")
        for trouble in await self.page.evaluate("roomtoneProbe.trouble"):
            raise BrowserError(f"the page's sound can't be recorded: {trouble}")
        start_s = recorded["startS"]
        self.heard = Recording(_samples(recorded["heard"]), RATE_HZ, start_s)
        self.said = Recording(_samples(recorded["said"]), RATE_HZ, start_s)
        if self._heard_wav is not None:
            write_wav(self._heard_wav, self.heard.samples, RATE_HZ)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.console_errors.append(message.text)

    def _on_websocket(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._on_frame)

    def _on_frame(self, frame: str | bytes) -> None:
        try:
            message = json.loads(frame)
        except ValueError:
            return
        if message.get("type") == "levels":
            self.levels = message["levels"]
        elif len(self.events) < _EVENTS_LIMIT:
            self.events.append({"at_s": time.time(), **message})


async def _allow_blob(route: Route) -> None:
    """Serve the page with its own policy, which then holds for all but the probe's worklet."""
    try:
        response = await route.fetch()
    except PlaywrightError:
        await route.abort()
        return
    policy = response.headers.get("content-security-policy", "")
    allowed, found = re.subn(r"script-src ", "script-src blob: ", policy)
    if policy and not found:
        allowed = f"{policy}; script-src 'self' blob:"
    headers = {**response.headers, "content-security-policy": allowed}
    await route.fulfill(response=response, headers=headers)


def _samples(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<i2") / 32768


def _summary(report: list[dict[str, Any]]) -> dict[str, Any]:
    def first(kind: str) -> dict[str, Any]:
        return next((entry for entry in report if entry["type"] == kind), {})

    inbound, outbound = first("inbound-rtp"), first("outbound-rtp")
    transport, remote = first("transport"), first("remote-inbound-rtp")
    pair = _by_id(report, transport.get("selectedCandidatePairId"))
    codec = _by_id(report, inbound.get("codecId")).get("mimeType", "")
    emitted = inbound.get("jitterBufferEmittedCount", 0)
    delay_s = inbound.get("jitterBufferDelay", 0) / emitted if emitted else 0
    total = inbound.get("totalSamplesReceived", 0)
    # Silence that stands in for a sender who pauses is no loss that anybody hears.
    concealed = inbound.get("concealedSamples", 0) - inbound.get("silentConcealedSamples", 0)
    return {
        "state": transport.get("dtlsState", "new"),
        "codec": re.sub("^audio/", "", codec),
        "packets_sent": outbound.get("packetsSent", 0),
        "packets_received": inbound.get("packetsReceived", 0),
        "packets_lost": inbound.get("packetsLost", 0),
        "packets_lost_there": remote.get("packetsLost", 0),
        "concealed_percent": 100 * concealed / total if total else 0.0,
        "jitter_ms": 1000 * inbound.get("jitter", 0),
        "jitter_buffer_ms": 1000 * delay_s,
        "round_trip_ms": 1000 * pair.get("currentRoundTripTime", 0),
    }


def _by_id(report: list[dict[str, Any]], identifier: str | None) -> dict[str, Any]:
    return next((entry for entry in report if entry["id"] == identifier), {})
