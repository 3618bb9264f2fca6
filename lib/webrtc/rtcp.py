"""RTCP: sender and receiver reports, SDES, BYE (RFC 3550 6); feedback of others is skipped."""
# MIT License; see LICENSE

import struct

from micropython import const

_SR = const(200)
_RR = const(201)
_SDES = const(202)
_BYE = const(203)
_CNAME = const(1)
_BLOCK = const(24)

# NTP begins in 1900. Any steady clock may stand in a report (RFC 3550 6.4.1): ours is time since
# the start of the connection, put where no peer takes it for negative.
_NTP_OFFSET_S = const(0x20000000)


def ntp_middle(now_ms):
    """Return the middle 32 bits of the NTP time that stands for now_ms (1/65536 s)."""
    return ((now_ms // 1000 & 0xFFFF) << 16) | (now_ms % 1000) * 65536 // 1000


def _header(count, kind, size):
    return struct.pack("!BBH", 0x80 | count, kind, size // 4 - 1)


def report_block(ssrc, stats, last_sr, delay):
    """Return the 24-byte report block on a stream.

    ssrc: 4 bytes. stats: StreamStats. last_sr: the middle NTP time of its last sender report, or
    0; delay: since then, in 1/65536 s.
    """
    lost = max(-0x800000, min(0x7FFFFF, stats.lost)) & 0xFFFFFF
    return (
        ssrc
        + bytes([stats.fraction_lost()])
        + lost.to_bytes(3, "big")
        + struct.pack("!HHIII", stats.cycles & 0xFFFF, stats.highest, stats.jitter, last_sr, delay)
    )


def sender_report(ssrc, now_ms, rtp_time, packets, octets, blocks):
    """Return an SR. ssrc, rtp_time: 4 bytes each; blocks: joined report blocks."""
    size = 28 + len(blocks)
    return (
        _header(len(blocks) // _BLOCK, _SR, size)
        + ssrc
        + struct.pack("!II", _NTP_OFFSET_S + now_ms // 1000, ntp_middle(now_ms) << 16 & 0xFFFFFFFF)
        + rtp_time
        + struct.pack("!II", packets & 0xFFFFFFFF, octets & 0xFFFFFFFF)
        + blocks
    )


def receiver_report(ssrc, blocks):
    """Return an RR. ssrc: 4 bytes; blocks: joined report blocks."""
    return _header(len(blocks) // _BLOCK, _RR, 8 + len(blocks)) + ssrc + blocks


def sdes(ssrc, cname):
    """Return an SDES with the CNAME alone. ssrc: 4 bytes; cname: up to 255 bytes."""
    chunk = ssrc + bytes([_CNAME, len(cname)]) + cname
    chunk += bytes(4 - len(chunk) % 4)  # one to four zeros end the list
    return _header(1, _SDES, 4 + len(chunk)) + chunk


def bye(ssrc):
    """Return a BYE of one source. ssrc: 4 bytes."""
    return _header(1, _BYE, 8) + ssrc


class Reports:
    """What a compound packet says about us and of its sender.

    `reporter`: SSRC of the first packet; `sender_time`: middle 32 bits of the NTP time of its SR,
    or None; `block`: (fraction lost in 1/256, total lost, highest extended number, jitter in
    timestamp units, last SR, delay since it in 1/65536 s) on our stream, or None; `bye`: set of
    SSRCs that leave.
    """

    def __init__(self):
        self.reporter = b""
        self.sender_time = None
        self.block = None
        self.bye = set()


def parse(data, ssrc):
    """Return the Reports of a compound to the source `ssrc` (4 bytes); None if malformed."""
    reports = Reports()
    at = 0
    while at < len(data):
        if at + 4 > len(data) or data[at] >> 6 != 2:
            return None
        end = at + 4 * ((data[at + 2] << 8 | data[at + 3]) + 1)
        if end > len(data) or not _read(reports, data, at, end, ssrc):
            return None
        at = end
    return reports if reports.reporter else None


# Read one packet of a compound; False when it is malformed.
def _read(reports, data, at, end, ssrc):
    count = data[at] & 31
    kind = data[at + 1]
    if not reports.reporter:
        if end - at < 8:
            # An empty BYE is the only packet without a source.
            return False
        reports.reporter = bytes(data[at + 4 : at + 8])
    if kind == _SR:
        if end - at < 28:
            return False
        reports.sender_time = struct.unpack_from("!I", data, at + 10)[0]
        return _read_blocks(reports, data, at + 28, end, count, ssrc)
    if kind == _RR:
        return end - at >= 8 and _read_blocks(reports, data, at + 8, end, count, ssrc)
    if kind == _BYE:
        if at + 4 + 4 * count > end:
            return False
        for i in range(count):
            reports.bye.add(bytes(data[at + 4 + 4 * i : at + 8 + 4 * i]))
    return True


def _read_blocks(reports, data, at, end, count, ssrc):
    if at + _BLOCK * count > end:
        return False
    for _ in range(count):
        if data[at : at + 4] == ssrc:
            lost, highest, jitter, last_sr, delay = struct.unpack_from("!IIIII", data, at + 4)
            fraction = lost >> 24
            lost = ((lost & 0xFFFFFF) ^ 0x800000) - 0x800000
            reports.block = (fraction, lost, highest, jitter, last_sr, delay)
        at += _BLOCK
    return True


def round_trip_ms(now_ms, last_sr, delay):
    """Return the round trip that a report block proves (RFC 3550 6.4.1), or None.

    last_sr, delay: as the block has them.
    """
    if not last_sr:
        return None
    trip = (ntp_middle(now_ms) - last_sr - delay) & 0xFFFFFFFF
    # More than 32 s is a clock that ran backwards, or a report on somebody else's.
    return None if trip >= 0x200000 else trip * 1000 >> 16
