"""`roomtone package`: the libraries for mip, compiled for each architecture, with dependencies.

What comes out is a package index as mip and `mpremote mip` read it (its format is that of
micropython-lib's), in plain files: install from the folder, or put it behind any web server.
"""
# MIT License; see LICENSE

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from .bundle import PACKAGES, ROOT, compiled
from .errors import DeviceError
from .output import Output

# `py` is source, for any architecture; the others carry machine code.
ARCHITECTURES = ("py", "xtensawin", "rv32imc")
NEEDS = {"webrtc": (), "audio": (), "opus": (), "roomtone": ("webrtc", "audio")}
_MPY_FORMAT = "6"
# Of a digest mip wants at least as many characters as tell files apart.
_DIGITS = 8
_VERSION = re.compile(r'version="([^"]+)"')


def package(
    out: Annotated[Path, typer.Option(help="Folder for the index.")] = ROOT / "build" / "mip",
    sources: Annotated[
        bool, typer.Option("--sources", help="Bring lib/*/package.json up to date instead.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Build the libraries for mip, one index an architecture."""
    told = Output(as_json)
    try:
        if sources:
            for name in packages():
                (ROOT / "lib" / name / "package.json").write_text(source_package(name))
            told.result(packages=packages())
            return
        made = {arch: build(out / arch, arch) for arch in ARCHITECTURES}
    except DeviceError as error:
        told.fail(error)
    except OSError as error:
        text = f"{error.filename or out}: {error.strerror}."
        told.fail(DeviceError("not-written", text, "Give another folder with --out."))
    table = Table("package", *ARCHITECTURES, title=f"{out}, bytes")
    for name in packages():
        table.add_row(name, *(f"{made[arch][name]:,}" for arch in ARCHITECTURES))
    told.show(table)
    told.say(f"mpremote mip install --index {out}/xtensawin roomtone")
    told.result(index=str(out), bytes=made)


def packages() -> list[str]:
    """The libraries that there are and that name their version in a manifest."""
    return [name for name in PACKAGES if (ROOT / "lib" / name / "manifest.py").exists()]


def modules(name: str) -> list[str]:
    """A library's modules, relative to its folder, sorted."""
    folder = ROOT / "lib" / name
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))
    return sorted(path for path in found if path != "manifest.py")


def version(name: str) -> str:
    """A library's version, from its manifest."""
    found = _VERSION.search((ROOT / "lib" / name / "manifest.py").read_text())
    if found is None:
        raise DeviceError("manifest-wrong", f"lib/{name}/manifest.py names no version.")
    return found[1]


def source_package(name: str) -> str:
    """The text of lib/NAME/package.json: every module, and the library's version.

    What it needs is left out: mip would look for it in an index, which a checkout is not.
    """
    urls = ",\n".join(f"    {json.dumps([f'{name}/{path}', path])}" for path in modules(name))
    return f'{{\n  "urls": [\n{urls}\n  ],\n  "version": "{version(name)}"\n}}\n'


def build(folder: Path, arch: str) -> dict[str, int]:
    """Make one architecture's index in `folder`, anew; returns each package's bytes."""
    shutil.rmtree(folder, ignore_errors=True)
    sizes = {}
    for name in packages():
        files = dict(_files(name, arch))
        sizes[name] = sum(map(len, files.values()))
        facts: dict[str, Any] = {
            "v": 1,
            "hashes": [[path, _store(folder, data)] for path, data in files.items()],
            "deps": [[need, "latest"] for need in NEEDS[name]],
            "version": version(name),
        }
        # A board whose MicroPython loads no .mpy of this format asks for `py`.
        for kind in {_MPY_FORMAT, "py"} if arch == "py" else {_MPY_FORMAT}:
            for release in ("latest", facts["version"]):
                path = folder / "package" / kind / name / f"{release}.json"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps(facts))
    return sizes


def _files(name: str, arch: str):
    """A package's files: (path on the board, bytes)."""
    for path in modules(name):
        source = ROOT / "lib" / name / path
        if arch == "py":
            yield f"{name}/{path}", source.read_bytes()
        else:
            target = f"{name}/{path.removesuffix('.py')}.mpy"
            yield target, compiled(source, f"{name}/{path}", arch)


def _store(folder: Path, data: bytes) -> str:
    """Keep a file under its digest; returns the digest as the index has it."""
    digest = hashlib.sha256(data).hexdigest()[:_DIGITS]
    path = folder / "file" / digest[:2] / digest
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return digest
