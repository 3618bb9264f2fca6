"""An update on trial: it has two tries to come up and join, else the old firmware comes back.

Part of the loader with boot.py, main.py, switch.py and safemode.py: no update replaces these.
`previous/` holds the files that the update replaced, and lasts as long as the trial.
"""
# MIT License; see LICENSE

import os
import sys

import switch
from micropython import const

RESTART_CODE = const(3)  # with which a host's board says that it wants to be started again
NUMBER = "number"  # in previous/: which release is on trial
_REFUSED = "refused"
_TRIES_FILE = "previous/tries"
_TRIES = const(2)

on = False


def begin():
    """At boot, after switch.finish(): count this try, or go back. Sets `on`. Raises OSError."""
    global on  # noqa: PLW0603
    on = False
    if not switch.exists(switch.PREVIOUS + "/commit"):
        switch.discard(switch.PREVIOUS)  # what a trial left that ended while power failed
        return
    tries = _number(_TRIES_FILE)
    if tries >= _TRIES:
        _go_back()
        return
    _write(_TRIES_FILE, str(tries + 1))
    on = True


def confirm():
    """The firmware on trial has come up and joined: it stays. Raises OSError."""
    global on  # noqa: PLW0603
    # Without its commit file the folder is no way back, whenever power fails from here on.
    os.remove(switch.PREVIOUS + "/commit")
    switch.discard(switch.PREVIOUS)
    on = False


def refused():
    """Number of the release that was last tried and did not come up; 0 when there was none."""
    return _number(_REFUSED)


def restart():
    """Restart the board; on a host, end with RESTART_CODE."""
    try:
        from machine import reset
    except ImportError:
        sys.exit(RESTART_CODE)
    reset()


def _go_back():
    number = _number(switch.PREVIOUS + "/" + NUMBER)
    print(f"Release {number} did not come up and join in {_TRIES} tries: the old one is back")
    _write(_REFUSED, str(number))
    switch.discard()
    os.rename(switch.PREVIOUS, switch.FOLDER)
    switch.finish()


def _number(path):
    try:
        with open(path) as file:
            return int(file.read())
    except (OSError, ValueError):
        return 0


def _write(path, text):
    with open(path + ".new", "w") as file:
        file.write(text)
    os.rename(path + ".new", path)
