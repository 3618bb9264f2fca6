"""How many samples a converter has moved meanwhile, by the clock."""
# MIT License; see LICENSE

import time
from array import array

from .sample_pace_viper import advance


class Pace:
    """Counts samples at rate_hz (8000 to 48000, a multiple of 1000); allocation-free.

    bias: 1 or -1 counts 122 ppm too many or too few, for who must not be wrong to the other side;
    0 counts truly. ticks_us: a clock like time.ticks_us. ValueError for another rate.
    """

    def __init__(self, rate_hz, bias=0, ticks_us=time.ticks_us):
        if not 8000 <= rate_hz <= 48000 or rate_hz % 1000:
            raise ValueError(f"8000 to 48000 Hz in steps of 1000, not {rate_hz}")
        self._state = array("i", (0, 0, 0, rate_hz // 1000, bias + 1))
        self._ticks_us = ticks_us
        self.start()

    def start(self):
        """Count from now on."""
        self._state[0] = self._ticks_us()
        self._state[1] = self._state[2] = 0

    def elapsed(self):
        """Samples since the last call, which may be 10 s ago at most."""
        return advance(self._state, self._ticks_us())
