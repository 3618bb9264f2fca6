"""RTCP of one session: when reports are due, what goes into them, what the peer's tell."""
# MIT License; see LICENSE

from micropython import const

from . import rtcp
from .srtcp import SrtcpReceiver, SrtcpSender

_FIRST_MS = const(500)
_INTERVAL_MS = const(2500)


class Reporter:
    """Builds and reads the reports on a Sender and a Receiver.

    `round_trip_ms`, `remote_lost`, `remote_fraction_lost` (1/256), `remote_jitter` (timestamp
    units): what the peer told last about our stream, or None.

    keys: (local key, local salt, remote key, remote salt). cname: bytes, up to 255.
    """

    def __init__(self, sender, receiver, keys, cname, urandom, now_ms):
        self.round_trip_ms = None
        self.remote_lost = None
        self.remote_fraction_lost = None
        self.remote_jitter = None
        self.dropped = 0
        self.due_ms = now_ms + _FIRST_MS
        self._sender = sender
        self._receiver = receiver
        self._out = SrtcpSender(keys[0], keys[1])
        self._in = SrtcpReceiver(keys[2], keys[3])
        self._cname = cname
        self._urandom = urandom
        self._reported = 0  # our packets when we reported last
        self._last_sr = 0
        self._last_sr_ms = 0
        self._last_reporter = None

    @property
    def rejected(self):
        """Packets that were malformed, forged or replayed."""
        return self.dropped + self._in.rejected

    def add_to(self, stats):
        """Add what the peer told to a dict of counters; its round trip replaces another."""
        fraction = self.remote_fraction_lost
        stats["remote_lost"] = self.remote_lost
        stats["remote_fraction_lost"] = None if fraction is None else fraction / 256
        stats["rejected"] += self.rejected
        if self.round_trip_ms is not None:
            stats["round_trip_ms"] = self.round_trip_ms

    def report(self, now_ms):
        """Return the next protected compound packet, and set `due_ms` to when one is due again."""
        # Half to one and a half of the interval, so that many peers do not fall in step.
        self.due_ms = now_ms + _INTERVAL_MS // 2 + self._urandom(1)[0] * _INTERVAL_MS // 255
        return self._out.protect(self._compound(now_ms))

    def goodbye(self, now_ms):
        """Return the protected compound packet that ends our stream."""
        return self._out.protect(self._compound(now_ms) + rtcp.bye(self._sender.ssrc))

    def _compound(self, now_ms):
        sender = self._sender
        blocks = self._blocks(now_ms)
        if sender.packets > self._reported:
            self._reported = sender.packets
            time = sender.rtp_time(now_ms)
            head = rtcp.sender_report(
                sender.ssrc, now_ms, time, sender.packets, sender.octets, blocks
            )
        else:
            head = rtcp.receiver_report(sender.ssrc, blocks)
        return head + rtcp.sdes(sender.ssrc, self._cname)

    def _blocks(self, now_ms):
        receiver = self._receiver
        if receiver.source is None:
            return b""
        last_sr = delay = 0
        if self._last_reporter == receiver.source:
            last_sr = self._last_sr
            delay = (now_ms - self._last_sr_ms) * 65536 // 1000 & 0xFFFFFFFF
        return rtcp.report_block(receiver.source, receiver.stats, last_sr, delay)

    def receive(self, data, now_ms):
        """Take a datagram that looks like RTCP; what is wrong with it is counted, never raised."""
        packet = self._in.unprotect(data)
        if packet is None:
            return
        reports = rtcp.parse(packet, self._sender.ssrc)
        if reports is None:
            self.dropped += 1
            return
        if reports.sender_time is not None:
            self._last_sr = reports.sender_time
            self._last_sr_ms = now_ms
            self._last_reporter = reports.reporter
        if reports.block is not None:
            self._take_block(reports.block, now_ms)
        if self._receiver.source in reports.bye:
            self._receiver.ended = True

    def _take_block(self, block, now_ms):
        fraction, lost, _, jitter, last_sr, delay = block
        self.remote_fraction_lost = self._sender.remote_loss = fraction
        self._sender.reports += 1
        self.remote_lost = lost
        self.remote_jitter = jitter
        trip = rtcp.round_trip_ms(now_ms, last_sr, delay)
        if trip is not None:
            self.round_trip_ms = trip
