"""A chip's memory, and what MicroPython's runtime does for viper functions (py/nativeglue.c)."""
# MIT License; see LICENSE

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ..bench.mpyfile import FUNCTION_TABLE, MpyFile
from . import translate

_SIZE = 8 << 20
_TABLE = 0x1000  # of the runtime's functions, which are numbers from here on:
_FUNCTIONS = 0xF0000000
_STACK = _FIRST_FREE = 0x20000
_OBJECTS = 0x70000000  # what is no small int is a number of this table

_INT = 2  # types of viper: 0 object, 1 bool, 2 int, 3 uint, and pointers
_SENTINEL = 4  # a subscript is read, not written
(
    _NONE, _FALSE, _TRUE, _TO_NATIVE, _TO_OBJECT, _SWAP_GLOBALS, _LOAD_GLOBAL, _LOAD_ATTRIBUTE,
    _SUBSCRIPT, _CALL, _PUSH, _POP, _DIVIDE, _MODULO, _SET_JUMP,
) = (0, 1, 2, 3, 4, 5, 7, 9, 15, 27, 32, 33, 46, 47, 49)  # fmt: skip
# What is counted apart: names of helpers by their place in the runtime's table.
HELPERS = {
    _TO_NATIVE: "convert", _TO_OBJECT: "convert", _SWAP_GLOBALS: "globals",
    _LOAD_GLOBAL: "load", _CALL: "call", _PUSH: "guard", _POP: "guard", _SET_JUMP: "guard",
    _DIVIDE: "divide", _MODULO: "divide", _SUBSCRIPT: "subscript",
    _LOAD_ATTRIBUTE: "load",
}  # fmt: skip


class Function:
    """A viper function: called from Python, its machine code runs."""

    def __init__(self, machine: Machine, module: str, name: str, code: int, context: int):
        self.module = module
        self.name = name
        self.code = code
        self._machine = machine
        self.object = machine.words(0, context, 0, 0)

    def __call__(self, *arguments: Any) -> Any:
        return self._machine.enter(self, arguments)


