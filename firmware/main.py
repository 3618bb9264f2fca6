"""Starts the application; when it ends, the board is back at its plain MicroPython prompt."""
# MIT License; see LICENSE

import sys

import safemode
import trial

# Longer than any start takes; the application then sets the watchdog to its own time.
_TRIAL_MS = 60000


def _watch():
    try:
        from machine import WDT

        WDT(timeout=_TRIAL_MS)
    except ImportError:
        pass  # a host's board has none


def _run():
    if trial.on:
        _watch()
    try:
        import start

        start.run()
    except Exception as error:
        if not trial.on:
            raise
        sys.print_exception(error)
        trial.restart()


if safemode.on:
    print("Safe mode: the application was not started. `import start; start.run()` starts it.")
else:
    _run()
