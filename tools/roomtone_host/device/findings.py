"""What `roomtone doctor` makes of what it measured: one line a check, with the cure."""
# MIT License; see LICENSE

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .firmware import OLDEST

# What a G.711 call holds with code frozen into the image, and from files (tests/board).
_HEAP_FROZEN = 85_000
_HEAP_FILES = 205_000
_EXEC_NEEDED = 24_000
_PSRAM_FROM = 1_000_000
_CLOCK_S = 60
_WEAK_DBM, _DEAD_DBM = -70, -80
_SLOW_MS = 300
_RATE_TOLERANCE = 0.03
_LOOP_DB = 10


@dataclass(frozen=True)
class Finding:
    """One check: `state` is ok, warn, fail or skip."""

    name: str
    state: str
    text: str
    cure: str = ""

    def facts(self) -> dict[str, str]:
        return asdict(self)


def chip(about: dict[str, Any]) -> Finding:
    """What the board says that it is."""
    return Finding("chip", "ok", about["machine"])


def psram(about: dict[str, Any], wanted: bool) -> Finding:
    """Whether there is PSRAM: the heap tells it."""
    total = about["heap_total"]
    if total >= _PSRAM_FROM:
        return Finding("PSRAM", "ok", f"{total / 1e6:.1f} MB of heap")
    if wanted:
        return Finding(
            "PSRAM",
            "fail",
            "the board has some, this firmware does not use it",
            "Flash the board's own image: roomtone flash --board NAME takes the right one.",
        )
    return Finding("PSRAM", "ok", "none")


def firmware(about: dict[str, Any]) -> Finding:
    """MicroPython's version."""
    text = f"MicroPython {about['version']}"
    if tuple(map(int, about["version"].split("."))) < OLDEST:
        return Finding(
            "firmware", "fail", f"{text} is too old", "Flash a newer one: roomtone flash."
        )
    return Finding("firmware", "ok", text)


def installed(about: dict[str, Any], version: str) -> Finding:
    """Which Roomtone is on the board."""
    found = about["installed"]
    if not found and about["frozen"]:
        return Finding("Roomtone", "ok", "a part of the firmware")
    if not found:
        return Finding(
            "Roomtone", "fail", "is not on the board", "Run roomtone deploy --board NAME."
        )
    text = f"{found['version']} for {found['board']}"
    if found["version"] != version:
        return Finding(
            "Roomtone",
            "warn",
            f"{text}; here is {version}",
            f"Run roomtone deploy --board {found['board']}.",
        )
    return Finding("Roomtone", "ok", text)


def heap(about: dict[str, Any]) -> Finding:
    """Free Python heap, before anything of Roomtone is loaded."""
    free = about["heap_free"]
    text = f"{free:,} bytes free"
    if free < _HEAP_FROZEN:
        return Finding(
            "heap",
            "fail",
            f"{text}; a call takes {_HEAP_FROZEN:,} and more",
            "Remove what boot.py or main.py of your own load, or use a board with PSRAM.",
        )
    if free < _HEAP_FILES and not about["frozen"]:
        return Finding(
            "heap",
            "warn",
            f"{text}; a call takes {_HEAP_FILES:,} when its code comes from files",
            "Use a board with PSRAM, or an image with Roomtone in it: docs/custom-firmware.md.",
        )
    return Finding("heap", "ok", text)


def executable(about: dict[str, Any]) -> Finding:
    """Memory for machine code."""
    free = about["exec_free"]
    if free is None:
        return Finding("code memory", "ok", "machine code runs from the heap")
    text = f"{free:,} bytes free"
    if free < _EXEC_NEEDED:
        return Finding("code memory", "fail", text, "Press RESET: code is freed by a reset only.")
    return Finding("code memory", "ok", text)


def flash(about: dict[str, Any]) -> Finding:
    """Room for files."""
    free = about["flash_free"]
    if free < 100_000:
        return Finding("file system", "warn", f"{free:,} bytes free", "Delete files of yours.")
    return Finding("file system", "ok", f"{free:,} bytes free")


def crashes(about: dict[str, Any]) -> Finding:
    """Whether the firmware logged a crash."""
    if about["crash_log"]:
        return Finding(
            "crash log", "warn", f"{about['crash_log']} bytes", "Read it: roomtone logs."
        )
    return Finding("crash log", "ok", "empty")


