"""Which firmware runs: what a cable put there, or an update, on trial or proven.

Part of the loader with boot.py, main.py, switch.py and safemode.py: no update ever replaces
these. An update is a whole firmware in a folder of its own, `slot_a` or `slot_b`; the switch is
one rename of a small file, so a power cut leaves the old choice or the new one.
docs/updating.md has the states.
"""
# MIT License; see LICENSE

import json
import os
import sys

from micropython import const

SLOTS = ("slot_a", "slot_b")
_FILE = "slots.json"
_RELEASE = "release.json"
_TRIES = const(2)
_REFUSED_KEPT = const(4)
RESTART_CODE = const(3)  # with which a host's board says that it wants to be started again

current = ""  # the folder that runs; "" is the root, deployed by cable
on_trial = False


def choose():
    """At boot: pick the firmware and put it in front of sys.path. Never raises."""
    global current, on_trial  # noqa: PLW0603
    state = load()
    trial = state["trial"]
    if trial and state["tries"] >= _TRIES:
        state = _give_up(state)
        trial = ""
    if trial:
        state["tries"] += 1
        on_trial = _saved(state)
    # A trial that can't be counted would never end, so there is none.
    current = trial if on_trial else state["active"]
    if current:
        sys.path.insert(0, current + "/lib")
        sys.path.insert(0, current)


def load():
    """The choice on file: active, trial, tries, refused. Broken or missing means the root."""
    state = {"active": "", "trial": "", "tries": 0, "refused": []}
    try:
        with open(_FILE) as file:
            found = json.load(file)
        for name in state:
            if isinstance(found.get(name), type(state[name])):
                state[name] = found[name]
    except (OSError, ValueError, AttributeError):
        pass  # as after the first deployment
    for name in ("active", "trial"):
        if state[name] not in SLOTS or not release(state[name]):
            state[name] = ""
    return state


def release(slot):
    """The release in `slot` as a dict with `number` and `version`; empty when not whole."""
    try:
        with open(slot + "/" + _RELEASE if slot else _RELEASE) as file:
            found = json.load(file)
        return found if isinstance(found["number"], int) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def spare():
    """The slot that an update may overwrite: neither runs nor is what a failure falls back to."""
    state = load()
    return [slot for slot in SLOTS if slot not in (current, state["active"])][0]


def stage(slot):
    """Try the firmware in `slot` from the next boot on. Raises OSError."""
    state = load()
    state["trial"] = slot
    state["tries"] = 0
    save(state)


def confirm():
    """The firmware on trial has come up and joined: it stays. Raises OSError."""
    global on_trial  # noqa: PLW0603
    state = load()
    state["active"] = current
    state["trial"] = ""
    state["tries"] = 0
    save(state)
    on_trial = False


def back_to_root():
    """Run what the cable put there from the next boot on; `roomtone deploy` does this."""
    try:  # noqa: SIM105 (a chip has no contextlib)
        os.remove(_FILE)
    except OSError:
        pass  # it is so already


def restart():
    """Restart the board; on a host, end with RESTART_CODE."""
    try:
        from machine import reset
    except ImportError:
        sys.exit(RESTART_CODE)
    reset()


def save(state):
    """Write the choice; it is the old one or the new one, whenever the power fails."""
    with open(_FILE + ".new", "w") as file:
        json.dump(state, file)
    os.rename(_FILE + ".new", _FILE)


def _saved(state):
    try:
        save(state)
        return True
    except OSError:
        return False


def _give_up(state):
    number = release(state["trial"]).get("number")
    print(f"Update {number} did not come up and join in {_TRIES} tries: back to the old firmware")
    state["refused"] = (state["refused"] + [number])[-_REFUSED_KEPT:]
    state["trial"] = ""
    state["tries"] = 0
    _saved(state)
    return state
