"""A pytest plugin: each file of tests/protocol also runs under MicroPython, as one item a runtime."""
# MIT License; see LICENSE

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROTOCOL = ROOT / "tests" / "protocol"
TIMEOUT_S = 240
# A file that says so, or that tests viper, also runs on the emulated chip.
_RV32 = re.compile(r"^RV32 = True$", re.MULTILINE)
_NOT_64 = re.compile(r"^X64 = False$", re.MULTILINE)

UNIX_64 = ROOT / ".venv" / "bin" / "micropython"
UNIX_32 = ROOT / "build" / "emulator" / "micropython32"


def unix_command(binary: Path, path: Path) -> list[str]:
    return [str(binary), "-X", "heapsize=4M", "tests/micropython/run.py", str(path)]


def unix_environment() -> dict[str, str]:
    return {**os.environ, "MICROPYPATH": "tests/micropython:lib:firmware:boards/sim:.frozen"}


class MicroPythonFailure(Exception):
    """Carries the output of the run."""


class MicroPythonItem(pytest.Item):
    """One test file on one MicroPython."""

    def __init__(self, *, runtime: str, **kwargs) -> None:
        super().__init__(**kwargs)
        self.runtime = runtime

    def command(self) -> list[str]:
        path = self.path.relative_to(ROOT)
        binary = UNIX_64 if self.runtime == "unix64" else UNIX_32
        return unix_command(binary, path)

    def runtest(self) -> None:
        done = subprocess.run(
            self.command(),
            cwd=ROOT,
            env=unix_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT_S,
            text=True,
            errors="replace",
            check=False,
        )
        self.add_report_section("call", "stdout", done.stdout)
        if done.returncode:
            raise MicroPythonFailure(f"exit code {done.returncode}\n{done.stdout[-6000:]}")

    def repr_failure(self, excinfo, style=None):
        if isinstance(excinfo.value, (MicroPythonFailure, subprocess.TimeoutExpired)):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, 0, f"{self.path.name} on {self.runtime}"


class MicroPythonFile(pytest.File):
    """Names the MicroPythons that a file runs on."""

    def collect(self):
        text = self.path.read_text()
        runtimes = ["unix32"] if _NOT_64.search(text) else ["unix64", "unix32"]
        for runtime in runtimes:
            yield MicroPythonItem.from_parent(self, name=runtime, runtime=runtime)


def pytest_collect_file(file_path: Path, parent):
    if file_path.match("test_*.py") and PROTOCOL in file_path.parents:
        return MicroPythonFile.from_parent(parent, path=file_path)
    return None
