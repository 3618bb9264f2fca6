"""`roomtone simulate`: a virtual board in a room, with one WAV to say and one to hear into."""
# MIT License; see LICENSE

from __future__ import annotations

import json
import re
import shutil
import signal
import tempfile
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.text import Text

from roomtone_host.invite import read as read_invite
from roomtone_host.measure import read_wav
from roomtone_host.simboard import SimBoard, SimBoardError

JOIN_TIMEOUT_S = 20.0
_POLL_S = 0.05


class Codec(StrEnum):
    """What the board may be told to speak."""

    auto = "auto"
    opus = "opus"
    pcmu = "pcmu"
    pcma = "pcma"


class Refused(RuntimeError):
    """The board is not in the room; the text is a sentence, `code` its reason word."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def end_as_by_ctrl_c() -> None:
    """Whoever ends or hangs up on us ends the boards and the server too."""
    numbers = (signal.SIGTERM, signal.SIGHUP)

    def end(*_: object) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)  # once is enough
        raise KeyboardInterrupt

    for number in numbers:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
            signal.signal(number, end)


def settings_for(
    server: str, room: str, name: str, microphone: Path | None, speaker: str | None, **more: Any
) -> dict[str, Any]:
    """The `settings.json` of a virtual board that joins at power-on."""
    sound = {"microphone": str(microphone.resolve()) if microphone else None, "speaker": speaker}
    board = {**sound, **more.pop("board", {})}
    call = {"server": server, "room": room, "name": name, "auto_join": True}
    return {**call, "stats_interval_ms": 500, "board": board, **more}


def wait_joined(board: SimBoard, timeout_s: float = JOIN_TIMEOUT_S) -> dict[str, Any]:
    """The board's first `connected` event. Raises Refused with the board's reason."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        for event in board.events():
            if event["event"] == "error":
                raise Refused(event["code"], event["text"])
            if event["event"] == "state" and event["state"] == "connected":
                return event
            # The board would try again for ever; whoever typed a command wants to know now.
            if event["event"] == "state" and event["reason"]:
                raise Refused(event["reason"], event["text"])
        if not board.running:
            raise Refused("board-failed", f"The board ended: {board.console()[-300:].strip()}")
        time.sleep(_POLL_S)
    raise Refused("timeout", f"The board was not in the room after {timeout_s:.0f} s.")


def join_ms(board: SimBoard) -> float:
    """From the board's decision to join until the call was up, in milliseconds."""
    states = board.events("state")
    started = next(event["t_us"] for event in states if event["state"] == "connecting")
    up = next(event["t_us"] for event in states if event["state"] == "connected")
    return (up - started) / 1000


