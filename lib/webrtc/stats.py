"""What a receiver reports of a stream: loss, highest number, jitter (RFC 3550 A.1, A.3, A.8)."""
# MIT License; see LICENSE

from micropython import const

_MAX_DROPOUT = const(3000)
_MAX_MISORDER = const(100)
# Time is compared modulo 2**27 samples. 2**24 ms are a multiple of that at 8, 16 and 48 kHz, and
# nothing on the way leaves the 31 bits of a small int.
_CLOCK_MASK = const(0xFFFFFF)
_TIME_MASK = const(0x7FFFFFF)
_HALF = const(0x4000000)


class StreamStats:
    """Counts one incoming stream, with small ints and no allocation.

    rate_hz: its clock rate, for jitter.
    """

    def __init__(self, rate_hz):
        self._rate_khz = rate_hz // 1000
        self.received = 0
        self.highest = -1  # the 16-bit number
        self.cycles = 0
        self._base = 0
        self._received = 0  # since the base
        self._bad = -1
        self._prior_expected = 0
        self._prior_received = 0
        self._transit = -1
        self._jitter16 = 0

    def count(self, sequence, timestamp, now_ms):
        """Count a packet. timestamp: modulo 2**30."""
        self.received += 1
        if self.highest < 0:
            self._restart(sequence)
        ahead = (sequence - self.highest) & 0xFFFF
        if ahead < _MAX_DROPOUT:
            if sequence < self.highest:
                self.cycles += 1
            self.highest = sequence
        elif ahead <= 0x10000 - _MAX_MISORDER:
            # A jump counts as a restart when a second packet confirms it.
            if sequence != self._bad:
                self._bad = (sequence + 1) & 0xFFFF
                return
            self._restart(sequence)
        self._received += 1
        self._measure(timestamp, now_ms)

    def _restart(self, sequence):
        self.highest = sequence
        self.cycles = 0
        self._base = sequence
        self._received = 0
        self._bad = -1
        self._prior_expected = 0
        self._prior_received = 0
        self._transit = -1

    # Interarrival jitter, kept in 1/16 timestamp units.
    def _measure(self, timestamp, now_ms):
        transit = ((now_ms & _CLOCK_MASK) * self._rate_khz - timestamp) & _TIME_MASK
        if self._transit >= 0:
            change = abs(((transit - self._transit + _HALF) & _TIME_MASK) - _HALF)
            # A jump of more than a second is the source's clock, not the network.
            if change < 1000 * self._rate_khz:
                self._jitter16 += change - ((self._jitter16 + 8) >> 4)
        self._transit = transit

    @property
    def jitter(self):
        """Interarrival jitter in timestamp units."""
        return self._jitter16 >> 4

    @property
    def jitter_ms(self):
        """Interarrival jitter in milliseconds."""
        return (self._jitter16 >> 4) // self._rate_khz

    @property
    def expected(self):
        """Packets the peer has sent, by their numbers."""
        if self.highest < 0:
            return 0
        return self.cycles * 65536 + self.highest - self._base + 1

    @property
    def lost(self):
        """Packets that never came; duplicates make it less, down to below zero."""
        return self.expected - self._received

    @property
    def loss(self):
        """Share of all packets that was lost, 0.0 to 1.0."""
        expected = self.expected
        return max(0, self.lost) / expected if expected else 0.0

    def fraction_lost(self):
        """Return the loss since the last call, in 1/256 (0..255)."""
        expected = self.expected - self._prior_expected
        lost = expected - (self._received - self._prior_received)
        self._prior_expected += expected
        self._prior_received = self._received
        return min(255, (lost << 8) // expected) if expected > 0 and lost > 0 else 0
