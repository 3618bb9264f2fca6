"""Xtensa machine code to Python, a basic block at a time.

A block becomes a function of the registers (a list: a0 to a15, then the shift amount) that returns
the address of the next block. Only what mpy-cross emits is known. Words are unsigned.
"""
# MIT License; see LICENSE

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

SHIFT = 16  # where the registers' list has the shift amount
_SIGN = "0x80000000"
_MASK = "0xFFFFFFFF"
_REGISTER = re.compile(r"\ba(\d+)\b")

NEXT, CALL, RETURN = range(3)


@dataclass(frozen=True)
class Block:
    """What a block does in the end: goes on, calls the address in a register, or returns."""

    run: Callable[[list[int]], int]
    count: int
    after: int  # the address behind it
    end: int
    register: int = 0


@dataclass
class _Step:
    """One instruction: its size, what it does, and what it ends a block with."""

    size: int
    lines: list[str]
    target: str = ""  # an expression for the next address
    end: int = NEXT
    register: int = 0

    @property
    def last(self) -> bool:
        return bool(self.target) or self.end != NEXT


def signed(value: int, bits: int) -> int:
    """Two's complement."""
    return value - (1 << bits) if value >> bits - 1 & 1 else value


def block(memory: bytearray, start: int, names: dict[str, memoryview]) -> Block:
    """Translate from `start` to the next jump; `names` are m8, m16 and m32 for the code.

    Raises ValueError for an instruction that is not known.
    """
    at, lines, count = start, [], 0
    while True:
        step = _decode(memory, at)
        lines += step.lines
        at += step.size
        count += 1
        if step.last:
            break
    text = "\n".join([*lines, step.target])
    used = {int(number) for number in _REGISTER.findall(text)}
    head = [f" a{i} = r[{i}]" for i in sorted(used)]
    tail = [f" r[{i}] = a{i}" for i in sorted(_written(lines))]
    body = [*head, *(f" {line}" for line in lines), *tail, f" return {step.target or at}"]
    scope: dict = dict(names)
    exec("def run(r):\n" + "\n".join(body), scope)
    return Block(scope["run"], count, at, step.end, step.register)


def _written(lines: list[str]) -> set[int]:
    found = (re.match(r"a(\d+) = ", line) for line in lines)
    return {int(match.group(1)) for match in found if match}


def _decode(memory: bytearray, at: int) -> _Step:
    low, middle = memory[at], memory[at + 1]
    op0, t, s, r = low & 15, low >> 4, middle & 15, middle >> 4
    if op0 >= 8:
        step = _narrow(op0, t, s, r, at)
    else:
        high = memory[at + 2]
        forms = {0: _three, 1: _literal, 2: _offset, 6: _jump, 7: _compare}
        step = forms[op0](t, s, r, high, at) if op0 in forms else None
    if step is None:
        code = bytes(memory[at : at + 3]).hex()
        raise ValueError(f"an instruction that is not known: {code} at {at:#x}")
    return step


# Words and half-words at addresses that are no multiple of their size are refused, as by the chip:
# the index is out of range then.
def _load(kind: str, t: int, s: int, offset: int) -> list[str]:
    place = {
        "m8": "x",
        "m16": "x >> 1 | (x & 1) << 40",
        "m32": "x >> 2 | (x & 3) << 40",
    }[kind]
    return [f"x = a{s} + {offset} & {_MASK}", f"a{t} = {kind}[{place}]"]


def _store(kind: str, t: int, s: int, offset: int) -> list[str]:
    address, load = _load(kind, t, s, offset)
    mask = {"m8": " & 0xFF", "m16": " & 0xFFFF", "m32": ""}[kind]
    return [address, f"{load.partition(' = ')[2]} = a{t}{mask}"]


def _set(size: int, register: int, value: str) -> _Step:
    return _Step(size, [f"a{register} = {value}"])


def _narrow(op0: int, t: int, s: int, r: int, at: int) -> _Step | None:
    """Instructions of 16 bits."""
    if op0 == 8:
        return _Step(2, _load("m32", t, s, 4 * r))
    if op0 == 9:
        return _Step(2, _store("m32", t, s, 4 * r))
    if op0 == 10:
        return _set(2, r, f"a{s} + a{t} & {_MASK}")
    if op0 == 11:
        return _set(2, r, f"a{s} + {t or -1} & {_MASK}")
    if op0 == 12 and not t & 8:
        value = t << 4 | r
        return _set(2, s, str((value - 128 if value >= 96 else value) & 0xFFFFFFFF))
    if op0 == 12:
        there = at + 4 + ((t & 3) << 4 | r)
        return _Step(2, [], f"{there} if a{s} {'!=' if t & 4 else '=='} 0 else {at + 2}")
    if op0 == 13 and r == 0:
        return _set(2, t, f"a{s}")
    if op0 == 13 and r == 15 and t == 1:
        return _Step(2, [], "0", RETURN)
    return _Step(2, []) if op0 == 13 and r == 15 and t == 3 else None


