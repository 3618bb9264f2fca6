"""What a finger on one button means: short press, double press, held, held long, released."""
# MIT License; see LICENSE

from micropython import const

SHORT = "short"
DOUBLE = "double"
HELD = "held"
LONG = "long"
RELEASED = "released"

_BOUNCE_MS = const(15)
_HOLD_MS = const(500)
_LONG_MS = const(5000)
_DOUBLE_MS = const(350)


class Gestures:
    """Turns samples of a button into gestures; no clock, no pin.

    `wait_for_double` False gives SHORT at once, for when a double press has no meaning.
    """

    def __init__(self):
        self.wait_for_double = False
        self._level = self._stable = False
        self._changed_ms = self._down_ms = self._up_ms = 0
        self._held = self._long = self._waiting = self._second = False

    def sample(self, down, now_ms):
        """Take the button's state at `now_ms`; returns a gesture word or None."""
        if down != self._level:
            self._level = down
            self._changed_ms = now_ms
        if down != self._stable and now_ms - self._changed_ms >= _BOUNCE_MS:
            self._stable = down
            return self._pressed(now_ms) if down else self._let_go(now_ms)
        if self._stable and not self._held and now_ms - self._down_ms >= _HOLD_MS:
            self._held = True
            self._waiting = False
            return HELD
        if self._held and self._stable and not self._long:
            self._long = now_ms - self._down_ms >= _LONG_MS
            return LONG if self._long else None
        if self._waiting and not self._stable and now_ms - self._up_ms >= _DOUBLE_MS:
            self._waiting = False
            return SHORT
        return None

    def _pressed(self, now_ms):
        self._second = self._waiting
        self._waiting = self._held = self._long = False
        self._down_ms = now_ms
        return

    def _let_go(self, now_ms):
        if self._held:
            return RELEASED
        if self._second:
            return DOUBLE
        if not self.wait_for_double:
            return SHORT
        self._waiting = True
        self._up_ms = now_ms
        return None
