"""An emulated chip's serial loader: ROM commands, the stub's after it was uploaded, and flash.

Written from Espressif's "Serial Protocol" document. Bytes in, bytes out; no port of its own.
"""
# MIT License; see LICENSE

from __future__ import annotations

import hashlib
import struct
import zlib

_END, _ESC = 0xC0, 0xDB
_SYNC_VALUE = 0x20120707
_INVALID = bytes((1, 5))
_MAGIC_REGISTER = 0x40001000
_FLASH_ID = 0x1640EF  # 4 MiB by Winbond
_SFDP = 0x50444653
_SPI_USR = 1 << 18

# chip: (image id, magic value, SPI register base, offsets of USR2 and W0)
CHIPS = {
    "esp32": (0, 0x00F01D83, 0x3FF42000, 0x24, 0x80),
    "esp32s3": (9, None, 0x60002000, 0x20, 0x58),
    "esp32c3": (5, None, 0x60002000, 0x20, 0x58),
    "esp32c6": (13, None, 0x60003000, 0x20, 0x58),
}


class RomLoader:
    """One chip in its loader. `flash` is its memory; `flash_from` counts bytes that were written.

    `corrupt` makes every write flip a bit, as worn-out flash does.
    """

    def __init__(self, chip: str, size: int = 4 << 20) -> None:
        self.chip = chip
        self.image_id, self._magic, self._spi, self._usr2, self._w0 = CHIPS[chip]
        # What was there before: an erase must be seen.
        self.flash = bytearray(b"\x5a" * size)
        self.stub = False
        self.erased = 0
        self.written = 0
        self.expected = 0
        self.commands: list[int] = []
        self.corrupt = False
        self._registers: dict[int, int] = {}
        self._frame: bytearray | None = None
        self._at = self._left = 0
        self._inflate = zlib.decompressobj()

    def feed(self, data: bytes) -> bytes:
        """Take what arrived; return what the chip answers."""
        out = bytearray()
        for byte in data:
            if byte != _END:
                if self._frame is not None:
                    self._frame.append(byte)
            elif self._frame:
                out += self._take(bytes(self._frame))
                self._frame = None
            else:
                self._frame = bytearray()
        return bytes(out)

    @property
    def progress(self) -> float:
        """How much of the image under way is in flash, 0 to 1."""
        return self.written / self.expected if self.expected else 0.0

    def _take(self, escaped: bytes) -> bytes:
        frame = escaped.replace(b"\xdb\xdc", b"\xc0").replace(b"\xdb\xdd", b"\xdb")
        if len(frame) < 8 or frame[0]:
            return b""
        operation, length, checksum = struct.unpack_from("<BHI", frame, 1)
        data = frame[8:]
        if len(data) != length:
            return b""
        self.commands.append(operation)
        handler = _HANDLERS.get(operation)
        if handler is None:
            return self._answer(operation, status=_INVALID)
        if operation in _WITH_CHECKSUM and _checksum(data[16:]) != checksum & 0xFF:
            return self._answer(operation, status=b"\x01\x07")
        return handler(self, operation, data)

    def _answer(
        self, operation: int, value: int = 0, data: bytes = b"", status: bytes = b"\0\0"
    ) -> bytes:
        tail = status if self.stub else status + b"\0\0"
        packet = struct.pack("<BBHI", 1, operation, len(data + tail), value) + data + tail
        return _slip(packet)

    # -- commands --------------------------------------------------------------------------

    def _sync(self, operation: int, data: bytes) -> bytes:
        return self._answer(operation, 0 if self.stub else _SYNC_VALUE) * 8

    def _security(self, operation: int, data: bytes) -> bytes:
        if self._magic is not None:
            return self._answer(operation, status=_INVALID)
        return self._answer(operation, data=struct.pack("<IB7xII", 0, 0, self.image_id, 1))

    def _read_register(self, operation: int, data: bytes) -> bytes:
        address = struct.unpack("<I", data)[0]
        if address == _MAGIC_REGISTER and self._magic is not None:
            return self._answer(operation, self._magic)
        return self._answer(operation, self._registers.get(address, 0))

    def _write_register(self, operation: int, data: bytes) -> bytes:
        address, value = struct.unpack_from("<II", data)
        if address == self._spi and value & _SPI_USR:
            command = self._registers.get(self._spi + self._usr2, 0) & 0xFF
            answer = {0x9F: _FLASH_ID, 0x5A: _SFDP}.get(command, 0)
            self._registers[self._spi + self._w0] = answer
        else:
            self._registers[address] = value
        return self._answer(operation)

    def _plain(self, operation: int, data: bytes) -> bytes:
        return self._answer(operation)

    def _run(self, operation: int, data: bytes) -> bytes:
        answer = self._answer(operation)
        if struct.unpack_from("<I", data, 4)[0]:
            self.stub = True
            answer += _slip(b"OHAI")
        return answer

    def _erase(self, operation: int, data: bytes) -> bytes:
        if not self.stub:
            return self._answer(operation, status=_INVALID)
        self.flash[:] = b"\xff" * len(self.flash)
        self.erased += 1
        return self._answer(operation)

    def _begin(self, operation: int, data: bytes) -> bytes:
        size, _, _, self._at = struct.unpack_from("<IIII", data)
        self.expected, self.written = size, 0
        self._inflate = zlib.decompressobj()
        return self._answer(operation)

    def _flash_data(self, operation: int, data: bytes) -> bytes:
        self._store(data[16 : 16 + struct.unpack_from("<I", data)[0]])
        return self._answer(operation)

    def _deflated(self, operation: int, data: bytes) -> bytes:
        self._store(self._inflate.decompress(data[16:]))
        return self._answer(operation)

    def _store(self, block: bytes) -> None:
        block = block[: self.expected - self.written]
        self.flash[self._at : self._at + len(block)] = block
        if self.corrupt and block:
            self.flash[self._at] ^= 1
        self._at += len(block)
        self.written += len(block)

    def _digest(self, operation: int, data: bytes) -> bytes:
        at, size = struct.unpack_from("<II", data)
        found = hashlib.md5(self.flash[at : at + size])
        return self._answer(
            operation, data=found.digest() if self.stub else found.hexdigest().encode()
        )


def _slip(packet: bytes) -> bytes:
    return b"\xc0" + packet.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"


def _checksum(data: bytes) -> int:
    result = 0xEF
    for byte in data:
        result ^= byte
    return result


_WITH_CHECKSUM = (0x03, 0x07, 0x11)
_HANDLERS = {
    0x02: RomLoader._begin,
    0x03: RomLoader._flash_data,
    0x04: RomLoader._plain,
    0x05: RomLoader._plain,
    0x06: RomLoader._run,
    0x07: RomLoader._plain,
    0x08: RomLoader._sync,
    0x09: RomLoader._write_register,
    0x0A: RomLoader._read_register,
    0x0B: RomLoader._plain,
    0x0D: RomLoader._plain,
    0x0F: RomLoader._plain,
    0x10: RomLoader._begin,
    0x11: RomLoader._deflated,
    0x12: RomLoader._plain,
    0x13: RomLoader._digest,
    0x14: RomLoader._security,
    0xD0: RomLoader._erase,
}
