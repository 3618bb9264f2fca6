"""A media client without buffers: sends G.711 packets on time, notes when packets come."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import time

import numpy as np
from roomtone_host.server import dsp, rtp
from roomtone_host.server.dtls import DtlsTransport
from roomtone_host.server.ice import IceConnection
from roomtone_host.server.offer import AUDIO_LEVEL_URI

FRAME = 160


class RawPeer:
    """Offers PCMU with one loopback candidate; `heard` holds (arrival, samples) of each packet."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, np.ndarray]] = []
        self.levels: list[int | None] = []
        self.sent: list[float] = []
        self._ice = IceConnection(["127.0.0.1"])
        self._ice.ice_controlling = True
        self._dtls = DtlsTransport(self._ice, "client", self._on_rtp, lambda data: None)
        self._ice.on_media = self._dtls.receive
        self._sequence = 0

    async def offer(self) -> str:
        await self._ice.gather_candidates()
        lines = [
            "v=0",
            "o=- 1 1 IN IP4 0.0.0.0",
            "s=-",
            "t=0 0",
            "m=audio 9 UDP/TLS/RTP/SAVPF 0",
            "c=IN IP4 127.0.0.1",
            "a=mid:0",
            "a=rtcp-mux",
            "a=rtpmap:0 PCMU/8000",
            f"a=extmap:3 {AUDIO_LEVEL_URI}",
            f"a=ice-ufrag:{self._ice.local_username}",
            f"a=ice-pwd:{self._ice.local_password}",
            f"a=fingerprint:sha-256 {self._dtls.fingerprint}",
            "a=setup:active",
            *(f"a=candidate:{c.to_sdp()}" for c in self._ice.local_candidates),
        ]
        return "\r\n".join(lines) + "\r\n"

    async def connect(self, answer: str) -> None:
        fields = dict(
            line[2:].split(":", 1)
            for line in answer.splitlines()
            if ":" in line and line[0] == "a"
        )
        self._ice.remote_username = fields["ice-ufrag"]
        self._ice.remote_password = fields["ice-pwd"]
        await self._ice.add_remote_lines(
            [line[12:] for line in answer.splitlines() if line.startswith("a=candidate:")]
        )
        await self._ice.connect()
        algorithm, digest = fields["fingerprint"].split()
        assert await self._dtls.connect([(algorithm, digest)])

    def send(self, samples: np.ndarray, level_dbov: int = 0) -> None:
        """Send one frame now."""
        payload = dsp.ENCODE["PCMU"][samples.astype(np.int16).view(np.uint16)].tobytes()
        self._sequence += 1
        self.sent.append(time.monotonic())
        self._dtls.send_rtp(
            rtp.build(0, self._sequence, self._sequence * FRAME, 77, payload, False, 3, level_dbov)
        )

    async def talk(self, frames: list[np.ndarray]) -> None:
        """Send frames, one each 20 ms."""
        start = time.monotonic()
        for number, frame in enumerate(frames):
            await asyncio.sleep(max(0, start + number * 0.02 - time.monotonic()))
            self.send(frame)

    async def close(self) -> None:
        await self._dtls.stop()
        await self._ice.close()

    def _on_rtp(self, data: bytes) -> None:
        packet = rtp.parse(data, 3)
        self.levels.append(packet.level_dbov)
        samples = dsp.DECODE["PCMU"][np.frombuffer(packet.payload, np.uint8)]
        self.heard.append((time.monotonic(), samples))
