"""Safe mode: the button held while the board starts leads to the plain MicroPython prompt."""
# MIT License; see LICENSE

import sys
import time

from micropython import const

# On many boards the button is a strapping pin, which may only be pressed after the reset.
_WINDOW_MS = const(500)
_HELD_MS = const(100)
_SAMPLE_MS = const(10)

on = False


def look():
    """At boot: watch the button for half a second; sets `on` and returns it. Never raises."""
    global on  # noqa: PLW0603
    before = set(sys.modules)
    try:
        import board

        on = _held(board.button(), _WINDOW_MS if _is_chip() else 0)
    except Exception as error:
        # A board.py that fails here fails in the application too, which then tells so.
        sys.print_exception(error)
    # The firmware that is chosen next brings its own.
    for name in [name for name in sys.modules if name not in before]:
        del sys.modules[name]
    return on


def _held(button, window_ms):
    start = time.ticks_ms()
    held_ms = 0
    while held_ms < _HELD_MS:
        if not button.pressed():
            held_ms = 0
            if time.ticks_diff(time.ticks_ms(), start) >= window_ms:
                return False
        time.sleep_ms(_SAMPLE_MS)
        held_ms += _SAMPLE_MS
    return True


def _is_chip():
    return sys.platform not in ("linux", "darwin")
