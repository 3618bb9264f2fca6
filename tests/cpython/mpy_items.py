"""A pytest plugin: runs each file of tests/protocol under MicroPython, one item a runtime."""
# MIT License; see LICENSE

import os
import re
import subprocess
from pathlib import Path

import pytest
from roomtone_host import emulator

ROOT = Path(__file__).resolve().parents[2]
PROTOCOL = ROOT / "tests" / "protocol"
TIMEOUT_S = 240
# A file that says so, or that names a viper module, also runs on the emulated chip.
_RV32 = re.compile(r"^RV32 = True$|_viper\b", re.MULTILINE)

UNIX_64 = ROOT / ".venv" / "bin" / "micropython"
UNIX_32 = ROOT / "build" / "emulator" / "micropython32"
FIRMWARE = ROOT / "build" / "emulator" / "firmware-rv32.elf"


def unix_command(binary: Path, path: Path) -> list[str]:
    return [str(binary), "-X", "heapsize=4M", "tests/micropython/run.py", str(path)]


def unix_environment() -> dict[str, str]:
    paths = "tests/micropython:tests/micropython/fakes:lib:firmware:boards/sim:.frozen"
    return {**os.environ, "MICROPYPATH": paths}


def run_on_unix(binary: Path, path: Path) -> tuple[int, str]:
    """Run one test file on a Unix build; return exit code and output."""
    done = subprocess.run(
        unix_command(binary, path),
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
    return done.returncode, done.stdout


def run_on_chip(path: Path) -> tuple[int, str]:
    """Run one test file on the emulated core, which has lib/ as .mpy."""
    library = ROOT / "build" / "mpy" / "rv32imc" / "lib"
    emulator.compile_tree(ROOT / "lib", library, "rv32imc")
    done = emulator.run_script(
        ROOT / "tests" / "micropython" / "run.py",
        [str(path)],
        paths=[
            Path("tests/micropython"),
            Path("tests/micropython/fakes"),
            library,
            Path(".frozen"),
        ],
        firmware=FIRMWARE,
        cwd=ROOT,
        timeout_s=TIMEOUT_S,
    )
    return done.exit_code, done.output


class MicroPythonFailure(Exception):
    """Carries the output of the run."""


class MicroPythonItem(pytest.Item):
    """One test file on one MicroPython."""

    def __init__(self, *, runtime: str, **kwargs) -> None:
        super().__init__(**kwargs)
        self.runtime = runtime

    def runtest(self) -> None:
        path = self.path.relative_to(ROOT)
        if self.runtime == "rv32":
            exit_code, output = run_on_chip(path)
        else:
            exit_code, output = run_on_unix(UNIX_64 if self.runtime == "unix64" else UNIX_32, path)
        self.add_report_section("call", "stdout", output)
        if exit_code:
            raise MicroPythonFailure(f"exit code {exit_code}\n{output[-6000:]}")

    def repr_failure(self, excinfo, style=None):
        if isinstance(
            excinfo.value, (MicroPythonFailure, subprocess.TimeoutExpired, emulator.EmulatorError)
        ):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, 0, f"{self.path.name} on {self.runtime}"


class MicroPythonFile(pytest.File):
    """Names the MicroPythons that a file runs on."""

    def collect(self):
        runtimes = ["unix64", "unix32"]
        if _RV32.search(self.path.read_text()):
            runtimes.append("rv32")
        for runtime in runtimes:
            yield MicroPythonItem.from_parent(self, name=runtime, runtime=runtime)


def pytest_collect_file(file_path: Path, parent):
    if file_path.match("test_*.py") and PROTOCOL in file_path.parents:
        return MicroPythonFile.from_parent(parent, path=file_path)
    return None
