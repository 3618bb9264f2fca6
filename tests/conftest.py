"""pytest: protocol tests run under CPython, and as one item a file on each MicroPython."""
# MIT License; see LICENSE

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "cpython"))

import shims  # noqa: E402

shims.install()

pytest_plugins = ("mpy_items",)

# What runs at real pace, with processes and browsers beside it, may meet a machine that stalls.
_REAL_PACE = ("board", "host", "interop")


def pytest_addoption(parser):
    """Here, because options of a folder's own conftest come too late."""
    parser.addoption(
        "--opus-vectors", type=Path, metavar="DIR", help="test vectors of RFC 8251, unpacked"
    )


def pytest_collection_modifyitems(items):
    """A test at real pace that fails is run again, twice at most; each try is reported."""
    root = Path(__file__).parent
    for item in items:
        if item.path.relative_to(root).parts[0] in _REAL_PACE:
            item.add_marker(pytest.mark.flaky(reruns=2))
