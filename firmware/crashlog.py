"""What went wrong last, in a file that survives a reset: the newest entries, 4 KB at most."""
# MIT License; see LICENSE

import gc
import io
import os
import sys
import time

from micropython import const

PATH = "crash.log"
_KEPT = const(4096)
_ONE = const(1500)  # a traceback longer than this loses its middle
_MARK = "--- "
_EPOCH_YEAR = const(2024)  # a clock that says less was never set

# Marks our word in the memory that outlives a watchdog's reset.
_RTC_MARK = b"rt:"


def write(what, error=None):
    """Add an entry: `what` in words, and the traceback of `error`. Never raises."""
    try:  # noqa: SIM105 (a chip has no contextlib)
        head = f"{_MARK}{_when()}, heap {gc.mem_free()} free: {what}\n"
        gc.collect()  # the log, twice over, needs 8 KB; what broke may have left less
        _append(head + _trace(error))
    except (OSError, MemoryError):
        pass  # a full flash or heap must not hide what is being told


def _trace(error):
    if error is None:
        return ""
    text = io.StringIO()
    sys.print_exception(error, text)
    trace = text.getvalue().strip()
    if len(trace) > _ONE:
        trace = trace[: _ONE // 2] + "\n ...\n" + trace[-_ONE // 2 :]
    return trace + "\n"


def read():
    """The whole log as text; "" when nothing ever went wrong."""
    try:
        with open(PATH) as file:
            return file.read()
    except (OSError, UnicodeError):
        return ""


def forget():
    """Remove the log."""
    try:  # noqa: SIM105
        os.remove(PATH)
    except OSError:
        pass  # there was none


def doing(word):
    """Remember what the board is doing, for the entry that a watchdog's reset leaves."""
    rtc = _rtc()
    if rtc:
        rtc.memory(_RTC_MARK + word.encode())


def note_reset():
    """At boot: add an entry when the watchdog, and not a person, restarted the board."""
    rtc = _rtc()
    if not rtc:
        return
    import machine

    if machine.reset_cause() == machine.WDT_RESET:
        last = bytes(rtc.memory())
        word = last[len(_RTC_MARK) :].decode() if last[: len(_RTC_MARK)] == _RTC_MARK else "?"
        write(f"the watchdog restarted the board; it was {word}")
    rtc.memory(b"")


def _rtc():
    try:
        from machine import RTC
    except ImportError:
        return None  # a host's board has none
    return RTC()


def _when():
    now = time.gmtime()
    up_s = time.ticks_ms() // 1000
    if now[0] < _EPOCH_YEAR:
        return f"up {up_s} s"
    return "{}-{:02}-{:02} {:02}:{:02}:{:02} UTC, up {} s".format(*now[:6], up_s)


def _append(entry):
    text = read() + entry
    while len(text.encode()) > _KEPT:
        cut = text.find("\n" + _MARK)
        if cut < 0:
            break
        text = text[cut + 1 :]
    with open(PATH + ".new", "w") as file:
        file.write(text)
    os.rename(PATH + ".new", PATH)
