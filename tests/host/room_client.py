"""A participant made of aiortc and websockets: speaks a tone, tells which tones it hears."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import deque
from fractions import Fraction

import aioice.ice
import av
import numpy as np
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

RATE_HZ = 48000
_FRAME = RATE_HZ // 50
# What a test waits for comes at once, if it comes; only a machine that stalls needs this long.
_PATIENCE_S = 20.0

# Tests never leave this machine.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


class Tone(MediaStreamTrack):
    """A sine at real pace; `hz` (0 is silence) and `amplitude` may be changed."""

    kind = "audio"

    def __init__(self, hz: float) -> None:
        super().__init__()
        self.hz = hz
        self.amplitude = 8000
        self._count = 0
        self._start = time.monotonic()

    async def recv(self) -> av.AudioFrame:
        due = self._start + self._count / RATE_HZ
        await asyncio.sleep(max(0, due - time.monotonic()))
        at = np.arange(self._count, self._count + _FRAME) / RATE_HZ
        wave = self.amplitude * np.sin(2 * np.pi * self.hz * at)
        frame = av.AudioFrame.from_ndarray(
            wave.astype(np.int16).reshape(1, -1), format="s16", layout="mono"
        )
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, self._count, Fraction(1, RATE_HZ)
        self._count += _FRAME
        return frame


class Ear:
    """Keeps the last half second of a track and says which tones are in it."""

    def __init__(self) -> None:
        self._sound: deque[np.ndarray] = deque(maxlen=25)
        self.rate_hz = RATE_HZ

    async def listen(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(Exception):
            while True:
                frame = await track.recv()
                self.rate_hz = frame.sample_rate
                samples = frame.to_ndarray().reshape(-1)
                if frame.layout.nb_channels == 2:
                    samples = samples[::2]
                self._sound.append(samples)

    def forget(self) -> None:
        self._sound.clear()

    def share(self, hz: float) -> float:
        """How much of the energy is near `hz`, 0 to 1; 0 while little was heard."""
        if len(self._sound) < 15:
            return 0.0
        sound = np.concatenate(self._sound).astype(float)
        if np.sqrt(np.mean(sound**2)) < 200:
            return 0.0
        power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
        at = np.fft.rfftfreq(len(sound), 1 / self.rate_hz)
        return float(power[np.abs(at - hz) < 15].sum() / power.sum())

    def loudness(self) -> float:
        """RMS of what is kept; 0 when nothing came."""
        if not self._sound:
            return 0.0
        return float(np.sqrt(np.mean(np.concatenate(self._sound).astype(float) ** 2)))


class RoomClient:
    """Joins a room; `messages` holds everything that the server said."""

    def __init__(self, url: str, room: str, name: str, hz: float = 440, codec: str = "PCMU"):
        self.name = name
        self.codec = codec
        self.ear = Ear()
        self.tone = Tone(hz)
        self.messages: list[dict] = []
        self.close_code: int | None = None
        self.id = ""
        self.joined: dict = {}
        self._room = f"{url.replace('http', 'ws', 1)}/v1/rooms/{room}/connect"
        self._news = asyncio.Condition()
        self._tasks: list[asyncio.Task] = []
        self._peer: RTCPeerConnection | None = None
        self.socket = None

    async def open(self, token: str | None = None, query: str = "", **options) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else None
        self.socket = await connect(
            self._room + query,
            subprotocols=options.get("subprotocols", ["roomtone.v1"]),
            additional_headers=headers,
            ssl=options.get("ssl"),
        )
        self._tasks.append(asyncio.create_task(self._read()))

    async def offer(self) -> str:
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        sender = self._peer.addTrack(self.tone)
        wanted = [
            c
            for c in RTCRtpSender.getCapabilities("audio").codecs
            if c.mimeType.lower() == f"audio/{self.codec}".lower()
        ]
        next(t for t in self._peer.getTransceivers() if t.sender is sender).setCodecPreferences(
            wanted
        )

        @self._peer.on("track")
        def on_track(track):
            self._tasks.append(asyncio.create_task(self.ear.listen(track)))

        await self._peer.setLocalDescription(await self._peer.createOffer())
        return self._peer.localDescription.sdp

    async def join(self, token: str | None = None, query: str = "", **fields) -> dict:
        """Connect and join; returns `joined`, or the `error` that came instead."""
        await self.open(token, query)
        message = {
            "type": "join",
            "name": self.name,
            "kind": "agent",
            "codecs": [self.codec],
            "sdp": await self.offer(),
        }
        with contextlib.suppress(ConnectionClosed):  # refused before the join: the error says why
            await self.send(message | fields)
        answer = await self.wait(lambda m: m["type"] in ("joined", "error"))
        if answer["type"] == "joined":
            self.joined, self.id = answer, answer["participant_id"]
            await self._peer.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
        return answer

    async def send(self, message: dict) -> None:
        await self.socket.send(json.dumps(message))

    async def wait(self, wanted, timeout_s: float = _PATIENCE_S) -> dict:
        """The first message, from now or before, that `wanted` (a type, or a test) fits."""
        fits = wanted if callable(wanted) else lambda m: m["type"] == wanted
        async with asyncio.timeout(timeout_s), self._news:
            await self._news.wait_for(lambda: any(map(fits, self.messages)))
        found = next(m for m in self.messages if fits(m))
        self.messages.remove(found)
        return found

    async def wait_closed(self, timeout_s: float = _PATIENCE_S) -> int:
        """The close code, when the server has closed."""
        async with asyncio.timeout(timeout_s), self._news:
            await self._news.wait_for(lambda: self.close_code is not None)
        return self.close_code

    async def hears(self, hz: float, share: float = 0.8, timeout_s: float = _PATIENCE_S) -> float:
        """Wait until a tone has this share of what is heard; returns the best share seen."""
        best, end = 0.0, time.monotonic() + timeout_s
        while best < share and time.monotonic() < end:
            best = max(best, self.ear.share(hz))
            await asyncio.sleep(0.05)
        return best

    async def hears_nothing(self, timeout_s: float = _PATIENCE_S) -> bool:
        """Wait until half a second of silence, or of no packets, was heard."""
        end = time.monotonic() + timeout_s
        while time.monotonic() < end:
            self.ear.forget()
            await asyncio.sleep(0.5)
            if self.ear.loudness() < 50:
                return True
        return False

    async def vanish(self) -> None:
        """Be gone without a word, as with Wi-Fi switched off."""
        if self.socket is not None:
            self.socket.transport.abort()
        await self._stop()

    async def close(self) -> None:
        if self.socket is not None:
            await self.socket.close()
        await self._stop()

    async def _stop(self) -> None:
        if self._peer is not None:
            await self._peer.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in self.socket:
                async with self._news:
                    self.messages.append(json.loads(text))
                    self._news.notify_all()
        async with self._news:
            self.close_code = self.socket.close_code
            self._news.notify_all()
