"""What goes onto a board: firmware, board files and libraries, compiled for its chip."""
# MIT License; see LICENSE

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from subprocess import CalledProcessError
from tempfile import TemporaryDirectory

from ..emulator.mpy import compile_file
from . import boards
from .errors import DeviceError

ROOT = boards.ROOT
PACKAGES = ("webrtc", "audio", "roomtone", "opus")
# MicroPython starts these by name, as source only; a board's pins stay readable on the board.
_SOURCES = {"boot.py", "main.py", "board.py"}
# The board's own: no deploy and no update ever names them.
OWN = ("settings.json", "identity.bin", "crash.log")
LIST = "files.json"
_CHIPS = "lib/audio/chips"


@dataclass(frozen=True)
class Bundle:
    """Every file of a board, by its path on the board; the list itself is `files.json`."""

    board: str
    arch: str
    files: dict[str, bytes]

    def digests(self) -> dict[str, str]:
        """SHA-256 of every file."""
        return {path: hashlib.sha256(data).hexdigest() for path, data in self.files.items()}

    def size(self, under: str = "") -> int:
        """Bytes of the files whose path begins with `under`."""
        return sum(len(data) for path, data in self.files.items() if path.startswith(under))


def make(board: boards.Board, arch: str | None = None, without: tuple[str, ...] = ()) -> Bundle:
    """Compile everything for a board. `arch` is mpy-cross's name, the chip's by default.

    `without` leaves packages out. Raises DeviceError with mpy-cross's words when a file does not
    compile.
    """
    arch = arch or board.chip.arch
    files: dict[str, bytes] = {}
    for path, source in _sources(board, without).items():
        if path in _SOURCES or path.endswith(".json"):
            files[path] = source.read_bytes()
        else:
            files[str(Path(path).with_suffix(".mpy"))] = compiled(source, path, arch)
    assert not set(files) & set(OWN)
    bundle = Bundle(board.name, arch, files)
    listed = {"board": board.name, "arch": arch, "version": version(), "files": bundle.digests()}
    files[LIST] = json.dumps(listed, sort_keys=True).encode()
    return bundle


def compiled(source: Path, name: str, arch: str) -> bytes:
    """One file as .mpy; made once a change. `name` is the path that tracebacks show."""
    try:
        if ROOT in source.parents:
            relative = source.relative_to(ROOT).with_suffix(".mpy")
            target = ROOT / "build" / "device" / arch / relative
            compile_file(source, target, arch, name)
            return target.read_bytes()
        with TemporaryDirectory() as place:  # a board of one's own: nothing to keep it under
            target = Path(place) / "out.mpy"
            compile_file(source, target, arch, name)
            return target.read_bytes()
    except OSError as error:
        raise DeviceError("compile-failed", f"{name} can't be compiled: {error}.") from error
    except CalledProcessError as error:
        words = error.stderr.strip().splitlines()[-1]
        raise DeviceError("compile-failed", f"{name} does not compile: {words}.") from error


def version() -> str:
    """Roomtone's version, as its library says it."""
    text = (ROOT / "lib" / "roomtone" / "__init__.py").read_text()
    found = re.search(r'__version__ = "([^"]+)"', text)
    return found[1] if found else "0"


def _sources(board: boards.Board, without: tuple[str, ...]) -> dict[str, Path]:
    found = {path.name: path for path in sorted((ROOT / "firmware").glob("*.py"))}
    for path in sorted(board.folder.glob("*.py")) + [board.folder / "board.json"]:
        found[path.name] = path
    for package in PACKAGES:
        folder = ROOT / "lib" / package
        # Without a manifest a package is not ready for boards.
        if package in without or not (folder / "manifest.py").exists():
            continue
        for path in sorted(folder.rglob("*.py")):
            found[f"lib/{package}/{path.relative_to(folder)}"] = path
    wanted = _drivers(board)
    return {
        path: source
        for path, source in found.items()
        if Path(path).name != "manifest.py"
        and (not path.startswith(_CHIPS) or Path(path).stem in wanted)
    }


def _drivers(board: boards.Board) -> set[str]:
    """Names of the chip drivers that a board uses: those that it, or one of them, names."""
    drivers = {path.stem: path for path in (ROOT / _CHIPS).glob("*.py")}
    wanted = {"__init__"}
    todo = sorted(board.folder.glob("*.py"))
    while todo:
        words = set(re.findall(r"\w+", todo.pop().read_text()))
        for name in words & drivers.keys() - wanted:
            wanted.add(name)
            todo.append(drivers[name])
    return wanted
