"""PeerConnection in MicroPython calls aiortc and is called by it: sound, states, reports, ends."""
# MIT License; see LICENSE

import asyncio
import contextlib
import fractions
import json
import os
from pathlib import Path

import aioice.ice
import av
import numpy as np
import pytest
from aiortc import RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

ROOT = Path(__file__).resolve().parents[2]
MICROPYTHON = ROOT / ".venv" / "bin" / "micropython"
SENT_HZ, HEARD_HZ = 1000, 500
LIMIT_S = 30

# Media stays on this machine.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


class Tone(MediaStreamTrack):
    """A microphone that picks up one frequency, 8 kHz."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._frames = 0
        self._began = 0.0

    async def recv(self) -> av.AudioFrame:
        now = asyncio.get_running_loop().time()
        self._began = self._began or now
        await asyncio.sleep(max(0.0, self._began + self._frames * 0.02 - now))
        at = (self._frames * 160 + np.arange(160)) / 8000
        samples = (8000 * np.sin(2 * np.pi * SENT_HZ * at)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis, :], layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 8000, self._frames * 160, TIME_BASE
        self._frames += 1
        return frame


TIME_BASE = fractions.Fraction(1, 8000)


class Stranger:
    """An aiortc peer that plays a tone and listens."""

    def __init__(self, codec: str) -> None:
        self.peer = RTCPeerConnection()
        self.heard: list[np.ndarray] = []
        self.listening: asyncio.Task | None = None
        transceiver = self.peer.addTransceiver(Tone(), direction="sendrecv")
        codecs = RTCRtpSender.getCapabilities("audio").codecs
        wanted = [c for c in codecs if c.mimeType == f"audio/{codec}"]
        transceiver.setCodecPreferences(wanted)
        self.peer.on("track", self._listen)

    def _listen(self, track: MediaStreamTrack) -> None:
        self.listening = asyncio.ensure_future(self._hear(track))

    async def _hear(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                self.heard.append(frame.to_ndarray().reshape(-1).astype(float))

    async def offer(self) -> str:
        await self.peer.setLocalDescription(await self.peer.createOffer())
        return self.peer.localDescription.sdp

    async def answer(self, sdp: str) -> str:
        await self.peer.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
        await self.peer.setLocalDescription(await self.peer.createAnswer())
        return self.peer.localDescription.sdp

    async def accept(self, sdp: str) -> None:
        await self.peer.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    def share(self, hertz: int) -> float:
        """Power at a frequency over all power, of the last two seconds heard."""
        sound = np.concatenate(self.heard)[-16000:]
        at = np.arange(len(sound)) / 8000
        tone = abs(np.dot(sound, np.exp(-2j * np.pi * hertz * at))) ** 2
        return float(2 * tone / len(sound) / np.dot(sound, sound))

    async def close(self) -> None:
        await self.peer.close()
        if self.listening is not None:
            self.listening.cancel()


class Device:
    """The MicroPython end of the call."""

    def __init__(self, role: str, codec: str, **options) -> None:
        self.role = role
        self.arguments = [role, codec, json.dumps(options)]
        self.states: list[list] = []

    async def __aenter__(self) -> "Device":
        self.process = await asyncio.create_subprocess_exec(
            MICROPYTHON,
            "tests/interop/peer_client.py",
            *self.arguments,
            cwd=ROOT,
            env={**os.environ, "MICROPYPATH": "lib:.frozen"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        return self

    async def __aexit__(self, *_) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    def tell(self, **fields) -> None:
        self.process.stdin.write(json.dumps(fields).encode() + b"\n")

    async def told(self, key: str) -> dict:
        """The next line that has `key`; states on the way are kept."""
        async with asyncio.timeout(LIMIT_S):
            while True:
                line = (await self.process.stdout.readline()).decode()
                if not line.startswith("{"):
                    rest = await self.process.stdout.read() if line else b""
                    raise AssertionError(line + rest.decode())
                fields = json.loads(line)
                if key in fields:
                    return fields
                if "state" in fields:
                    self.states.append(fields["state"])


async def connect(device: Device, stranger: Stranger) -> None:
    if device.role == "offer":
        device.tell(sdp=await stranger.answer((await device.told("sdp"))["sdp"]))
    else:
        device.tell(sdp=await stranger.offer())
        await stranger.accept((await device.told("sdp"))["sdp"])


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
@pytest.mark.parametrize("role", ["offer", "answer"])
async def test_both_hear_the_other_s_tone(role, codec):
    stranger = Stranger(codec)
    try:
        async with Device(role, codec) as device:
            await connect(device, stranger)
            result = await device.told("stats")
            remote = await stranger.peer.getStats()
            device.tell(end="ours")
            await device.process.wait()
            await asyncio.sleep(0.1)
            assert stranger.peer.connectionState in ("closed", "failed")
    finally:
        await stranger.close()
    assert [state for state, _ in device.states][:2] == ["connecting", "connected"]
    assert result["frames"] > 150
    assert result["heard"] > 0.95
    assert stranger.share(HEARD_HZ) > 0.95
    stats = result["stats"]
    assert stats["codec"] == codec
    assert stats["lost"] == stats["rejected"] == stats["foreign"] == 0
    assert stats["packets_sent"] == 200
    assert stats["round_trip_ms"] < 1000  # of a machine that is busy; usually 1
    assert stats["remote_lost"] == 0
    inbound = next(s for s in remote.values() if s.type == "inbound-rtp")
    assert inbound.packetsReceived >= 195
    assert inbound.packetsLost == 0


async def test_the_stranger_s_goodbye_ends_the_call():
    stranger = Stranger("PCMU")
    try:
        async with Device("offer", "PCMU") as device:
            await connect(device, stranger)
            await device.told("stats")
            device.tell(end="theirs")
            await stranger.close()
            end = await device.told("reason")
        assert end == {"reason": "closed by the peer", "ended": True}
    finally:
        await stranger.close()


async def test_a_wrong_fingerprint_is_refused_with_that_reason():
    stranger = Stranger("PCMU")
    try:
        async with Device("offer", "PCMU") as device:
            answer = await stranger.answer((await device.told("sdp"))["sdp"])
            line = next(x for x in answer.splitlines() if x.startswith("a=fingerprint:sha-256"))
            last = "00" if line[-2:] != "00" else "01"
            device.tell(sdp=answer.replace(line, line[:-2] + last))
            with pytest.raises(AssertionError, match="fingerprint"):
                await device.told("stats")
        assert device.states[-1][0] in ("failed", "closed")
        assert "failed" in [state for state, _ in device.states]
    finally:
        await stranger.close()
