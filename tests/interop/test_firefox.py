"""The room's page in Firefox: it joins, is heard, hears, mutes and leaves."""
# MIT License; see LICENSE

import sys
from pathlib import Path

import numpy as np
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
# The loudest tone in a second of what the page's audio element has: recorded, since an
# AudioContext of Firefox does not start on a machine without a sound card.
_HEARD = """(async () => {
  const recorder = new MediaRecorder(document.querySelector("audio").srcObject);
  const recorded = new Promise((done) => (recorder.ondataavailable = ({ data }) => done(data)));
  recorder.start();
  setTimeout(() => recorder.stop(), 1500);
  const bytes = await (await recorded).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes);
  return [...sound.getChannelData(0).subarray(24000, 48000)];
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
            spectrum = np.abs(np.fft.rfft(await firefox.evaluate(_HEARD)))
            assert abs(spectrum.argmax() * 2 - 440) < 20
            assert spectrum.max() > 1000
            await firefox.until('document.getElementById("quality").dataset.grade !== "unknown"')
            await firefox.until('document.querySelector(".tile.speaking") !== null')
            await firefox.evaluate('document.getElementById("mute").click()')
            await kitchen.wait("stream-muted")
            assert await kitchen.hears_nothing()
            await firefox.evaluate('document.getElementById("leave").click()')
            await kitchen.wait("participant-left")
            assert await firefox.evaluate("document.body.dataset.view") == "ended"
        finally:
            await kitchen.close()
