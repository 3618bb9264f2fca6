"""What the board commands print: lines and bars for people, one JSON object for programs."""
# MIT License; see LICENSE

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from .errors import DeviceError


class Output:
    """Where a command speaks to. With `as_json` only `result` and `fail` print, to stdout."""

    def __init__(self, as_json: bool = False) -> None:
        self.as_json = as_json
        self._person = Console(stderr=True, quiet=as_json, highlight=False, soft_wrap=True)

    def say(self, text: str, style: str | None = None) -> None:
        """A line for people."""
        self._person.print(text, style=style, markup=False)

    def show(self, table: Any) -> None:
        """A table for people."""
        self._person.print(table)

    def result(self, **fields: Any) -> None:
        """What a program asked for."""
        if self.as_json:
            print(json.dumps({"ok": True, **fields}))

    def fail(self, error: DeviceError) -> NoReturn:
        """Say what is wrong and what to do, and end the command with exit code 1."""
        if self.as_json:
            print(json.dumps({"ok": False, **facts(error)}))
        else:
            self._person.print(error.text, style="red", markup=False)
            if error.cure:
                self._person.print(error.cure, markup=False)
        raise typer.Exit(1)

    @contextmanager
    def bars(self) -> Iterator[Callable[[str, float], None]]:
        """A function that shows a step and how much of it is done (0 to 1), one bar a step."""
        columns = (
            TextColumn("{task.description:<8}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
        )
        tasks: dict[str, Any] = {}
        with Progress(*columns, console=self._person, disable=self.as_json) as progress:

            def tell(step: str, done: float) -> None:
                # An erase says nothing until it is over: a bar that pulses.
                total = None if step == "erase" and not done else 1.0
                if step not in tasks:
                    tasks[step] = progress.add_task(step)
                progress.update(tasks[step], total=total, completed=done)

            yield tell


def facts(error: DeviceError) -> dict[str, str]:
    """A failure as programs read it."""
    return {"code": error.code, "text": error.text, "cure": error.cure}
