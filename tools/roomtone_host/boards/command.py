"""`roomtone boards`: list, show, check, draw and make the boards of `boards/`."""
# MIT License; see LICENSE

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text

from . import listing, readme
from .check import check as check_board
from .model import FOLDER, Board, BoardError, load, names
from .new import new
from .wiring import table

app = typer.Typer(
    help="The boards that Roomtone runs on: list, show, check, draw, and describe your own.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
app.command("new")(new)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]
_Names = Annotated[list[str] | None, typer.Argument(help="Boards; all of them by default.")]


def _load(name: str) -> Board:
    try:
        return load(name)
    except BoardError as error:
        Console(stderr=True).print(Text(str(error), "red"))
        raise typer.Exit(1) from error


@app.callback()
def boards(context: typer.Context, as_json: _Json = False) -> None:
    """List the boards with chip, duplex, codecs, and what was verified how."""
    if context.invoked_subcommand:
        return
    found = [_load(name) for name in names()]
    if as_json:
        print(json.dumps([listing.row(board) for board in found], indent=2, ensure_ascii=False))
    else:
        Console().print(listing.table(found))


@app.command()
def show(name: Annotated[str, typer.Argument(help="The board.")], as_json: _Json = False) -> None:
    """Show one board with its wiring."""
    board = _load(name)
    if as_json:
        print(json.dumps(board.facts, indent=2, ensure_ascii=False))
        return
    console = Console()
    for line in listing.facts(board):
        console.print(line, highlight=False, markup=False)
    if board.fittings:
        console.print(Markdown(table(board)))


@app.command()
def check(chosen: _Names = None, as_json: _Json = False) -> None:
    """Check boards: pins, duplex, code, drawings. The exit code is 1 when something is wrong."""
    found = {name: _problems(name) for name in chosen or names()}
    wrong = sum(len(texts) for texts in found.values())
    if as_json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        console = Console()
        for texts in found.values():
            for text in texts:
                console.print(Text.assemble(("✗", "red"), f" {text}"), soft_wrap=True)
        if not wrong:
            console.print(f"[green]✓[/green] {len(found)} boards, nothing wrong")
    raise typer.Exit(1 if wrong else 0)


def _problems(name: str) -> list[str]:
    texts = check_board(name)
    if not texts:
        for file in readme.stale(load(name)):
            texts.append(f"{name}: {file} is older than board.json; run `roomtone boards draw`.")
    return texts


@app.command()
def draw(chosen: _Names = None) -> None:
    """Bring README.md and wiring.svg of boards up to date with their board.json."""
    console = Console()
    for name in chosen or names():
        board = _load(name)
        for file in readme.stale(board):
            (FOLDER / name / file).write_text(readme.updated(board)[file])
            console.print(f"{name}/{file}", highlight=False)
