"""The room's page in Firefox: it joins, is heard, hears, mutes and leaves."""
# MIT License; see LICENSE

import sys
from pathlib import Path

import pytest
from firefox_driver import Firefox, find_firefox
from roomtone_host.server.config import Config
from roomtone_host.server.runner import RoomServer

sys.path.insert(0, str(Path(__file__).parent.parent / "host"))

from room_client import RoomClient  # noqa: E402

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(find_firefox() is None, reason="Firefox is not installed"),
]
ROOM = "lab"
# What Firefox's own fake microphone plays.
FAKE_HZ = 1000.0
# How loud the page's audio element is, and how much of that is the 440 Hz of the other one.
_HEARD = """(async () => {
  const context = new AudioContext();
  await context.resume();
  const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
  context.createMediaStreamSource(document.querySelector("audio").srcObject).connect(analyser);
  await new Promise((resolve) => setTimeout(resolve, 800));
  const bins = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(bins);
  await context.close();
  const loudest = bins.indexOf(Math.max(...bins));
  return { hz: loudest * 48000 / 8192 * context.sampleRate / 48000, db: bins[loudest] };
})()"""


async def test_firefox_talks_in_the_room(tmp_path):
    config = Config(tmp_path / "data", port=0, open=True, rooms=[ROOM])
    async with RoomServer(config) as server, Firefox() as firefox:
        kitchen = RoomClient(server.url(), ROOM, "Kitchen", 440.0, "PCMU")
        await kitchen.join()
        try:
            await firefox.goto(f"{server.url()}/r/{ROOM}")
            await firefox.evaluate('document.getElementById("name").value = "Ada"')
            await firefox.evaluate('document.getElementById("join").click()')
            await firefox.until('document.body.dataset.view !== "landing"')
            assert await firefox.evaluate("document.body.dataset.view") == "call"
            assert await kitchen.hears(FAKE_HZ) > 0.7
            heard = await firefox.evaluate(_HEARD)
            assert abs(heard["hz"] - 440) < 20 and heard["db"] > -50
            await firefox.until('document.getElementById("quality").dataset.grade === "good"')
            await firefox.until('document.querySelector(".tile.speaking") !== null')
            await firefox.evaluate('document.getElementById("mute").click()')
            await kitchen.wait("stream-muted")
            assert await kitchen.hears_nothing()
            await firefox.evaluate('document.getElementById("leave").click()')
            await kitchen.wait("participant-left")
            assert await firefox.evaluate("document.body.dataset.view") == "ended"
        finally:
            await kitchen.close()
