"""The `roomtone` command. Each subcommand is a module of its own, imported when it is called."""
# MIT License; see LICENSE

from __future__ import annotations

import importlib
from collections.abc import Callable

import click
import typer
from typer.core import TyperGroup

# Name, and where its function is. A new command is a line here.
COMMANDS = {
    "bench": "roomtone_host.bench.command:app",
    "boards": "roomtone_host.boards.command:app",
    "serve": "roomtone_host.server.commands:serve",
    "token": "roomtone_host.server.commands:token",
    "flash": "roomtone_host.device.flash:flash",
    "deploy": "roomtone_host.device.deploy:deploy",
    "release": "roomtone_host.release:release",
    "package": "roomtone_host.device.package:package",
    "provision": "roomtone_host.device.provision:provision",
    "doctor": "roomtone_host.device.doctor:doctor",
    "repl": "roomtone_host.device.control:repl",
    "call": "roomtone_host.device.control:call",
    "status": "roomtone_host.device.control:status",
    "logs": "roomtone_host.device.control:logs",
    "simulate": "roomtone_host.simulate:simulate",
    "run": "roomtone_host.demo.commands:run",
    "demo": "roomtone_host.demo.commands:demo",
}


class _LazyGroup(TyperGroup):
    """A group that imports a command when it is needed, so that `--help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, function = place.partition(":")
        return _as_command(cmd_name, getattr(importlib.import_module(module), function))


def _as_command(name: str, function: Callable | typer.Typer) -> click.Command:
    if isinstance(function, typer.Typer):  # with subcommands of its own
        group = typer.main.get_command(function)
        group.name = name
        return group
    single = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
    single.command(name)(function)
    return typer.main.get_command(single)


app = typer.Typer(
    cls=_LazyGroup,
    help="Roomtone: rooms that people, boards and agents talk in.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)


@app.callback()
def _root() -> None:
    """Roomtone: rooms that people, boards and agents talk in."""


def main() -> None:
    """Entry point of the `roomtone` script."""
    app(prog_name="roomtone")


if __name__ == "__main__":
    main()
