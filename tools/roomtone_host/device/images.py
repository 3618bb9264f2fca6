"""A firmware image for flashing: what it is for, and whether it is whole.

Layout: bootloader (written at the chip's offset), partition table at flash 0x8000, application.
Format: Espressif's "Firmware Image Format"; each part ends in a checksum and a SHA-256.
"""
# MIT License; see LICENSE

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass
from pathlib import Path

from .chips import Chip, by_image_id, known
from .errors import DeviceError

_MAGIC = 0xE9
_HEADER = 24
_APP_DESCRIPTION = struct.pack("<I", 0xABCD5432)
_TABLE_AT = 0x8000
_TABLE_ENTRY = b"\xaa\x50"
_CHECKSUM_SEED = 0xEF
_VERSION = re.compile(rb"MicroPython (v\d+\.\d+\.\d+[\w.-]*) on (\d{4}-\d\d-\d\d)")
_MACHINE = re.compile(rb"; ([\x20-\x7e]{4,60}) with ESP32")
# What people mistake for a firmware image, by how it begins.
_OTHERS = {
    b"UF2\n": "a UF2 file",
    b"\x7fELF": "an ELF file",
    b"PK\x03\x04": "a ZIP archive",
    b"<!": "a web page",
    b"<h": "a web page",
}


@dataclass(frozen=True)
class Image:
    """A whole image, checked. `version` is like v1.28.0, "" when it is not MicroPython's."""

    name: str
    data: bytes
    chip: Chip
    version: str
    machine: str
    sha256: str

    @property
    def number(self) -> tuple[int, ...]:
        """The version as numbers, () when there is none."""
        return tuple(int(part) for part in re.findall(r"\d+", self.version)[:3])


def read(path: Path) -> Image:
    """Read and check an image file. Raises DeviceError that says what is wrong with it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DeviceError("image-missing", f"{path} can't be read: {error.strerror}.") from error
    return check(data, path.name)


def check(data: bytes, name: str) -> Image:
    """Check an image's parts and digests. Raises DeviceError that says what is wrong with it."""
    if data[:1] != bytes((_MAGIC,)) or len(data) < _HEADER:
        kind = next((text for start, text in _OTHERS.items() if data.startswith(start)), None)
        raise _wrong(name, f"is {kind}, not" if kind else "is not", "a firmware image (.bin)")
    if data[32:36] == _APP_DESCRIPTION:
        raise _wrong(name, "holds the application only, for updates;", "it has no bootloader")
    number = struct.unpack_from("<H", data, 12)[0]
    chip = by_image_id(number)
    if chip is None:
        raise _wrong(name, f"is for chip id {number}; Roomtone runs on", known())
    _check_part(data, 0, name, "bootloader")
    application = _application_at(data, chip, name)
    _check_part(data, application, name, "application")
    version = _VERSION.search(data)
    machine = _MACHINE.search(data)
    return Image(
        name,
        data,
        chip,
        version[1].decode() if version else "",
        machine[1].decode() if machine else "",
        hashlib.sha256(data).hexdigest(),
    )


def _application_at(data: bytes, chip: Chip, name: str) -> int:
    """Where the first application lies in the file, from the partition table."""
    at = _TABLE_AT - chip.offset
    while data[at : at + 2] == _TABLE_ENTRY and at + 32 <= len(data):
        kind, _, start = struct.unpack_from("<BBI", data, at + 2)
        if kind == 0 and start >= _TABLE_AT:
            return start - chip.offset
        at += 32
    raise _wrong(name, "holds no application:", "its partition table is missing or names none")


def _check_part(data: bytes, start: int, name: str, part: str) -> None:
    """Checksum and SHA-256 of the image that begins at `start`."""
    try:
        magic, segments = data[start], data[start + 1]
        appended = data[start + 23]
        at = start + _HEADER
        checksum = _CHECKSUM_SEED
        for _ in range(segments):
            length = struct.unpack_from("<I", data, at + 4)[0]
            words = data[at + 8 : at + 8 + length]
            if len(words) != length:
                raise IndexError
            checksum ^= _xor(words)
            at += 8 + length
        end = at + (15 - (at - start) % 16)
        stored = data[end]
    except (IndexError, struct.error):
        raise _wrong(name, "is cut off:", f"its {part} is not whole") from None
    if magic != _MAGIC or stored != checksum:
        raise _wrong(name, "is damaged:", f"the checksum of its {part} is wrong")
    if appended and hashlib.sha256(data[start : end + 1]).digest() != data[end + 1 : end + 33]:
        raise _wrong(name, "is damaged:", f"the SHA-256 of its {part} is wrong")


def _xor(data: bytes) -> int:
    # Over machine words first: a loop over a megabyte of bytes takes a third of a second.
    whole = len(data) & ~7
    folded = 0
    for (word,) in struct.iter_unpack("<Q", data[:whole]):
        folded ^= word
    result = 0
    for byte in folded.to_bytes(8, "little") + data[whole:]:
        result ^= byte
    return result


def _wrong(name: str, what: str, rest: str) -> DeviceError:
    return DeviceError(
        "image-wrong",
        f"{name} {what} {rest}.",
        "Take the .bin for your chip from micropython.org/download, or let --firmware out.",
    )
