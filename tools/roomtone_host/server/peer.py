"""One participant's media connection: ICE, DTLS, and the two streams on it."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from . import rtp
from .dtls import DtlsTransport
from .ice import IceConnection
from .inbound import Inbound
from .offer import Local, Offer, answer
from .outbound import Outbound
from .rtcp import Reports

_ICE_TIMEOUT_S = 15.0
_DTLS_TIMEOUT_S = 30.0  # a chip without a big-number engine needs some seconds
_REPORT_INTERVAL_S = 1.0
# Bytes of sound in a packet: more than any codec makes of 20 ms, and the most that still fits
# into a datagram when it is passed on.
_PAYLOAD_LIMIT = 1300


class MediaPeer:
    """Answers an offer, connects, and carries packets until closed.

    `on_sound` is called with each received packet that may be heard, after it was stored.
    """

    def __init__(
        self, offer: Offer, addresses: list[str], on_sound: Callable[[rtp.RtpPacket], None]
    ) -> None:
        codec = offer.codec
        self.codec = codec
        self.connected = False
        self.listening = True  # whether anybody can hear it; unheard packets are only counted
        self._offer = offer
        self._on_sound = on_sound
        self._ice = IceConnection(addresses)
        # Toward `actpass` the server is DTLS server: whoever offers has the quicker retries.
        role = "client" if offer.audio.setup == "passive" else "server"
        self._dtls = DtlsTransport(self._ice, role, self._on_rtp, self._on_rtcp)
        self._ice.on_media = self._dtls.receive
        self.inbound = Inbound(codec.name, codec.rate_hz)
        self.outbound = Outbound(
            codec.name,
            codec.rate_hz,
            codec.payload_type,
            offer.level_extension,
            self._dtls.send_rtp,
            codec.playback_hz,
        )
        self._cname = f"roomtone-{self.outbound.ssrc:08x}"
        self.reports = Reports(self.inbound, self.outbound, self._cname)

    @property
    def hears(self) -> bool:
        """Whether the client wants to receive."""
        return self._offer.audio.direction in ("sendrecv", "recvonly")

    async def answer(self) -> str:
        """Bind the sockets and give the SDP answer with all candidates."""
        await self._ice.gather_candidates()
        self._ice.remote_is_lite = self._offer.ice_lite
        self._ice.remote_username = self._offer.audio.ufrag
        self._ice.remote_password = self._offer.audio.pwd
        return answer(
            self._offer,
            Local(
                ufrag=self._ice.local_username,
                pwd=self._ice.local_password,
                fingerprint=self._dtls.fingerprint,
                setup="active" if self._offer.audio.setup == "passive" else "passive",
                candidates=[c.to_sdp() for c in self._ice.local_candidates],
                ssrc=self.outbound.ssrc,
                cname=self._cname,
            ),
        )

    async def run(self) -> None:
        """Connect and stay until the path dies. Raises ConnectionError with the reason."""
        await self._ice.add_remote_lines(self._offer.audio.candidates)
        try:
            async with asyncio.timeout(_ICE_TIMEOUT_S):
                await self._ice.connect()
            async with asyncio.timeout(_DTLS_TIMEOUT_S):
                done = await self._dtls.connect(self._offer.audio.fingerprints)
        except TimeoutError:
            raise ConnectionError("no connection in time") from None
        if not done:
            raise ConnectionError("the DTLS handshake failed")
        self.connected = True
        while self._dtls.state == "connected":
            await asyncio.sleep(_REPORT_INTERVAL_S)
            self._dtls.send_rtcp(self.reports.build())
        self.connected = False
        raise ConnectionError("the media path died")

    async def close(self) -> None:
        """Say goodbye (BYE, close_notify) and free the sockets."""
        if self.connected:
            self._dtls.send_rtcp(self.reports.build_bye())
        self.connected = False
        await self._dtls.stop()
        await self._ice.close()

    def stats(self) -> dict:
        """Counters for people: loss, round trip, jitter, delay, packets."""
        heard, sent, reports = self.inbound, self.outbound, self.reports
        trip = reports.round_trip_ms or self._ice.round_trip_ms
        total = heard.reception.received + max(0, heard.reception.lost)
        return {
            "codec": self.codec.name,
            "connected": self.connected,
            "packets_received": heard.reception.received,
            "packets_lost": max(0, heard.reception.lost),
            "lost_percent": round(100 * max(0, heard.reception.lost) / total, 2) if total else 0.0,
            "packets_late": heard.late,
            "packets_rejected": self._dtls.rejected,
            "jitter_ms": round(heard.reception.jitter_ms, 1),
            "delay_ms": round(heard.delay_ms, 1),
            "concealed_ms": heard.concealed_ms,
            "round_trip_ms": None if trip is None else round(trip, 1),
            "packets_sent": sent.packets,
            "remote_packets_lost": reports.remote_lost,
            "remote_jitter_ms": round(reports.remote_jitter_ms, 1),
        }

    def _on_rtp(self, data: bytes) -> None:
        packet = rtp.parse(data, self._offer.level_extension)
        if packet is None or packet.payload_type != self.codec.payload_type:
            return
        if len(packet.payload) > _PAYLOAD_LIMIT:
            return
        now = time.monotonic()
        self._ice.heard_at = now
        self.reports.heard(packet.ssrc)
        if self.listening:
            self.inbound.push(packet, now)
            self._on_sound(packet)
        else:
            self.inbound.count(packet, now)

    def _on_rtcp(self, data: bytes) -> None:
        self.reports.receive(data)
