"""The watchdog: a board whose event loop hangs starts again."""
# MIT License; see LICENSE

from micropython import const

# The firmware's own loops use timer 0; any other does here.
_TIMER = const(2)
_REST_MS = const(1000)


class Watchdog:
    """Restarts the board when `feed` was not called for `seconds`; 0 switches it off.

    A chip can't stop its watchdog once it runs: `rest` has a timer feed it from then on, for a
    person at the prompt is slow.
    """

    def __init__(self, seconds):
        self._wdt = _make(seconds) if seconds else None
        self._timer = None

    def feed(self):
        """The event loop is alive."""
        if self._wdt:
            self._wdt.feed()

    def rest(self):
        """The application ends: the board is not to restart for that."""
        if self._wdt and not self._timer:
            from machine import Timer

            wdt = self._wdt
            self._timer = Timer(_TIMER)
            self._timer.init(period=_REST_MS, callback=lambda _: wdt.feed())


def _make(seconds):
    try:
        from machine import WDT
    except ImportError:
        return None  # a host's board has none
    return WDT(timeout=seconds * 1000)
