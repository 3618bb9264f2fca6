"""`roomtone doctor`: what is well with a board, and what to do about the rest."""
# MIT License; see LICENSE

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.text import Text

from . import boards, findings, ports
from .bundle import version
from .errors import DeviceError
from .findings import Finding
from .output import Output
from .remote import Remote

_CHECKS = Path(__file__).with_name("board_checks.py")
_MARKS = {
    "ok": ("✓", "green"),
    "warn": ("!", "yellow"),
    "fail": ("✗", "red"),
    "skip": ("–", "dim"),
}


def doctor(
    port: Annotated[str | None, typer.Option(help="Serial port; found when there is one.")] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Also play a tone, listen, and use the network.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check a board, one line a check, with the cure. It leaves its room for it."""
    out = Output(as_json)
    found: list[Finding] = []
    for finding in examine(port, full):
        found.append(finding)
        _show(out, finding)
    healthy = not any(finding.state == "fail" for finding in found)
    out.result(healthy=healthy, checks=[finding.facts() for finding in found])
    raise typer.Exit(0 if healthy else 1)


def examine(port: str | None, full: bool) -> Iterator[Finding]:
    """Every check, in the order in which one depends on the other. Never raises."""
    try:
        device = ports.choose(port)
        with Remote(device) as remote:
            yield Finding("port", "ok", device)
            yield Finding("connection", "ok", "MicroPython answers")
            yield from _Examination(remote).run(full)
            remote.restart()
    except DeviceError as error:
        name = "port" if "port" in error.code else "connection"
        yield Finding(name, "fail", error.text, error.cure)


class _Examination:
    """The checks of one board. What one needs of another is skipped when that failed."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote
        self._answers: dict[str, Any] = {}

    def run(self, full: bool) -> Iterator[Finding]:
        self._remote.run(_CHECKS.read_text())
        about = self._ask("about()")
        yield findings.chip(about)
        yield findings.psram(about, self._wants_psram(about))
        yield findings.firmware(about)
        yield findings.heap(about)
        yield findings.executable(about)
        yield findings.flash(about)
        installed = findings.installed(about, version())
        yield installed
        yield findings.crashes(about)
        if installed.state == "fail":
            return
        self._remote.run("import sys\n'lib' in sys.path or sys.path.append('lib')")
        settings = yield from self._check("settings", "settings()", findings.settings)
        address = settings["server"] if settings else ""
        yield findings.clock(about, time.time(), address.startswith("https"))
        if full:
            yield from self._check("button", "hands()", findings.button)
            yield from self._check("microphone", "microphone()", findings.microphone)
            yield from self._check("loopback", "loopback()", findings.loopback)
            yield from self._network(settings, address)

    def _network(self, settings: dict[str, Any] | None, address: str) -> Iterator[Finding]:
        linked = yield from self._check("Wi-Fi", "network()", findings.network)
        parts = urlsplit(address)
        if not linked or not parts.hostname:
            return
        tls = parts.scheme == "https"
        port = parts.port or (443 if tls else 80)
        code = f"server({parts.hostname!r}, {port}, {tls})"
        yield from self._check("server", code, lambda found: findings.server(found, address))

    def _check(
        self, name: str, code: str, judge: Callable[[dict[str, Any]], Finding]
    ) -> Iterator[Finding]:
        """Run one check on the board; yields its finding, returns what was measured."""
        try:
            found = self._ask(code)
        except DeviceError as error:
            if error.code in ("cable-pulled", "board-silent"):
                raise
            yield Finding(name, "fail", _plain(error.text), _CURES[name])
            return None
        yield judge(found)
        return found

    def _ask(self, code: str) -> dict[str, Any]:
        lines = self._remote.run(code).strip().splitlines()
        try:
            return json.loads(lines[-1])
        except (ValueError, IndexError) as error:
            raise DeviceError("board-garbled", f"The board answered {lines[-1:]}.") from error

    def _wants_psram(self, about: dict[str, Any]) -> bool:
        """Whether the deployed board's description asks for an image with PSRAM."""
        name = about["installed"].get("board")
        try:
            return "SPIRAM" in boards.load(name).firmware if name else False
        except DeviceError:
            return False


_CURES = {
    "button": "Compare the wiring with the board's README, pin by pin.",
    "settings": "Run roomtone provision, which checks what it sends.",
    "microphone": "Compare the wiring with the board's README, pin by pin.",
    "loopback": "Compare the wiring with the board's README, pin by pin.",
    "Wi-Fi": "Run roomtone provision --wifi NAME; the password is asked for.",
    "server": "Is the server running, and on this network? Try its address in a browser.",
}


# What MicroPython's errors mean here; their numbers are lwIP's and ESP-IDF's.
_WORDS = {
    "ECONNREFUSED": "nothing listens there",
    "ETIMEDOUT": "no answer",
    "EHOSTUNREACH": "no way there",
    "ECONNRESET": "the other end closed the connection",
    "ENODEV": "the device does not answer on its bus",
    "-202": "its name is not found",
}


def _plain(text: str) -> str:
    """A board's error as a person reads it."""
    text = text.removeprefix("The board says: ").rstrip(".")
    return next((words for word, words in _WORDS.items() if word in text), text)


def _show(out: Output, finding: Finding) -> None:
    mark, style = _MARKS[finding.state]
    line = Text.assemble((mark, style), f" {finding.name:<12} {finding.text}")
    out.show(line)
    if finding.cure:
        out.show(Text(f"  {'':<12} {finding.cure}", style="dim" if finding.state == "ok" else ""))