def clock(about: dict[str, Any], now_s: float, tls: bool) -> Finding:
    """The board's time of day, which certificates need."""
    off_s = abs(about["unix_s"] - now_s)
    if off_s <= _CLOCK_S:
        return Finding("clock", "ok", "right")
    if not tls:
        return Finding("clock", "ok", "not set; an http:// server needs none")
    return Finding(
        "clock",
        "warn",
        f"off by {off_s / 86400:.0f} days",
        "It is set by NTP before a call; if that fails, see the setting ntp_server.",
    )


def settings(found: dict[str, Any]) -> Finding:
    """Whether a call can be made with the settings."""
    missing = [name for name in ("server",) if not found[name]]
    missing += [] if found["named"]["room"] else ["room"]
    if missing:
        return Finding(
            "settings",
            "fail",
            f"{' and '.join(missing)} not set",
            "Run roomtone provision --invite LINK.",
        )
    if found["unknown"]:
        return Finding(
            "settings",
            "warn",
            f"there is no {', no '.join(found['unknown'])}",
            "A slip in settings.json, or of newer firmware: docs/settings.md has the names.",
        )
    return Finding("settings", "ok", "whole")


def network(found: dict[str, Any]) -> Finding:
    """The Wi-Fi's signal."""
    dbm = found["dbm"]
    if not dbm:
        return Finding("Wi-Fi", "ok", "no radio: the host's network")
    text = f"{found['ssid']}, {dbm} dBm, {found['address']}"
    if dbm < _DEAD_DBM:
        return Finding("Wi-Fi", "fail", text, "Too weak for a call: nearer to the access point.")
    if dbm < _WEAK_DBM:
        return Finding("Wi-Fi", "warn", text, "Weak: calls may break; nearer, or an antenna.")
    return Finding("Wi-Fi", "ok", text)


def server(found: dict[str, Any], address: str) -> Finding:
    """Whether the room server answers the board."""
    text = f"{address} in {found['connected_ms']} ms"
    status = found["status"]
    if status and not status.startswith("HTTP/1."):
        return Finding(
            "server", "fail", f"{address} is no web server", "Check the setting server."
        )
    if found["connected_ms"] > _SLOW_MS:
        return Finding("server", "warn", text, "Slow: calls will sound late.")
    return Finding("server", "ok", text)


def button(found: dict[str, Any]) -> Finding:
    """Whether the button is up; the LED was lit meanwhile."""
    if found["pressed"]:
        return Finding(
            "button", "fail", "it is down all the time", "Let it go; check its pin and its ground."
        )
    return Finding("button", "ok", "up; the LED was white for 2 s")


def microphone(found: dict[str, Any], rate_hz: int = 16000) -> Finding:
    """Whether sound arrives, from its level, its offset and how fast samples come."""
    level = f"{found['dbov']} dBov"
    if abs(found["rate_hz"] - rate_hz) > rate_hz * _RATE_TOLERANCE:
        return Finding(
            "microphone",
            "fail",
            f"{found['rate_hz']} samples a second instead of {rate_hz}",
            "Check SCK and WS; another program may hold the I2S port.",
        )
    if found["peak"] == 0:
        return Finding(
            "microphone",
            "fail",
            "only zeros arrive",
            "Check SD, VDD (3.3 V) and ground; an INMP441's L/R goes to ground.",
        )
    if found["dbov"] > -6:
        return Finding(
            "microphone", "fail", f"{level}: noise", "Check that SCK and WS are not swapped."
        )
    if found["dbov"] < -85:
        return Finding(
            "microphone",
            "warn",
            f"{level}: very quiet",
            "Speak; if it stays so, check L/R and SD.",
        )
    return Finding("microphone", "ok", level)


def loopback(found: dict[str, Any]) -> Finding:
    """Whether the microphone hears the speaker."""
    if not found["duplex"]:
        return Finding(
            "loopback", "skip", "one direction at a time on this board", "Did you hear the tone?"
        )
    gain = found["during_dbov"] - found["before_dbov"]
    text = f"the tone is {gain} dB above the room"
    if gain < _LOOP_DB:
        return Finding(
            "loopback",
            "fail",
            text,
            "Heard no tone: check BCLK, LRC, DIN and SD of the amplifier. "
            "Heard one: check the microphone, or put it nearer.",
        )
    return Finding("loopback", "ok", text)
