"""How many samples a converter has moved meanwhile, by the clock."""
# MIT License; see LICENSE

import time

from micropython import const

_BIAS = const(8192)  # one sample in so many: 122 ppm
_LONGEST_US = const(10000000)  # what nobody asked about for longer is not told apart


class Pace:
    """Counts samples at rate_hz (8000 to 48000, a multiple of 1000); allocation-free.

    bias: 1 or -1 counts 122 ppm too many or too few, for who must not be wrong to the other side;
    0 counts truly. ticks_us: a clock like time.ticks_us. ValueError for another rate.
    """

    def __init__(self, rate_hz, bias=0, ticks_us=time.ticks_us):
        if not 8000 <= rate_hz <= 48000 or rate_hz % 1000:
            raise ValueError(f"8000 to 48000 Hz in steps of 1000, not {rate_hz}")
        self._per_ms = rate_hz // 1000
        self._bias = bias
        self._ticks_us = ticks_us
        self.start()

    def start(self):
        """Count from now on."""
        self._last = self._ticks_us()
        self._rest = self._counted = 0

    def elapsed(self):
        """Samples since the last call."""
        now = self._ticks_us()
        us = time.ticks_diff(now, self._last)
        self._last = now
        if not 0 <= us < _LONGEST_US:
            us = _LONGEST_US  # ticks have wrapped
        self._rest += us * self._per_ms
        samples = self._rest // 1000
        self._rest %= 1000
        self._counted += samples
        if self._counted >= _BIAS:
            samples += self._bias * (self._counted // _BIAS)
            self._counted %= _BIAS
        return samples