def simulate(
    mic: Annotated[Path, typer.Option(help="16-bit WAV that the board says")],
    speaker: Annotated[Path, typer.Option(help="WAV to write: what the board hears")],
    invite: Annotated[
        str, typer.Option(help="An invite link; it has server, room, token and fingerprint")
    ] = "",
    server: Annotated[
        str, typer.Option(help="Address of the room server, http(s)://HOST:PORT")
    ] = "",
    room: Annotated[str, typer.Option(help="Room to join")] = "",
    name: Annotated[str, typer.Option(help="What others see")] = "Virtual board",
    token: Annotated[str, typer.Option(envvar="ROOMTONE_TOKEN", help="Token for the room")] = "",
    fingerprint: Annotated[
        str, typer.Option(help="SHA-256 of the server's certificate, to pin it")
    ] = "",
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="Leave after this long; else on Ctrl-C")
    ] = None,
    codec: Annotated[Codec, typer.Option(help="Codec to offer")] = Codec.auto,
    repeat: Annotated[bool, typer.Option(help="Say the WAV over and over")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Put a virtual board into a room: the real firmware, in MicroPython, on this machine."""
    console = Console(stderr=True)
    end_as_by_ctrl_c()
    try:
        if invite:
            found = read_invite(invite)
            server, room = server or found.server, room or found.room
            token, fingerprint = token or found.token, fingerprint or found.fingerprint
        if not (server and room):
            raise ValueError("Which room? Give --invite LINK, or --server and --room.")
        _check(server, mic, speaker, fingerprint)
        with tempfile.TemporaryDirectory(prefix="roomtone-") as place:
            settings = settings_for(
                server, room, name, mic, "heard.wav",
                token=token, certificate_sha256=fingerprint, codec=codec.value,
                board={"repeat": repeat},
            )  # fmt: skip
            result = _run(Path(place), settings, seconds, console, as_json)
            _deliver(Path(place) / "heard.wav", speaker)
    except (Refused, SimBoardError, ValueError, OSError) as error:
        code = getattr(error, "code", "")
        if as_json:
            told = {"ok": False, "code": code or "bad-request", "text": str(error)}
            print(json.dumps(told))
        console.print(Text.assemble((f"{code}: " if code else "", "red"), str(error)))
        raise typer.Exit(2) from None
    if as_json:
        print(json.dumps({"ok": True, **result}))


def _check(server: str, mic: Path, speaker: Path, fingerprint: str) -> None:
    """Refuse what can't work before anything runs. Raises ValueError, OSError with a sentence."""
    parts = urlsplit(server)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{server} is not a server's address; it looks like http://HOST:PORT")
    if fingerprint and not re.fullmatch("[0-9a-fA-F]{64}", re.sub("[: ]", "", fingerprint)):
        raise ValueError("--fingerprint takes a certificate's SHA-256, 64 hexadecimal digits")
    if not mic.is_file():
        raise ValueError(f"{mic}: no such file; --mic takes a 16-bit WAV")
    read_wav(mic)
    if speaker.is_dir() or not speaker.absolute().parent.is_dir():
        raise ValueError(
            f"{speaker}: can't be written; --speaker takes a file in a folder that exists"
        )


def _deliver(heard: Path, speaker: Path) -> None:
    """Put the recording where it was asked for, whole or not at all."""
    part = speaker.with_name(f".{speaker.name}.part")
    try:
        shutil.copyfile(heard, part)
        part.replace(speaker)
    except OSError as error:
        raise OSError(f"{speaker} can't be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def _run(
    place: Path, settings: dict[str, Any], seconds: float | None, console: Console, quiet: bool
) -> dict[str, Any]:
    with SimBoard(place, settings) as board:
        joined = wait_joined(board)
        try:
            if not quiet:
                console.print(f"[green]In the room[/green] as {joined['participant_id']}; "
                              f"REPL: mpremote connect {board.pty} resume")  # fmt: skip
            _stay(board, seconds, console)
        except KeyboardInterrupt:
            console.print("Leaving.")
        stats = (board.events("stats") or [{}])[-1]
        return {
            "room": settings["room"],
            "participant_id": joined["participant_id"],
            "session_id": joined["session_id"],
            "join_ms": round(join_ms(board)),
            "stats": {key: stats[key] for key in stats if key not in ("event", "t_us")},
        }


def _stay(board: SimBoard, seconds: float | None, console: Console) -> None:
    """Wait until the time is over. Raises Refused when the call ends for good before."""
    seen, told = len(board.events("state")), ""
    deadline = None if seconds is None else time.monotonic() + seconds
    while deadline is None or time.monotonic() < deadline:
        for event in board.events("error"):
            raise Refused(event["code"], event["text"])
        states = board.events("state")
        for event in states[seen:]:
            if event["reason"] and event["text"] != told:
                told = event["text"]
                console.print(f"{told} The board tries again by itself.")
            elif event["state"] == "connected":
                told = ""
                console.print("Back in the room.")
        seen = len(states)
        if not board.running:
            raise Refused("board-failed", f"The board ended: {board.console()[-300:].strip()}")
        time.sleep(_POLL_S)
