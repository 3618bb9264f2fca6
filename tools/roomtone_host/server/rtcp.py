"""RTCP of one call: reports each second, round trip and loss from the other side's reports."""
# MIT License; see LICENSE

from __future__ import annotations

import time

from aiortc import rtp as wire

from .inbound import Inbound
from .outbound import Outbound

_NTP_EPOCH = 2208988800  # seconds from 1900 to 1970


def _ntp(now: float) -> int:
    return int((now + _NTP_EPOCH) * (1 << 32)) & 0xFFFFFFFFFFFFFFFF


class Reports:
    """Builds and reads the reports of one call."""

    def __init__(self, inbound: Inbound, outbound: Outbound, cname: str) -> None:
        self.round_trip_ms: float | None = None
        self.remote_lost = 0
        self.remote_jitter_ms = 0.0
        self.bye = False
        self._inbound = inbound
        self._outbound = outbound
        self._cname = cname.encode()
        self._remote_ssrc: int | None = None
        self._last_report = 0  # middle 32 bits of the other side's NTP time
        self._last_report_at = 0.0

    def heard(self, ssrc: int) -> None:
        """Note the SSRC of the received stream."""
        self._remote_ssrc = ssrc

    def receive(self, data: bytes) -> None:
        """Read one compound packet; malformed ones are ignored."""
        try:
            packets = wire.RtcpPacket.parse(data)
        except ValueError:
            return
        for packet in packets:
            if isinstance(packet, wire.RtcpSrPacket):
                self._last_report = packet.sender_info.ntp_timestamp >> 16 & 0xFFFFFFFF
                self._last_report_at = time.time()
            if isinstance(packet, wire.RtcpSrPacket | wire.RtcpRrPacket):
                for report in packet.reports:
                    self._read(report)
            elif isinstance(packet, wire.RtcpByePacket):
                self.bye = True

    def _read(self, report: wire.RtcpReceiverInfo) -> None:
        if report.ssrc != self._outbound.ssrc:
            return
        self.remote_lost = report.packets_lost
        self._outbound.remote_loss = report.fraction_lost
        self.remote_jitter_ms = 1000 * report.jitter / self._outbound.rate_hz
        if report.lsr:
            now = _ntp(time.time()) >> 16 & 0xFFFFFFFF
            trip = (now - report.lsr - report.dlsr) & 0xFFFFFFFF
            if trip < 10 << 16:  # more than 10 s is a clock that was set
                self.round_trip_ms = 1000 * trip / 65536

    def build(self) -> bytes:
        """A compound packet: SR, or RR while nothing was sent, and SDES (RFC 3550 section 6)."""
        reports = self._report_blocks()
        ssrc = self._outbound.ssrc
        if self._outbound.packets:
            sender = wire.RtcpSenderInfo(
                _ntp(time.time()),
                self._outbound.timestamp,
                self._outbound.packets & 0xFFFFFFFF,
                self._outbound.octets & 0xFFFFFFFF,
            )
            first = bytes(wire.RtcpSrPacket(ssrc, sender, reports))
        else:
            first = bytes(wire.RtcpRrPacket(ssrc, reports))
        return first + self._description()

    def build_bye(self) -> bytes:
        """The compound packet that ends the stream."""
        ssrc = self._outbound.ssrc
        return bytes(wire.RtcpRrPacket(ssrc)) + bytes(wire.RtcpByePacket([ssrc]))

    def _description(self) -> bytes:
        chunk = wire.RtcpSourceInfo(self._outbound.ssrc, [(1, self._cname)])  # 1 is CNAME
        return bytes(wire.RtcpSdesPacket([chunk]))

    def _report_blocks(self) -> list[wire.RtcpReceiverInfo]:
        if self._remote_ssrc is None:
            return []
        since = time.time() - self._last_report_at if self._last_report else 0
        reception = self._inbound.reception
        return [
            wire.RtcpReceiverInfo(
                ssrc=self._remote_ssrc,
                # A sender whose packets are passed on protects them for the whole way.
                fraction_lost=max(reception.fraction_lost(), self._inbound.listeners_loss),
                packets_lost=wire.clamp_packets_lost(reception.lost),
                highest_sequence=reception.highest,
                jitter=reception.jitter,
                lsr=self._last_report,
                dlsr=int(min(max(since, 0), 65535) * 65536),
            )
        ]
