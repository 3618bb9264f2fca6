"""A queue of samples that can be made longer or shorter by one pitch period, without a click."""
# MIT License; see LICENSE

from array import array

from micropython import const

from .conceal_viper import crossfade, find_period
from .copy_viper import copy_samples

_SHORTEST_MS = const(5)  # of what is inserted or removed at a time: one or more pitch periods
_LONGEST_MS = const(15)
_WINDOW_MS = const(10)  # compared


class SampleQueue:
    """First in, first out; keeps the last 15 ms that left it. Allocation-free.

    capacity is in samples. `pending` tells how many wait; `longest` is the longest period.
    """

    def __init__(self, rate_hz, capacity):
        ms = rate_hz // 1000
        self._shortest = _SHORTEST_MS * ms
        self.longest = _LONGEST_MS * ms
        self._window = _WINDOW_MS * ms
        self._step = max(ms // 4, 1)
        self._capacity = self.longest + capacity
        self._pcm = array("h", bytes(2 * self._capacity))
        self._start = self.longest  # the next sample to leave
        self.pending = 0

    def append(self, pcm, count):
        """Append `count` samples of pcm; False, and nothing happens, when there is no room."""
        if self._start + self.pending + count > self._capacity:
            self._compact()
            if self._start + self.pending + count > self._capacity:
                return False
        copy_samples(pcm, 0, self._pcm, self._start + self.pending, count)
        self.pending += count
        return True

    def take_into(self, pcm):
        """Move the first len(pcm) samples to pcm, which must not be longer than `pending`."""
        count = len(pcm)
        if count > self.pending:
            count = self.pending
        copy_samples(self._pcm, self._start, pcm, 0, count)
        self._start += count
        self.pending -= count
        return count

    def stretch(self, most):
        """Repeat a pitch period of at most so many samples. Returns how many, or 0.

        The longest one is 15 ms, the shortest 5 ms.
        """
        most = min(most, self.longest)
        if self._start < self.longest or self.pending < self.longest:
            return 0  # a period has just been repeated, or the future is too short
        if most < self._shortest:
            return 0
        lag = self._find(-1, most)
        start = self._start
        crossfade(self._pcm, start, self._pcm, start - lag, self._pcm, start - lag, lag)
        self._start -= lag
        self.pending += lag
        return lag

    def shrink(self, most):
        """Leave out a pitch period of at most so many samples. Returns how many, or 0.

        The longest one is 15 ms; a period of n samples needs 2 n pending, and n + 10 ms.
        """
        most = min(most, self.longest, self.pending - self._window, self.pending // 2)
        if most < self._shortest:
            return 0
        lag = self._find(1, most)
        start = self._start
        crossfade(self._pcm, start, self._pcm, start + lag, self._pcm, start + lag, lag)
        self._start += lag
        self.pending -= lag
        return lag

    def _find(self, direction, longest):
        return find_period(
            self._pcm,
            self._start,
            self._window,
            direction,
            self._shortest,
            longest,
            self._step,
        )

    def _compact(self):
        # The past that stretching needs stays in front.
        shift = self._start - self.longest
        if shift > 0:
            count = self.longest + self.pending
            copy_samples(self._pcm, shift, self._pcm, 0, count)
            self._start = self.longest
