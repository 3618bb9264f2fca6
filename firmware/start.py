"""Runs the application; what breaks it is logged, and the board starts again."""
# MIT License; see LICENSE

import sys
import time

import crashlog
import trial
from micropython import const

_PAUSE_MS = const(5000)


def run():
    """Run until the application is shut down, Ctrl-C, or a crash, after which it restarts."""
    import asyncio

    app = None
    try:
        crashlog.note_reset()
        from app import App

        app = App()
        asyncio.run(app.run())
        restart = app.restarting
    except (KeyboardInterrupt, SystemExit):
        if app:
            app.care.stop()  # the watchdog is not for a person at the prompt
        raise
    except BaseException as error:
        sys.print_exception(error)
        crashlog.write("the application ended", error)
        _pause()
        restart = True
    if restart:
        trial.restart()


def _pause():
    # Time to read, and for Ctrl-C, on a board that breaks at each start.
    if sys.platform not in ("linux", "darwin"):
        print("The board restarts in 5 s; Ctrl-C keeps it at the prompt.")
        time.sleep_ms(_PAUSE_MS)
