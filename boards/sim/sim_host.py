"""What the virtual board shares with its host: options, events, button and LED, all as files."""
# MIT License; see LICENSE

import json
import os
import time

_options = None


def option(name, default=None):
    """A board option: `ROOMTONE_<NAME>`, else `board` in settings.json, else `default`."""
    global _options  # noqa: PLW0603
    chosen = os.getenv("ROOMTONE_" + name.upper())
    if chosen:
        return chosen
    if _options is None:
        _options = _read_options()
    return _options.get(name, default)


def _read_options():
    try:
        with open("settings.json") as file:
            return json.load(file).get("board") or {}
    except (OSError, ValueError):
        return {}  # the firmware says what is wrong with the file; the board only goes silent


def now_us():
    """Host Unix time in microseconds: the one clock that several virtual boards share."""
    return time.time_ns() // 1000


def record(event, fields=None):
    """Append one line to events.jsonl: `event`, `t_us`, and `fields` (a dict)."""
    line = {"event": event, "t_us": now_us()}
    if fields:
        line.update(fields)
    # One write per line, so that a reader never sees half of one that the kernel has.
    with open(option("events", "events.jsonl"), "a") as file:
        file.write(json.dumps(line) + "\n")


class Clock:
    """Samples that a converter has moved since `start()`, at `rate_hz` off by `ppm`."""

    def __init__(self, rate_hz, ppm=0):
        self._rate = rate_hz * (1000000 + ppm)
        self._last_us = self._whole = self._rest = 0

    def start(self):
        self._last_us = time.ticks_us()
        self._whole = self._rest = 0

    def samples(self):
        """Samples so far; asked at least every 10 minutes, for `ticks_us` wraps."""
        now = time.ticks_us()
        # The rest is kept in millionths of millionths, so that nothing is rounded away.
        self._rest += time.ticks_diff(now, self._last_us) * self._rate
        self._last_us = now
        self._whole += self._rest // 1000000000000
        self._rest %= 1000000000000
        return self._whole


class Button:
    """A button that the host presses by writing 1 or 0 at the start of a file."""

    def __init__(self, path):
        self._byte = bytearray(1)
        self._was = False
        # A finger may be on it already, while the board starts.
        if path not in os.listdir():
            with open(path, "w") as file:
                file.write("0")
        self._file = open(path, "rb")  # noqa: SIM115

    def pressed(self):
        """Whether it is down; records an event `button` at each change."""
        self._file.seek(0)
        # Nothing to read means that the host is just writing: the state stays.
        if self._file.readinto(self._byte):
            down = self._byte[0] == 0x31
            if down != self._was:
                self._was = down
                record("button", {"pressed": down})
        return self._was


class Led:
    """An LED whose pattern word the host reads in a file."""

    def __init__(self, path):
        self._path = path
        self._pattern = ""
        self.show("off")

    def show(self, pattern):
        """Show a pattern: off, connecting, live, muted, speaking, reconnecting or error."""
        if pattern == self._pattern:
            return
        self._pattern = pattern
        with open(self._path + ".new", "w") as file:
            file.write(pattern)
        os.rename(self._path + ".new", self._path)
        record("led", {"pattern": pattern})