class Machine:
    """One core. `counted` has instructions by (module entered, what), what being "viper" or a
    helper's name; there the calls are counted."""

    def __init__(self) -> None:
        self.memory = bytearray(_SIZE)
        view = memoryview(self.memory)
        self._views = {"m8": view, "m16": view.cast("H"), "m32": view.cast("I")}
        self._words = self._views["m32"]
        self._free = _FIRST_FREE
        self._blocks: dict[int, translate.Block] = {}
        self._names: list[str] = []
        self._objects: list[Any] = []
        self._globals: list[dict[str, Any]] = []
        self._current = 0
        self._stack = _STACK
        self._stage = ""
        self.counted: Counter[tuple[str, str]] = Counter()
        # Buffers of the caller by their owner's identity: address, bytes, and the owner itself.
        self._buffers: dict[int, tuple[int, memoryview, Any]] = {}
        for i in range(64):
            self._words[_TABLE // 4 + i] = _FUNCTIONS + 4 * i

    def place(self, data: bytes | memoryview) -> int:
        """Put bytes into memory of their own; returns the address."""
        at = self._free
        self.memory[at : at + len(data)] = data
        self._free = at + len(data) + 23 & ~15
        return at

    def words(self, *values: int) -> int:
        """The same for words."""
        return self.place(np.array(values, np.uint32).tobytes())

    def load(self, name: str, file: MpyFile, static: list[str], scope: dict[str, Any]) -> None:
        """Replace the functions of a module, whose namespace is `scope`, by their machine code.

        `scope` has them in order, as the file does. `static` is what firmware calls its names.
        """
        names = [len(self._names) + i for i in range(len(file.names))]
        self._names += [text if isinstance(text, str) else static[text] for text in file.names]
        table = self.place(np.array(names, np.uint16).tobytes())
        objects = [
            _TABLE if value is FUNCTION_TABLE else self._to_object(value) for value in file.objects
        ]
        self._globals.append(scope)
        context = self.words(0, len(self._globals), table, self.words(*objects))
        functions = [
            key for key, value in scope.items() if getattr(value, "__module__", "") == name
        ]
        for key, code in zip(functions, file.code.children, strict=True):
            scope[key] = Function(self, name, key, self.place(code.data), context)

    def enter(self, function: Function, arguments: tuple) -> Any:
        """Call a function from Python, which a viper function may have called itself."""
        if self._stack == _STACK:
            del self._objects[:]
            self._stage = function.module
        before, self._current = self._current, 0
        self._fetch()
        place = self._stack - 4 * len(arguments) & ~15
        for i, value in enumerate(arguments):
            self._words[place // 4 + i] = self._to_object(value)
        result = self._to_python(self._run(function, len(arguments), place, place))
        self._store()
        self._current = before
        return result

    def _fetch(self) -> None:
        for at, data, _ in self._buffers.values():
            self.memory[at : at + len(data)] = data

    def _store(self) -> None:
        for at, data, _ in self._buffers.values():
            if not data.readonly:
                data[:] = self.memory[at : at + len(data)]

    def _run(self, function: Function, count: int, arguments: int, stack: int) -> int:
        r = [0] * (translate.SHIFT + 1)
        r[1], r[2], r[3], r[5] = stack, function.object, count, arguments
        at, total = function.code, 0
        blocks = self._blocks
        while True:
            block = blocks.get(at)
            if block is None:
                block = blocks[at] = translate.block(self.memory, at, self._views)
            total += block.count
            after = block.run(r)
            if block.end == translate.NEXT:
                at = after
            elif block.end == translate.RETURN:
                self.counted[self._stage, "viper"] += total
                return r[2]
            else:
                r[10] = self._help((r[block.register] - _FUNCTIONS) // 4, r) & 0xFFFFFFFF
                at = block.after

    def _help(self, number: int, r: list[int]) -> int:
        """What the function of the runtime at that place of its table does."""
        self.counted[self._stage, HELPERS.get(number, "other")] += 1
        first, second, third = r[10:13]
        if number == _TO_NATIVE:
            return self._to_native(first, second)
        if number == _TO_OBJECT:
            value = translate.signed(first, 32) if second & 15 == _INT else first
            return self._to_object(value)
        if number == _LOAD_GLOBAL:
            return self._to_object(self._globals[self._current - 1][self._names[first]])
        if number == _LOAD_ATTRIBUTE:
            return self._to_object(getattr(self._to_python(first), self._names[second]))
        if number == _CALL:
            return self._call(first, second, third, r[1])
        if number == _SWAP_GLOBALS:
            return self._swap(first)
        if number == _SUBSCRIPT and third == _SENTINEL:
            return self._to_object(self._to_python(first)[self._to_python(second)])
        if number in (_PUSH, _POP, _SET_JUMP):
            return 0
        if number in (_DIVIDE, _MODULO):
            one, other = translate.signed(first, 32), translate.signed(second, 32)
            return one // other if number == _DIVIDE else one % other
        raise ValueError(f"a viper function asks the runtime for its function {number}")

    def _swap(self, wanted: int) -> int:
        if wanted in (0, self._current):
            return 0
        old, self._current = self._current, wanted
        return old or len(self._globals) + 1  # somebody's that is none of ours

    def _call(self, callee: int, count: int, arguments: int, stack: int) -> int:
        function = self._to_python(callee)
        if isinstance(function, Function):
            return self._run(function, count, arguments, stack)
        place = arguments // 4
        values = [self._to_python(self._words[place + i]) for i in range(count)]
        before, self._stack = self._stack, stack
        self._store()
        result = function(*values)
        self._fetch()
        self._stack = before
        return self._to_object(result)

    def _to_object(self, value: Any) -> int:
        if value is None or value is False or value is True:
            return _FUNCTIONS + 4 * {None: _NONE, False: _FALSE, True: _TRUE}[value]
        if isinstance(value, int) and -(1 << 30) <= value < 1 << 30:
            return (value << 1 | 1) & 0xFFFFFFFF
        self._objects.append(value)
        return _OBJECTS + 4 * len(self._objects)

    def _to_python(self, value: int) -> Any:
        if value & 1:
            return translate.signed(value, 32) >> 1
        if value >= _FUNCTIONS:
            return (None, False, True)[(value - _FUNCTIONS) // 4]
        return self._objects[(value - _OBJECTS) // 4 - 1]

    def _to_native(self, value: int, kind: int) -> int:
        if not kind & 15:
            return value
        found = self._to_python(value)
        return int(found) if isinstance(found, int) else self._address(found)

    def _address(self, buffer: Any) -> int:
        view = memoryview(buffer)
        owner = view.obj
        if id(owner) not in self._buffers:
            data = memoryview(owner).cast("B")
            self._buffers[id(owner)] = self.place(data), data, owner
        at, data, _ = self._buffers[id(owner)]
        return at + _where(view) - _where(data)


def _where(view: memoryview) -> int:
    return np.frombuffer(view, np.uint8).ctypes.data if len(view) else 0
