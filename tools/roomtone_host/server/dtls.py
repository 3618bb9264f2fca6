"""DTLS-SRTP of one call: aiortc's transport, with packets handed over as they come."""
# MIT License; see LICENSE

from __future__ import annotations

from collections.abc import Callable

import pylibsrtp
from aiortc.rtcdtlstransport import (
    RTCCertificate,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)
from aiortc.rtp import is_rtcp

from .ice import IceConnection


class _Wire:
    """What aiortc's DTLS asks of an ICE transport."""

    role = "controlled"

    def __init__(self, ice: IceConnection) -> None:
        self._recv = ice.recv
        self._send = ice.send


class DtlsTransport(RTCDtlsTransport):
    """aiortc 1.16's transport whose media goes straight to `on_rtp` and `on_rtcp`, unprotected.

    aiortc's own routing ends in a receiver with 80 ms of prefetch and a thread for each track.
    """

    def __init__(
        self,
        ice: IceConnection,
        role: str,
        on_rtp: Callable[[bytes], None],
        on_rtcp: Callable[[bytes], None],
    ) -> None:
        # A certificate a call: none is ever too old, and none follows a caller around.
        self._certificate = RTCCertificate.generateCertificate()
        super().__init__(_Wire(ice), [self._certificate])
        self._ice = ice
        self._on_rtp = on_rtp
        self._on_rtcp = on_rtcp
        self.rejected = 0
        self._set_role(role)

    @property
    def fingerprint(self) -> str:
        """The sha-256 of this side's certificate, for the SDP."""
        prints = self._certificate.getFingerprints()
        return next(f.value for f in prints if f.algorithm == "sha-256")

    async def connect(self, fingerprints: list[tuple[str, str]]) -> bool:
        """Shake hands with the owner of `fingerprints`; returns whether it worked."""
        await self.start(
            RTCDtlsParameters([RTCDtlsFingerprint(name, value) for name, value in fingerprints])
        )
        return self.state == "connected"

    def receive(self, data: bytes) -> None:
        """One SRTP or SRTCP datagram; forged and replayed ones are counted."""
        if self._rx_srtp is None:
            return
        try:
            if is_rtcp(data):
                self._on_rtcp(self._rx_srtp.unprotect_rtcp(data))
            else:
                self._on_rtp(self._rx_srtp.unprotect(data))
        except pylibsrtp.Error:
            self.rejected += 1

    def send_rtp(self, packet: bytes) -> None:
        """Protect and send one RTP packet; before the handshake it is dropped."""
        if self._tx_srtp is not None:
            self._ice.send_now(self._tx_srtp.protect(packet))

    def send_rtcp(self, packet: bytes) -> None:
        """Protect and send one compound RTCP packet."""
        if self._tx_srtp is not None:
            self._ice.send_now(self._tx_srtp.protect_rtcp(packet))
