"""`roomtone repl | call | status | logs`: a board's console from the host, beside its audio."""
# MIT License; see LICENSE

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Annotated, Any

import serial
import typer

from . import ports, protocol_ws
from .errors import DeviceError
from .output import Output
from .remote import Remote

Port = Annotated[
    str | None,
    typer.Option(help="Serial port, or ws://HOST:8266 for WebREPL; found when there is one."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

_POLL_S = 0.5
_STATUS = "import json, typed\nprint(json.dumps(typed.describe(app)))"
# A board that still tries, with what it was told at its join, begins anew with what it knows now.
_JOIN = "if app.state not in ('idle', 'failed', 'connected'):\n leave()\njoin()"
_REASON = "app.room and app.room.reason and (app.room.reason.code, app.room.reason.text)"
_INVITE = "Give it a new invite: roomtone provision --invite LINK."
_CURES = {
    "bad-settings": "Give it what it lacks: roomtone provision --invite LINK.",
    "no-network": "Give it a network in its reach: roomtone provision --wifi NAME.",
    "server-unreachable": "Does roomtone serve run there? Its firewall must let TCP in.",
    "media-failed": "The server's firewall must let UDP in.",
    "room-not-found": "Make the room: roomtone serve --room ID.",
    "token-missing": _INVITE,
    "token-invalid": _INVITE,
    "token-expired": _INVITE,
    "forbidden": _INVITE,
    "certificate-mismatch": _INVITE,
}
_CRASHES = "import os\ntry:\n print(open('crash.log').read())\nexcept OSError:\n pass"


def repl(port: Port = None) -> None:
    """Open the board's console; Ctrl-] closes it. Audio goes on beside it."""
    out = Output()
    try:
        device = ports.choose(port)
    except DeviceError as error:
        out.fail(error)
    protocol_ws.register()
    raise typer.Exit(_mpremote(device))


def status(port: Port = None, as_json: Json = False) -> None:
    """Show what the board is doing."""
    out = Output(as_json)
    try:
        with Remote(ports.choose(port), keep_running=True) as remote:
            _need_application(remote)
            if as_json:
                out.result(status=json.loads(remote.run(_STATUS)))
            else:
                print(remote.run("status()").strip())
    except DeviceError as error:
        out.fail(error)


def call(
    port: Port = None,
    leave: Annotated[bool, typer.Option("--leave", help="Leave the room instead.")] = False,
    wait_s: Annotated[float, typer.Option("--wait", help="Seconds to wait for the room.")] = 30,
    as_json: Json = False,
) -> None:
    """Let the board join its room (or leave it), and wait until it has."""
    out = Output(as_json)
    try:
        with Remote(ports.choose(port), keep_running=True) as remote:
            _need_application(remote)
            remote.run("leave()" if leave else _JOIN)
            state = _wait_for(out, remote, "idle" if leave else "connected", wait_s)
            out.result(state=state, status=json.loads(remote.run(_STATUS)))
    except DeviceError as error:
        out.fail(error)


def logs(
    port: Port = None,
    follow: Annotated[
        bool, typer.Option(help="Go on with what the console prints, until Ctrl-C.")
    ] = True,
) -> None:
    """Show the board's crash log, then its console."""
    out = Output()
    try:
        device = ports.choose(port)
        with Remote(device, keep_running=True) as remote:
            text = remote.run(_CRASHES).strip()
        out.say("crash.log" if text else "crash.log is empty", "bold")
        if text:
            print(text)
        if follow:
            _follow(out, device)
    except DeviceError as error:
        out.fail(error)


def _need_application(remote: Remote) -> None:
    if not remote.value("'app' in globals()"):
        raise DeviceError(
            "not-running",
            "Roomtone does not run on the board: it is at its plain prompt.",
            "Press RESET. If it comes back to the prompt, see roomtone logs and roomtone doctor.",
        )


def _wait_for(out: Output, remote: Remote, wanted: str, wait_s: float) -> str:
    deadline = time.monotonic() + wait_s
    seen = ""
    while True:
        state, error = remote.value("(app.state, app.error)")
        if error:
            raise _trouble(*error)
        if state != seen:
            out.say(state)
            seen = state
        if state == wanted:
            return state
        if time.monotonic() > deadline:
            raise _late(remote, state, wait_s)
        time.sleep(_POLL_S)


def _trouble(code: str, text: str) -> DeviceError:
    """What the board says, and what to do about it."""
    cure = _CURES.get(code, "See roomtone doctor --full.")
    return DeviceError(code, f"The board says: {text.rstrip('.')}.", cure)


def _late(remote: Remote, state: str, wait_s: float) -> DeviceError:
    """The board goes on trying; its reason says why so far."""
    reason = remote.value(_REASON)
    late = f"The board is {state} after {wait_s:.0f} s, and goes on trying."
    if not reason:
        return DeviceError("timed-out", late, "See roomtone doctor --full.")
    why = _trouble(*reason)
    return DeviceError(why.code, f"{why.text} {late}", why.cure)


def _follow(out: Output, device: str) -> None:
    out.say("console, until Ctrl-C", "bold")
    link: Any = None
    try:
        link = serial.serial_for_url(device, 115200, timeout=0.2)
        while True:
            data = link.read(max(1, link.in_waiting))
            sys.stdout.write(data.decode(errors="replace"))
            sys.stdout.flush()
    except KeyboardInterrupt:
        return
    except ports.BROKEN as error:
        raise ports.explain(device, error) from error
    finally:
        if link is not None:
            link.close()


def _mpremote(device: str) -> int:
    # In a process of its own, because it takes the terminal over; told of ws:// addresses first.
    code = (
        "from roomtone_host.device import protocol_ws; protocol_ws.register(); "
        "import sys; from mpremote.main import main; sys.exit(main())"
    )
    command = [sys.executable, "-c", code, "connect", device, "resume", "repl"]
    return subprocess.run(command, check=False).returncode
