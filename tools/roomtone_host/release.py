"""`roomtone release`: sign this firmware for boards, and have the server offer it to them."""
# MIT License; see LICENSE

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from .device import boards, bundle
from .device.chips import Chip
from .device.errors import DeviceError
from .server.commands import Data, data_folder
from .server.ota import Release, Updates, is_updated

_HOST = Chip("unix", "host", 0, 0, "x64", "")
_VIRTUAL = "sim"


def release(
    board: Annotated[
        list[str] | None, typer.Argument(help="Boards, as `roomtone boards` names them.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every board there is.")] = False,
    version: Annotated[
        str | None, typer.Option(help="What people call it; default the library's version.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="A package to leave out, as opus; may be repeated.")
    ] = None,
    data: Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compile, sign and publish a release; `roomtone serve` with the same data offers it."""
    chosen = boards.names() if all_ else board or []
    console = Console(stderr=True, highlight=False, quiet=as_json, soft_wrap=True)
    if not chosen:
        console.print(f"Name a board, or --all: {', '.join(boards.names())}.", style="red")
        raise typer.Exit(2)
    # Seconds grow with every release, and tell when it was made.
    number = int(time.time())
    updates = Updates(data_folder(data))
    table = Table("board", "arch", "files", "bytes", title=f"release {number}")
    made = []
    try:
        for name in chosen:
            one = build(name, number, version, tuple(without or ()))
            updates.publish(one)
            size = sum(map(len, one.files.values()))
            table.add_row(one.board, one.arch, str(len(one.files)), f"{size:,}")
            made.append({"board": one.board, "version": one.version, "bytes": size})
    except OSError as error:
        place = error.filename or data_folder(data)
        console.print(f"{place}: {error.strerror}.", style="red", markup=False)
        raise typer.Exit(1) from None
    except (DeviceError, ValueError) as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from None
    console.print(table)
    console.print(f"Pin for boards, update_key_sha256: {updates.pin()}")
    if as_json:
        print(json.dumps({"number": number, "key_sha256": updates.pin(), "releases": made}))


def build(name: str, number: int, version: str | None, without: tuple[str, ...]) -> Release:
    """The release of the working tree for a board. Raises DeviceError, ValueError."""
    made = bundle.make(_board(name), None, without)
    files = {path: data for path, data in made.files.items() if is_updated(path)}
    return Release(name, made.arch, version or bundle.version(), number, files)


def _board(name: str) -> boards.Board:
    if name == _VIRTUAL:
        folder: Path = boards.FOLDER / name
        return boards.Board(name, "Virtual board", folder, _HOST, "", psram=True)
    return boards.load(name)
