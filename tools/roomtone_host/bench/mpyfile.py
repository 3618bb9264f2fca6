"""Read an .mpy file (format 6): its names, its objects, and its code by kind."""
# MIT License; see LICENSE

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Kinds of code, in the two low bits of each code object's head.
BYTECODE, NATIVE, VIPER, _ASM = range(4)
_HAS_CHILDREN = 4
# Scope flags that say data follows, py/runtime0.h; only linked C code has any.
_LINKED = 0x70
# Constant objects without a value behind them, and those that have one.
_TABLE, _ELLIPSIS = 0, 4
_STR, _BYTES, _INT, _TUPLE = 5, 6, 7, 10
_BARE = (None, None, False, True, ...)
# Stands in `MpyFile.objects` for the address of the runtime's functions.
FUNCTION_TABLE = object()


@dataclass
class Code:
    """One function, or a module's own code; functions within it are in order of their source."""

    kind: int
    data: bytes
    children: list[Code] = field(default_factory=list)

    def all(self) -> Iterator[Code]:
        """This one and all below it."""
        yield self
        for child in self.children:
            yield from child.all()


@dataclass
class MpyFile:
    """What an .mpy file holds. A name is a string, or the number of one that firmware knows."""

    names: list[str | int]
    objects: list[Any]
    code: Code

    @property
    def native(self) -> int:
        """Bytes of machine code."""
        return sum(len(code.data) for code in self.code.all() if code.kind != BYTECODE)


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        self._at += count
        return self._data[self._at - count : self._at]

    def uint(self) -> int:
        value = 0
        while True:
            octet = self.take(1)[0]
            value = value << 7 | octet & 0x7F
            if not octet & 0x80:
                return value

    def name(self) -> str | int:
        length = self.uint()
        if length & 1:
            return length >> 1
        return self.take((length >> 1) + 1)[:-1].decode()

    def object(self) -> Any:
        kind = self.take(1)[0]
        if kind == _TABLE:
            return FUNCTION_TABLE
        if kind <= _ELLIPSIS:
            return _BARE[kind]
        length = self.uint()
        if kind == _TUPLE:
            return tuple(self.object() for _ in range(length))
        text = self.take(length + (kind in (_STR, _BYTES)))
        if kind == _BYTES:
            return text[:-1]
        if kind == _STR:
            return text[:-1].decode()
        return int(text) if kind == _INT else complex(text.decode())

    def code(self) -> Code:
        head = self.uint()
        kind = head & 3
        code = Code(kind, self.take(head >> 3))
        if kind != BYTECODE:
            self._native_tail(kind)
        if head & _HAS_CHILDREN:
            code.children = [self.code() for _ in range(self.uint())]
        return code

    def _native_tail(self, kind: int) -> None:
        flags = self.uint()
        if kind == NATIVE:
            return
        if kind == _ASM:
            self.uint()
            self.uint()
            return
        if flags & _LINKED:
            raise ValueError("this .mpy holds linked C code; mpy-cross makes none")


def read(path: Path) -> MpyFile:
    """Read a file. Raises ValueError if it is something else."""
    data = path.read_bytes()
    if data[:2] != b"M\x06":
        raise ValueError(f"{path} is not an .mpy file of format 6")
    reader = _Reader(data)
    reader.take(4)
    names, objects = reader.uint(), reader.uint()
    return MpyFile(
        [reader.name() for _ in range(names)],
        [reader.object() for _ in range(objects)],
        reader.code(),
    )
