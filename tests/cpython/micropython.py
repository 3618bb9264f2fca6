"""MicroPython's `micropython` module for CPython: the decorators change nothing."""
# MIT License; see LICENSE

from typing import TypeVar

T = TypeVar("T")

_locks = []


def const(value: T) -> T:
    return value


def native(function: T) -> T:
    return function


def viper(function: T) -> T:
    return function


def heap_lock() -> int:
    """Counts only: CPython can't forbid allocation; the same test does so on MicroPython."""
    _locks.append(True)
    return len(_locks)


def heap_unlock() -> int:
    _locks.pop()
    return len(_locks)


def heap_locked() -> int:
    return len(_locks)


def mem_info(verbose: int = 0) -> None:
    pass


def schedule(function, argument) -> None:
    function(argument)


def alloc_emergency_exception_buf(size: int) -> None:
    pass


def opt_level(level: int | None = None) -> int:
    return 0


def kbd_intr(character: int) -> None:
    pass