_PLAIN = {
    1: "a{s} & a{t}", 2: "a{s} | a{t}", 3: "a{s} ^ a{t}", 8: "a{s} + a{t}",
    9: "2 * a{s} + a{t}", 10: "4 * a{s} + a{t}", 11: "8 * a{s} + a{t}",
    12: "a{s} - a{t}", 13: "2 * a{s} - a{t}", 14: "4 * a{s} - a{t}", 15: "8 * a{s} - a{t}",
}  # fmt: skip


def _three(t: int, s: int, r: int, high: int, at: int) -> _Step | None:
    """Three registers: arithmetic, shifts, calls and returns."""
    op1, op2 = high & 15, high >> 4
    if op1 == 0:
        return _arithmetic(t, s, r, op2)
    if op1 == 1:
        return _shift(t, s, r, op2)
    if op1 == 2 and op2 == 8:
        return _set(3, r, f"a{s} * a{t} & {_MASK}")
    if op1 == 3 and op2 == 2:  # sext
        bit = 1 << t + 7
        return _set(3, r, f"((a{s} & {2 * bit - 1}) ^ {bit}) - {bit} & {_MASK}")
    if op1 in (4, 5):  # extui
        return _set(3, r, f"a{t} >> {s | (op1 & 1) << 4} & {(2 << op2) - 1}")
    return None


def _arithmetic(t: int, s: int, r: int, op2: int) -> _Step | None:
    if op2 == 0 and r == 0:
        kind = {14: CALL, 9: RETURN, 10: NEXT}.get(t)  # callx8, retw, jx
        if kind is None:
            return None
        return _Step(3, [], f"a{s}" if kind == NEXT else "0", kind, s)
    if op2 in _PLAIN:
        return _set(3, r, f"{_PLAIN[op2].format(s=s, t=t)} & {_MASK}")
    if op2 == 4 and r == 0:  # ssr
        return _set(3, SHIFT, f"a{s} & 31")
    if op2 == 4 and r == 1:  # ssl
        return _set(3, SHIFT, f"32 - (a{s} & 31)")
    if op2 == 6 and s == 0:
        return _set(3, r, f"-a{t} & {_MASK}")
    return None


def _shift(t: int, s: int, r: int, op2: int) -> _Step | None:
    far = (op2 & 1) << 4
    if op2 in (0, 1):
        return _set(3, r, f"a{s} << {32 - (t | far)} & {_MASK}")
    if op2 in (2, 3):
        return _set(3, r, f"(a{t} ^ {_SIGN}) - {_SIGN} >> {s | far} & {_MASK}")
    if op2 == 4:
        return _set(3, r, f"a{t} >> {s}")
    if op2 == 9:
        return _set(3, r, f"a{t} >> a{SHIFT}")
    if op2 == 10:
        return _set(3, r, f"a{s} << 32 - a{SHIFT} & {_MASK}")
    if op2 == 11:
        return _set(3, r, f"(a{t} ^ {_SIGN}) - {_SIGN} >> a{SHIFT} & {_MASK}")
    return None


def _literal(t: int, s: int, r: int, high: int, at: int) -> _Step:
    back = (high << 8 | r << 4 | s) - 65536
    return _set(3, t, f"m32[{(at + 3 & ~3) // 4 + back}]")


def _offset(t: int, s: int, r: int, high: int, at: int) -> _Step | None:
    """A register and a constant: loads, stores, sums."""
    kinds = {0: "m8", 1: "m16", 2: "m32"}
    if r in kinds:
        return _Step(3, _load(kinds[r], t, s, high << r))
    if r - 4 in kinds:
        return _Step(3, _store(kinds[r - 4], t, s, high << r - 4))
    if r == 9:
        loaded = _load("m16", t, s, 2 * high)
        return _Step(3, [*loaded, f"a{t} = (a{t} ^ 0x8000) - 0x8000 & {_MASK}"])
    if r == 10:
        return _set(3, t, str(signed(s << 8 | high, 12) & 0xFFFFFFFF))
    if r in (12, 13):
        return _set(3, t, f"a{s} + {signed(high, 8) << (8 if r == 13 else 0)} & {_MASK}")
    return None


def _jump(t: int, s: int, r: int, high: int, at: int) -> _Step | None:
    kind, form = t & 3, t >> 2
    far = high << 4 | r
    if kind == 0:
        return _Step(3, [], str(at + 4 + signed(far << 6 | s << 2 | form, 18)))
    if kind == 1:
        tests = (f"a{s} == 0", f"a{s} != 0", f"a{s} >= {_SIGN}", f"a{s} < {_SIGN}")
        return _Step(3, [], f"{at + 4 + signed(far, 12)} if {tests[form]} else {at + 3}")
    if kind == 3 and form == 0:  # entry
        return _set(3, s, f"a{s} - {8 * far} & {_MASK}")
    return None


def _compare(t: int, s: int, r: int, high: int, at: int) -> _Step | None:
    less = f"(a{s} ^ {_SIGN}) < (a{t} ^ {_SIGN})"
    tests = {
        1: f"a{s} == a{t}",
        2: less,
        3: f"a{s} < a{t}",
        9: f"a{s} != a{t}",
        10: f"not {less}",
        11: f"a{s} >= a{t}",
    }
    if r not in tests:
        return None
    return _Step(3, [], f"{at + 4 + signed(high, 8)} if {tests[r]} else {at + 3}")
