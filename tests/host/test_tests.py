"""The test bed itself: the shims behave as MicroPython does, and failures are seen."""
# MIT License; see LICENSE

import subprocess
import time
from pathlib import Path

import cryptolib
import mpy_items
import pytest
import shims

ROOT = Path(__file__).resolve().parents[2]

FAILING = """
import unittest

class Case(unittest.TestCase):
    def test_sum(self):
        self.assertEqual(1 + 1, 3)
"""


def run_file(path: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        mpy_items.unix_command(mpy_items.UNIX_64, path),
        cwd=ROOT,
        env=mpy_items.unix_environment(),
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def test_a_failing_test_under_micropython_fails_the_run(tmp_path):
    path = tmp_path / "test_failing.py"
    path.write_text(FAILING)
    done = run_file(path)
    assert done.returncode == 1
    assert "FAIL test_failing.Case.test_sum" in done.stdout
    assert "0 passed, 1 failed, 0 skipped" in done.stdout


def test_a_file_without_tests_fails_the_run(tmp_path):
    path = tmp_path / "test_empty.py"
    path.write_text("import unittest\n")
    assert run_file(path).returncode == 1


def test_ticks_wrap_as_on_the_chip():
    assert time.ticks_diff(5, (1 << 30) - 5) == 10
    assert time.ticks_add((1 << 30) - 1, 2) == 1


def test_aes_of_the_shim_is_aes():
    # FIPS 197, appendix B.
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    out = bytearray(16)
    cryptolib.aes(key, 1).encrypt(bytes.fromhex("3243f6a8885a308d313198a2e0370734"), out)
    assert out.hex() == "3925841d02dc09fbdc118597196a0b32"


def test_a_viper_module_without_a_twin_is_named():
    with pytest.raises(ImportError, match="no plain twin"):
        shims.TwinFinder().find_spec("audio.nobody_viper")
