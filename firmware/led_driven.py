"""An LED that something else than a pin of the chip drives: an I2C expander, a power chip."""
# MIT License; see LICENSE

import time

from micropython import const
from patterns import Animator

_HALF = const(128)
# Whoever does not answer so often in a row is not there; asking on would cost the sound time.
_PATIENCE = const(3)


class DrivenLed:
    """An LED that `pin.on()` lights and `pin.off()` puts out; active_high=False the other way."""

    def __init__(self, pin, active_high=True):
        self._animator = Animator()
        self._pin = pin
        self._high = active_high
        self._lit = None
        self._failures = 0

    def show(self, word):
        """Show a word of patterns.PATTERNS; call it again every 20 ms, for it moves."""
        if not self._animator.show(word, time.ticks_ms()):
            return
        lit = self._animator.level >= _HALF
        if lit == self._lit or self._failures >= _PATIENCE:
            return
        try:
            if lit == self._high:
                self._pin.on()
            else:
                self._pin.off()
            self._lit = lit
            self._failures = 0
        except OSError:
            self._failures += 1  # tried again with the next change
