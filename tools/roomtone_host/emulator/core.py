"""Run one script on the emulated core: boot, run, return what it printed and its exit code."""
# MIT License; see LICENSE

import os
import selectors
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_PROMPT = b">>> "
# What the script printed begins after this line.
_BEGIN = b"\x02\r\n"
_BOOT = Path(__file__).with_name("boot.py")


class EmulatorError(Exception):
    """The emulated core could not run the script at all."""


@dataclass(frozen=True)
class Result:
    """What a script printed, and the exit code that it ended with."""

    output: str
    exit_code: int


def _command(firmware: Path) -> list[str]:
    qemu = shutil.which("qemu-system-riscv32")
    if not qemu:
        raise EmulatorError(
            "qemu-system-riscv32 is missing; run: apt-get install qemu-system-misc"
        )
    if not firmware.exists():
        raise EmulatorError(f"{firmware} is missing; run: make emulator")
    # One instruction a nanosecond of the guest's time, whatever the host is doing: every run
    # executes the same instructions.
    return [
        *(qemu, "-machine", "virt", "-bios", "none", "-kernel", str(firmware)),
        *("-display", "none", "-monitor", "none", "-serial", "stdio"),
        *("-semihosting", "-icount", "shift=0,sleep=off"),
    ]


def _line(script: Path, arguments: list[str], paths: list[str]) -> bytes:
    # One line for the prompt; everything else comes through files of the host.
    boot = f"exec(__import__('chip').read({str(_BOOT)!r}))"
    return f"{boot};run({str(script)!r},{arguments!r},{paths!r})\r".encode()


def _read_until(process: subprocess.Popen, end: bytes | None, deadline: float) -> bytes:
    # To the end of the output when `end` is None.
    data = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not selector.select(left_s):
                raise EmulatorError("timed out after:\n" + data.decode(errors="replace")[-4000:])
            chunk = os.read(process.stdout.fileno(), 65536)
            data += chunk
            if not chunk or (end is not None and end in data):
                return bytes(data)


def run_script(
    script: Path,
    arguments: list[str] | None = None,
    *,
    paths: list[Path],
    firmware: Path,
    cwd: Path,
    timeout_s: float = 240,
) -> Result:
    """Run a script of the host on the emulated core.

    The script sees the host's files below `cwd` (read only), imports from `paths`, and has the
    module `chip`. Its exit code is that of `sys.exit`, or 1 after an exception. Raises
    `EmulatorError` when the core does not start or does not finish in time.
    """
    deadline = time.monotonic() + timeout_s
    process = subprocess.Popen(
        _command(firmware),
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        banner = _read_until(process, _PROMPT, deadline)
        if _PROMPT not in banner:
            raise EmulatorError(banner.decode(errors="replace"))
        process.stdin.write(_line(script, arguments or [], [str(path) for path in paths]))
        process.stdin.flush()
        output = _read_until(process, None, deadline)
        exit_code = process.wait(max(1.0, deadline - time.monotonic()))
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()
    text = output.partition(_BEGIN)[2].decode(errors="replace").replace("\r\n", "\n")
    return Result(text or output.decode(errors="replace"), exit_code)


def run_program(program: Path, *, cwd: Path, timeout_s: float = 120) -> Result:
    """Run an ELF file that is made for the core alone: it has the files of `cwd`, no input.

    Raises `EmulatorError` when it is missing or does not finish in time.
    """
    try:
        done = subprocess.run(
            _command(program),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise EmulatorError(f"{program.name} timed out") from error
    return Result(done.stdout.decode(errors="replace"), done.returncode)
