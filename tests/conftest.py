"""pytest: protocol tests run under CPython, and as one item a file on each MicroPython."""
# MIT License; see LICENSE

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "cpython"))

import shims  # noqa: E402

shims.install()

pytest_plugins = ("mpy_items",)
