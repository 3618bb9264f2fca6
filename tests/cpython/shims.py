"""Makes CPython look like MicroPython to lib/: clock, sleep, and plain twins for viper modules."""
# MIT License; see LICENSE

import asyncio
import gc
import importlib.abc
import importlib.util
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TWINS = ROOT / "tests" / "twins"
FAKES = ROOT / "tests" / "micropython" / "fakes"
DEVICE_PATHS = (ROOT / "lib", ROOT / "firmware", ROOT / "boards" / "sim", FAKES)
# As on the ESP32 port: ticks wrap at 30 bits.
_TICKS_MASK = (1 << 30) - 1


class TwinFinder(importlib.abc.MetaPathFinder):
    """Answers `import package.name_viper` with tests/twins/package/name_viper.py."""

    def find_spec(self, fullname, path=None, target=None):
        if not fullname.endswith("_viper"):
            return None
        twin = TWINS.joinpath(*fullname.split(".")).with_suffix(".py")
        if not twin.is_file():
            raise ImportError(f"{fullname} has no plain twin at {twin.relative_to(ROOT)}")
        return importlib.util.spec_from_file_location(fullname, twin)


def _ticks_diff(end: int, start: int) -> int:
    half = (_TICKS_MASK + 1) // 2
    return ((end - start + half) & _TICKS_MASK) - half


def _add_missing(module, names: dict) -> None:
    for name, value in names.items():
        if not hasattr(module, name):
            setattr(module, name, value)


def install() -> None:
    """Put the shims in place; calling it twice does no harm."""
    if any(isinstance(finder, TwinFinder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, TwinFinder())
    for folder in (Path(__file__).parent, *DEVICE_PATHS):
        sys.path.insert(0, str(folder))
    _add_missing(
        time,
        {
            "ticks_ms": lambda: time.monotonic_ns() // 1_000_000 & _TICKS_MASK,
            "ticks_us": lambda: time.monotonic_ns() // 1_000 & _TICKS_MASK,
            "ticks_add": lambda ticks, delta: (ticks + delta) & _TICKS_MASK,
            "ticks_diff": _ticks_diff,
            "sleep_ms": lambda ms: time.sleep(ms / 1000),
            "sleep_us": lambda us: time.sleep(us / 1_000_000),
        },
    )
    _add_missing(
        asyncio,
        {
            "sleep_ms": lambda ms: asyncio.sleep(ms / 1000),
            "wait_for_ms": lambda awaitable, ms: asyncio.wait_for(awaitable, ms / 1000),
        },
    )
    _add_missing(gc, {"mem_free": lambda: 0, "mem_alloc": lambda: 0})
    _add_missing(sys, {"print_exception": lambda error, file=None: print(repr(error), file=file)})
