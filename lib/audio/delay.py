"""How much delay a stream needs: the spread of packet transit times, tracked as it changes."""
# MIT License; see LICENSE

from array import array

from micropython import const

_MASK = const(0xFFFFFFF)  # RTP times are kept modulo 2**28: sums stay small ints on 32 bits
_HALF = const(0x8000000)
_BUCKETS = const(4)  # of one second each: how long the fastest packet is the reference
_RISE_MS = const(3)  # against a fall of 1/16 ms each packet: about one in 50 is later than that
_HOLD_PACKETS = const(200)  # with none near the peak: it is over
_INITIAL_MS = const(20)
_MOST_MS = const(400)  # no buffer waits longer, so nothing is learned from what is later


def difference(a, b):
    """Return a - b of two times modulo 2**28, signed."""
    return ((a - b + _HALF) & _MASK) - _HALF


class DelayEstimator:
    """Learns the spread from arrival times; allocation-free. Ticks are those of the RTP clock.

    A packet's lateness is what its transit took longer than the fastest of the last 3 to 4 s: the
    unknown clock offset cancels, and slow drift moves the reference. `spread` is the lateness
    that about 98 % stay below: it rises at once and falls slowly, or soon when a peak is over.
    """

    def __init__(self, ticks_per_ms):
        self._ticks_per_ms = ticks_per_ms
        self._rise = 16 * _RISE_MS * ticks_per_ms
        self._most = _MOST_MS * ticks_per_ms
        self._spread16 = 16 * _INITIAL_MS * ticks_per_ms
        self._fastest = array("i", (0,) * _BUCKETS)
        self._origin = 0
        self._bucket = 0
        self._bucket_start = 0
        self._since_peak = 0
        self._floor = 0

    @property
    def spread(self):
        """The lateness to be absorbed, in ticks."""
        return self._spread16 >> 4

    def forget(self):
        """Know as little of the spread as at first: what was seen was no jitter."""
        self._spread16 = 16 * _INITIAL_MS * self._ticks_per_ms
        self._since_peak = 0

    def restart(self, clock, timestamp):
        """Begin with a packet that arrived at clock; what is known of the spread stays."""
        self._origin = clock - timestamp & _MASK
        self._bucket_start = clock
        self._floor = 0
        for i in range(_BUCKETS):
            self._fastest[i] = 0

    def lateness(self, clock, timestamp):
        """Return by how many ticks clock is later than the fastest arrival of timestamp."""
        return difference(clock - timestamp & _MASK, self._origin) - self._floor

    def observe(self, clock, timestamp):
        """Take note of a packet with this timestamp that arrived at clock."""
        transit = difference(clock - timestamp & _MASK, self._origin)
        self._track_fastest(clock, transit)
        self._track_spread(16 * min(transit - self._floor, self._most))

    def _track_fastest(self, clock, transit):
        fastest = self._fastest
        if difference(clock, self._bucket_start) >= 1000 * self._ticks_per_ms:
            self._bucket = (self._bucket + 1) % _BUCKETS
            self._bucket_start = clock
            fastest[self._bucket] = transit
            # The bucket that was left may have held the least of all.
            self._floor = min(fastest)
        elif transit < fastest[self._bucket]:
            fastest[self._bucket] = transit
            self._floor = min(self._floor, transit)

    def _track_spread(self, late16):
        spread16 = self._spread16
        if late16 > spread16:
            self._since_peak = 0
            spread16 += max(min(self._rise, late16 - spread16), (late16 - spread16) >> 3)
        elif late16 > spread16 - (spread16 >> 3):
            self._since_peak = 0
            spread16 -= self._ticks_per_ms
        else:
            self._since_peak += 1
            over = self._since_peak > _HOLD_PACKETS
            spread16 -= (spread16 >> 6) if over else self._ticks_per_ms
        self._spread16 = max(spread16, 0)
