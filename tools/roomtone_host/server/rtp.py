"""RTP packets (RFC 3550) with the audio level of RFC 6464, and what a receiver counts."""
# MIT License; see LICENSE

from __future__ import annotations

import struct
from dataclasses import dataclass

_HEADER = struct.Struct("!BBHII")
_HEADER_LEVEL = struct.Struct("!BBHIIHHBBH")
_ONE_BYTE_PROFILE = 0xBEDE  # RFC 8285 section 4.2
SILENCE_DBOV = -127


@dataclass(slots=True)
class RtpPacket:
    """A received packet; `level_dbov` is None when the sender did not say it."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    level_dbov: int | None
    marker: bool = False


def parse(data: bytes, level_extension: int | None) -> RtpPacket | None:
    """The packet in `data`, or None when it is malformed."""
    if len(data) < 12:
        return None
    flags, marker_type, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
    if flags >> 6 != 2:
        return None
    start, end = 12 + 4 * (flags & 15), len(data)
    level = None
    if flags & 0x10:
        if start + 4 > end:
            return None
        profile, words = struct.unpack_from("!HH", data, start)
        start += 4
        if start + 4 * words > end:
            return None
        if profile == _ONE_BYTE_PROFILE and level_extension is not None:
            level = _find_level(data, start, start + 4 * words, level_extension)
        start += 4 * words
    if flags & 0x20:
        end -= data[-1]
        if not data[-1]:
            return None
    if start > end:
        return None
    payload_type, marker = marker_type & 127, marker_type > 127
    return RtpPacket(payload_type, sequence, timestamp, ssrc, data[start:end], level, marker)


def _find_level(data: bytes, at: int, end: int, wanted: int) -> int | None:
    while at < end:
        number, length = data[at] >> 4, (data[at] & 15) + 1
        if data[at] == 0:  # padding
            at += 1
            continue
        if number == 15 or at + 1 + length > end:
            return None
        if number == wanted:
            return -(data[at + 1] & 127)
        at += 1 + length
    return None


def build(
    payload_type: int,
    sequence: int,
    timestamp: int,
    ssrc: int,
    payload: bytes,
    marker: bool,
    level_extension: int | None,
    level_dbov: int,
) -> bytes:
    """One packet, with the level (0 to -127 dBov) when the extension was negotiated."""
    marker_type = payload_type | (128 if marker else 0)
    if level_extension is None:
        return _HEADER.pack(0x80, marker_type, sequence, timestamp, ssrc) + payload
    voice = 128 if level_dbov > -60 else 0
    return (
        _HEADER_LEVEL.pack(
            0x90,
            marker_type,
            sequence,
            timestamp,
            ssrc,
            _ONE_BYTE_PROFILE,
            1,
            level_extension << 4,
            voice | -level_dbov,
            0,
        )
        + payload
    )


class Reception:
    """Loss and jitter of one received stream (RFC 3550 appendix A)."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._base: int | None = None
        self._highest = 0
        self._transit: float | None = None
        self._jitter = 0.0
        self._before = (0, 0)  # expected and received at the last report
        self.received = 0
        self.bytes = 0

    def add(self, packet: RtpPacket, now: float) -> int:
        """Count a packet that arrived at `now` (s); returns its extended sequence number."""
        if self._base is None:
            self._base = self._highest = packet.sequence
        step = (packet.sequence - self._highest + 0x8000) % 0x10000 - 0x8000
        extended = self._highest + step
        self._highest = max(self._highest, extended)
        self.received += 1
        self.bytes += len(packet.payload)
        transit = now * self._rate_hz - packet.timestamp
        if self._transit is not None:
            change = abs(transit - self._transit)
            if change < self._rate_hz:  # a wrap or a new talk spurt says nothing about jitter
                self._jitter += (change - self._jitter) / 16
        self._transit = transit
        return extended

    @property
    def highest(self) -> int:
        """The highest extended sequence number, for reports."""
        return self._highest & 0xFFFFFFFF

    @property
    def lost(self) -> int:
        """Packets that never came (negative when some came twice)."""
        return 0 if self._base is None else self._highest - self._base + 1 - self.received

    @property
    def jitter(self) -> int:
        """Interarrival jitter in timestamp units."""
        return int(self._jitter)

    @property
    def jitter_ms(self) -> float:
        """Interarrival jitter in milliseconds."""
        return 1000 * self._jitter / self._rate_hz

    def fraction_lost(self) -> int:
        """Loss since the last call in 1/256 (RFC 3550 section 6.4.1)."""
        expected = 0 if self._base is None else self._highest - self._base + 1
        expected_now, received_now = expected - self._before[0], self.received - self._before[1]
        self._before = (expected, self.received)
        if expected_now <= 0 or received_now >= expected_now:
            return 0
        return min(255, (expected_now - received_now) * 256 // expected_now)
