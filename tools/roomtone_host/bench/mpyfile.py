"""Read an .mpy file (format 6) far enough to tell machine code from bytecode."""
# MIT License; see LICENSE

from dataclasses import dataclass
from pathlib import Path

# Kinds of code, in the two low bits of each code object's head.
_BYTECODE, _NATIVE, _VIPER, _ASM = range(4)
_HAS_CHILDREN = 4
# Scope flags that say data follows, py/runtime0.h; only linked C code has any.
_LINKED = 0x70
# Constant objects without a value behind them: function table, None, False, True, Ellipsis.
_LAST_BARE_OBJECT = 4
_STR, _BYTES, _TUPLE = 5, 6, 10


@dataclass
class Code:
    """Bytes of one .mpy file by kind."""

    bytecode: int = 0
    native: int = 0


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def uint(self) -> int:
        value = 0
        while True:
            octet = self.byte()
            value = value << 7 | octet & 0x7F
            if not octet & 0x80:
                return value

    def skip(self, count: int) -> None:
        self._at += count

    def skip_qstr(self) -> None:
        length = self.uint()
        if not length & 1:
            self.skip((length >> 1) + 1)

    def skip_object(self) -> None:
        kind = self.byte()
        if kind <= _LAST_BARE_OBJECT:
            return
        length = self.uint()
        if kind == _TUPLE:
            for _ in range(length):
                self.skip_object()
        else:
            self.skip(length + (kind in (_STR, _BYTES)))

    def code(self, total: Code) -> None:
        head = self.uint()
        kind, length = head & 3, head >> 3
        self.skip(length)
        if kind == _BYTECODE:
            total.bytecode += length
        else:
            total.native += length
            self._native_tail(kind)
        if head & _HAS_CHILDREN:
            for _ in range(self.uint()):
                self.code(total)

    def _native_tail(self, kind: int) -> None:
        flags = self.uint()
        if kind == _NATIVE:
            return
        if kind == _ASM:
            self.uint()
            self.uint()
            return
        if flags & _LINKED:
            raise ValueError("this .mpy holds linked C code; mpy-cross makes none")


def measure(path: Path) -> Code:
    """Return how many bytes of an .mpy file are bytecode and how many machine code."""
    data = path.read_bytes()
    if data[:2] != b"M\x06":
        raise ValueError(f"{path} is not an .mpy file of format 6")
    reader = _Reader(data)
    reader.skip(4)
    qstrs, objects = reader.uint(), reader.uint()
    for _ in range(qstrs):
        reader.skip_qstr()
    for _ in range(objects):
        reader.skip_object()
    total = Code()
    reader.code(total)
    return total
