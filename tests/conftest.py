"""pytest: protocol tests run under CPython, and as one item a file on each MicroPython."""
# MIT License; see LICENSE

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "cpython"))

import shims  # noqa: E402

shims.install()

pytest_plugins = ("mpy_items",)


def pytest_addoption(parser):
    """Here, because options of a folder's own conftest come too late."""
    parser.addoption(
        "--opus-vectors", type=Path, metavar="DIR", help="test vectors of RFC 8251, unpacked"
    )
