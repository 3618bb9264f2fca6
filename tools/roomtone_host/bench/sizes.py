"""Bytes of each package: as .mpy in flash, as machine code, and on the Python heap."""
# MIT License; see LICENSE

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from ..emulator import compile_tree
from . import mpyfile, paths

PACKAGES = ("webrtc", "audio", "roomtone", "opus")
# Xtensa is ESP32 and S3, RISC-V is C3 and C6.
ARCHITECTURES = ("xtensawin", "rv32imc")


def packages() -> list[str]:
    """The packages of lib/ that there are."""
    return [name for name in PACKAGES if (paths.ROOT / "lib" / name).is_dir()]


def compiled(arch: str) -> Path:
    """The folder with lib/ compiled for one architecture."""
    target = paths.MPY / arch / "lib"
    compile_tree(paths.ROOT / "lib", target, arch)
    return target


def flash(package: str) -> dict[str, dict[str, int]]:
    """Bytes of a package's .mpy files, and of the machine code in them, by architecture."""
    found = {}
    for arch in ARCHITECTURES:
        files = sorted((compiled(arch) / package).rglob("*.mpy"))
        found[arch] = {
            "mpy_bytes": sum(path.stat().st_size for path in files),
            "native_bytes": sum(mpyfile.read(path).native for path in files),
        }
    return found


def heap_bytes(package: str) -> int:
    """Python heap after importing all of a package, on the 32-bit build.

    Machine code is not part of it: there as on a chip it has memory of its own.
    """
    library = compiled("x86")
    names = []
    for path in sorted((library / package).rglob("*.mpy")):
        parts = path.relative_to(library).with_suffix("").parts
        # Manifests are for freezing; nothing imports them.
        if parts[-1] != "manifest":
            names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return heap_of(names, library)


def heap_of(modules: Iterable[str], *places: Path) -> int:
    """Python heap after importing `modules` from `places`, on the 32-bit build."""
    script = Path(__file__).with_name("device") / "heap.py"
    done = subprocess.run(
        [str(paths.UNIX_32), str(script), *modules],
        env={**os.environ, "MICROPYPATH": ":".join([*map(str, places), ".frozen"])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"a module can't be imported:\n{done.stdout}{done.stderr}")
    return int(done.stdout.split()[-1])
