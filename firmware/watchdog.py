"""The watchdog: a board whose event loop hangs starts again."""
# MIT License; see LICENSE

from micropython import const

# As good as off. The driver counts half milliseconds in 32 bits, twice over: 12 days is the most.
_REST_MS = const(604800000)


class Watchdog:
    """Restarts the board when `feed` was not called for `seconds`; 0 switches it off.

    A chip can't stop its watchdog once it runs; `rest` gives it a week, and a soft reset, which
    ends every timer that could feed it, does not change that.
    """

    def __init__(self, seconds):
        self._wdt = _make(seconds * 1000) if seconds else None

    def feed(self):
        """The event loop is alive."""
        if self._wdt:
            self._wdt.feed()

    def rest(self):
        """The application ends: the board is not to restart for that."""
        if self._wdt:
            self._wdt = _make(_REST_MS)
            self._wdt.feed()


def _make(timeout_ms):
    try:
        from machine import WDT
    except ImportError:
        return None  # a host's board has none
    return WDT(timeout=timeout_ms)
