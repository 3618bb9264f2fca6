"""`roomtone run` and `roomtone demo`: a room with real speech in it, to look at and to measure."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import json
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich import box
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from roomtone_host.browser import BrowserError, find_chromium
from roomtone_host.demo.play import play
from roomtone_host.demo.report import excuse, faults, report
from roomtone_host.demo.scene import CAST
from roomtone_host.demo.stage import ROOM, Stage
from roomtone_host.demo.table import room_table
from roomtone_host.simboard import SimBoardError
from roomtone_host.simulate import Refused, end_as_by_ctrl_c

_BUILD = Path("build")
_REFRESH_S = 0.2
_TROUBLE = (Refused, SimBoardError, BrowserError, RuntimeError, OSError, ValueError)


def run(
    port: Annotated[int, typer.Option(help="Port of the page; 0 takes a free one")] = 8080,
    seconds: Annotated[float | None, typer.Option(help="End after this long")] = None,
) -> None:
    """Serve, put two virtual boards that speak into a room, and show who talks until Ctrl-C."""
    console = Console()
    end_as_by_ctrl_c()
    try:
        with Stage(_BUILD / "run", port) as stage:
            for talker in CAST:
                if talker.kind == "board":
                    # Tones are for the measurement only.
                    stage.start_board(replace(talker, tone_hz=None), repeat=True)
            stage.wait_boards()
            console.print(f"Open [bold]{stage.page}[/bold] and join.", highlight=False)
            for name in stage.boards:
                place = stage.console(name)
                console.print(f"{name}: mpremote connect {place} resume", highlight=False)
            _watch(stage, console, seconds)
    except KeyboardInterrupt:
        console.print("Ended.")
    except _TROUBLE as error:
        console.print(Text(str(error), "red"))
        raise typer.Exit(1) from None


def _watch(stage: Stage, console: Console, seconds: float | None) -> None:
    end = None if seconds is None else time.monotonic() + seconds
    with Live(console=console, auto_refresh=False) as live:
        while end is None or time.monotonic() < end:
            try:
                present = stage.server.stats(ROOM)["participants"]
            except httpx.HTTPError as error:
                raise RuntimeError(f"The server does not answer: {error}") from error
            live.update(room_table(present, f"Room {ROOM}"), refresh=True)
            time.sleep(_REFRESH_S)


def demo(
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON")] = False,
    browser: Annotated[bool, typer.Option(help="Have a browser in the room")] = True,
) -> None:
    """Two virtual boards and a browser talk for about 20 s; what each heard is measured."""
    console = Console(stderr=as_json)
    end_as_by_ctrl_c()
    load = os.getloadavg()[0]
    cast = [one for one in CAST if one.kind == "board" or (browser and find_chromium())]
    if len(cast) < len(CAST):
        console.print("No browser takes part: Chromium is not installed or not wanted.")
    try:
        with Stage(_BUILD / "demo") as stage:
            console.print(f"{', '.join(one.name for one in cast)} talk for about 20 s …")
            found = report(asyncio.run(play(stage, cast)))
    except _TROUBLE as error:
        console.print(Text(str(error), "red"))
        raise typer.Exit(1) from None
    path = _BUILD / "demo" / "report.json"
    path.write_text(json.dumps(found, indent=2) + "\n")
    if as_json:
        print(json.dumps(found))
    console.print(pairs_table(found))
    console.print(f"{path} and the WAVs beside it tell the rest.", highlight=False)
    wrong = faults(found)
    for sentence in wrong:
        console.print(Text(sentence, "red"))
    if wrong:
        console.print(excuse(load, os.cpu_count() or 1), highlight=False)
        raise typer.Exit(1)


def pairs_table(found: dict[str, Any]) -> Table:
    """The report for a person: one row an ordered pair."""
    middle = found["mouth_to_ear_median_ms"]
    table = Table(title="Who heard whom", title_justify="left", box=box.SIMPLE_HEAD)
    codecs = {row["from"]: row["codecs"][0] for row in found["pairs"]}
    spoken = ", ".join(f"{name} {codec}" for name, codec in codecs.items())
    table.caption = f"{spoken}; delay is from mouth to ear, its median {middle} ms"
    for heading in ("from", "to", "delay", "STOI", "level", "lost", "concealed", "join"):
        table.add_column(heading, justify="left" if heading in ("from", "to") else "right")
    for row in found["pairs"]:
        heard = row["mouth_to_ear_ms"] is not None
        table.add_row(
            row["from"],
            row["to"],
            f"{row['mouth_to_ear_ms']:.0f} ms" if heard else "–",
            f"{row['stoi']:.2f}",
            f"{row['level_error_db']:+.1f} dB" if heard else "–",
            f"{row['packets_lost']}/{row['packets_received']}",
            f"{row['concealed_percent']:.1f} %",
            f"{row['join_ms']} ms",
        )
    return table
