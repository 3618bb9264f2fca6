"""A frame of lib/opus on Xtensa: viper's instructions one by one, the runtime's by their price."""
# MIT License; see LICENSE

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from . import instructions

FRAMES = 10


def prices() -> dict[str, int]:
    """Instructions of what the runtime does for viper functions, as the RV32 core counts them."""
    return instructions.count("runtime")


def count(
    what: str, path: Path, numbers: list[int], price: dict[str, int], python: int
) -> dict[str, int]:
    """A frame's instructions: of viper functions, of the runtime for them, and of Python.

    `what`, `path` and `numbers` are those of roomtone_host.xtensa.codec; `python` was counted on
    RV32. Raises RuntimeError when the machine code does what it should not.
    """
    arguments = [what, str(path), *map(str, [*numbers, FRAMES])]
    done = subprocess.run(
        [sys.executable, "-m", "roomtone_host.xtensa.codec", *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"xtensawin, {path.name}:\n{done.stderr}")
    viper = runtime = 0
    for name, total in instructions.figures(done.stdout).items():
        kind = name.partition(".")[2]
        if kind == "viper":
            viper += total
        else:
            runtime += total * price.get(kind, 0)
    return {
        "instructions": viper + runtime + python,
        "viper": viper,
        "runtime": runtime,
        "python": python,
    }
