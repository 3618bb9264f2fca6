"""Serial ports: which one the board is at, and why one can't be opened."""
# MIT License; see LICENSE

from __future__ import annotations

import errno
import getpass
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from serial.tools import list_ports

from .errors import DeviceError

# USB vendors of what sits on ESP32 boards: the chip itself, and the common serial converters.
VENDORS = {
    0x303A: "Espressif USB",
    0x10C4: "CP210x",
    0x1A86: "CH340/CH910x",
    0x0403: "FTDI",
    0x067B: "PL2303",
    0x2341: "Arduino",
    0x239A: "Adafruit",
    0x2886: "Seeed",
}
# What a port raises when it breaks: pyserial lets termios' own error through.
BROKEN: tuple[type[Exception], ...] = (OSError,)
if os.name == "posix":
    import termios

    BROKEN += (termios.error,)
# Networks and emulators speak the same protocol through pyserial's addresses.
_ADDRESSES = ("socket://", "rfc2217://", "loop://", "ws://")


@dataclass(frozen=True)
class Port:
    """One serial port that may have a board behind it."""

    device: str
    maker: str
    text: str
    native_usb: bool


def candidates() -> list[Port]:
    """The ports with a known USB vendor, the chip's own USB first."""
    found = []
    for port in list_ports.comports():
        if port.vid in VENDORS:
            found.append(
                Port(port.device, VENDORS[port.vid], port.description or "", port.vid == 0x303A)
            )
    return sorted(found, key=lambda port: (not port.native_usb, port.device))


def choose(asked: str | None) -> str:
    """The port to use: the asked one, else the only one that can be a board.

    Raises DeviceError when there is none, or more than one to choose from.
    """
    if asked:
        return asked
    found = candidates()
    if not found:
        raise DeviceError(
            "no-port",
            "No board is connected: there is no USB serial port.",
            "Plug the board in with a cable that carries data (many only charge). "
            "On its own USB hold BOOT while plugging in. Or name it with --port.",
        )
    if len(found) > 1:
        names = ", ".join(f"{port.device} ({port.maker})" for port in found)
        raise DeviceError(
            "many-ports", f"There are {len(found)} ports: {names}.", "Name one with --port."
        )
    return found[0].device


def explain(device: str, error: BaseException) -> DeviceError:
    """Why `device` could not be opened or used, with the cure."""
    number = _errno(error)
    text = str(error).lower()
    if "refuses the password" in text:
        return DeviceError(
            "port-permission",
            f"{device} refuses the password.",
            "Set ROOMTONE_WEBREPL_PASSWORD to the board's WebREPL password.",
        )
    if number in (errno.EACCES, errno.EPERM) or "permission" in text:
        return DeviceError(
            "port-permission", f"{device} may not be opened by {getpass.getuser()}.", _permit()
        )
    if number in (errno.EBUSY, errno.EAGAIN) or "exclusively lock" in text:
        return DeviceError(
            "port-busy",
            f"{device} is used by another program.",
            "Close the serial monitor, editor or second roomtone that has it.",
        )
    if device.startswith("ws://"):
        return DeviceError(
            "port-missing",
            f"No board answers at {device}.",
            "Is it on this network, with webrepl.password set? Its console's `status` knows.",
        )
    if number in (errno.ENOENT, errno.ENODEV) or "could not open" in text:
        return DeviceError(
            "port-missing",
            f"There is no port {device}.",
            "Plug the board in; without --port it is found by itself.",
        )
    return DeviceError("cable-pulled", f"The connection to {device} broke.", "Check the cable.")


def is_lost(error: BaseException | None) -> bool:
    """Whether an error is, or came of, a port that broke."""
    while error is not None:
        if isinstance(error, BROKEN):
            return True
        error = error.__cause__ or error.__context__
    return False


def is_gone(device: str) -> bool:
    """Whether a port has vanished, as it does when the cable is pulled."""
    return not device.startswith(_ADDRESSES) and os.name == "posix" and not Path(device).exists()


def _errno(error: BaseException) -> int | None:
    # pyserial and esptool wrap the OSError: its number is in the exception, its cause or the text.
    for one in (error, error.__cause__, error.__context__):
        if isinstance(one, OSError) and one.errno:
            return one.errno
    found = re.search(r"Errno (\d+)", str(error))
    return int(found[1]) if found else None


def _permit() -> str:
    if sys.platform.startswith("linux"):
        return "Run `sudo usermod -aG dialout $USER` (Arch: uucp), then log out and in again."
    return "Give your user access to the port, then try again."
