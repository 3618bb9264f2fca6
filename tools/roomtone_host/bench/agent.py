"""A participant made of aiortc, to compare the board with: says a WAV, keeps what it hears."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from fractions import Fraction
from pathlib import Path

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
from websockets.asyncio.client import ClientConnection, connect

from roomtone_host.measure import Recording, read_wav

RATE_HZ = 48_000
_FRAME = RATE_HZ // 50
_PATIENCE_S = 10.0


class Voice(MediaStreamTrack):
    """A microphone: a WAV file at real pace, then silence.

    `start_s` is the Unix time of its first sample, 0 before.
    """

    kind = "audio"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._samples = np.round(read_wav(path).at(RATE_HZ).samples * 32767).astype(np.int16)
        self._count = 0
        self.start_s = 0.0

    async def recv(self) -> av.AudioFrame:
        """The next 20 ms, when their time has come."""
        self.start_s = self.start_s or time.time()
        # A frame is there when its last sample was spoken, as on a board.
        due_s = self.start_s + (self._count + _FRAME) / RATE_HZ
        await asyncio.sleep(max(0.0, due_s - time.time()))
        frame = np.zeros((1, _FRAME), np.int16)
        piece = self._samples[self._count : self._count + _FRAME]
        frame[0, : len(piece)] = piece
        made = av.AudioFrame.from_ndarray(frame, format="s16", layout="mono")
        made.sample_rate, made.pts, made.time_base = RATE_HZ, self._count, Fraction(1, RATE_HZ)
        self._count += _FRAME
        return made


class Recorder:
    """A loudspeaker: keeps every frame at the place that its timestamp gives it."""

    def __init__(self) -> None:
        self._frames: list[tuple[int, np.ndarray]] = []
        self._rate_hz = RATE_HZ
        self._start_s = 0.0

    async def listen(self, track: MediaStreamTrack) -> None:
        """Record until cancelled."""
        while True:
            frame = await track.recv()
            self._rate_hz = frame.sample_rate
            self._start_s = self._start_s or time.time()
            samples = frame.to_ndarray().reshape(-1)[:: len(frame.layout.channels)]
            self._frames.append((frame.pts, samples / 32768))

    def recording(self) -> Recording:
        """All of it. Raises ValueError when nothing came."""
        if not self._frames:
            raise ValueError("no packet was heard")
        first, (last, tail) = self._frames[0][0], self._frames[-1]
        sound = np.zeros(last - first + len(tail))
        for pts, samples in self._frames:
            sound[pts - first : pts - first + len(samples)] = samples
        return Recording(sound, self._rate_hz, self._start_s)


class Agent:
    """Joins `room` on an open server with PCMU; `async with`.

    `join_ms`: from the first connection until sound could flow. Raises RuntimeError when refused,
    OSError and TimeoutError when there is no way.
    """

    def __init__(self, url: str, room: str, name: str, microphone: Path) -> None:
        self.voice = Voice(microphone)
        self.ear = Recorder()
        self.join_ms = 0.0
        self._name = name
        self._address = f"{url.replace('http', 'ws', 1)}/v1/rooms/{room}/connect"
        self._stack = contextlib.AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Agent:
        # As the board does where the server listens on loopback only.
        aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]
        began = time.monotonic()
        async with asyncio.timeout(_PATIENCE_S):
            socket = await self._stack.enter_async_context(
                connect(self._address, subprotocols=["roomtone.v1"])
            )
            peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
            self._stack.push_async_callback(peer.close)
            await self._join(socket, peer)
        self.join_ms = (time.monotonic() - began) * 1000
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stack.aclose()

    async def _join(self, socket: ClientConnection, peer: RTCPeerConnection) -> None:
        connected = asyncio.Event()

        @peer.on("connectionstatechange")
        def on_change() -> None:
            if peer.connectionState == "connected":
                connected.set()

        @peer.on("track")
        def on_track(track: MediaStreamTrack) -> None:
            self._tasks.append(asyncio.create_task(self.ear.listen(track)))

        peer.addTrack(self.voice)
        codecs = RTCRtpSender.getCapabilities("audio").codecs
        peer.getTransceivers()[0].setCodecPreferences(
            [codec for codec in codecs if codec.mimeType == "audio/PCMU"]
        )
        await peer.setLocalDescription(await peer.createOffer())
        join = {"type": "join", "name": self._name, "kind": "agent", "codecs": ["PCMU"]}
        await socket.send(json.dumps(join | {"sdp": peer.localDescription.sdp}))
        answer = json.loads(await socket.recv())
        if answer["type"] != "joined":
            raise RuntimeError(f"the agent was refused: {answer.get('text', answer['type'])}")
        await peer.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
        await connected.wait()
        await socket.send(json.dumps({"type": "stream-started", "kind": "audio"}))
        self._tasks.append(asyncio.create_task(_drain(socket)))


async def _drain(socket: ClientConnection) -> None:
    async for _ in socket:
        pass  # what else the server says is of no use here
