"""`roomtone serve` and `roomtone token`."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import errno
import json
import logging
import socket
import ssl
from pathlib import Path
from typing import Annotated

import platformdirs
import typer
from rich.console import Console

from . import ids, reasons
from .config import Config
from .tokens import Tokens, load_secret

_BAD_USE = 2
_ALL_ADDRESSES = "0.0.0.0"
_LOOPBACK = "127.0.0.1"

Data = Annotated[
    Path | None,
    typer.Option(help="Folder of the secret, the certificate and the rooms.", show_default=False),
]


def _fail(sentence: str) -> typer.Exit:
    Console(stderr=True).print(sentence, style="red", markup=False, highlight=False)
    return typer.Exit(_BAD_USE)


def data_folder(data: Path | None) -> Path:
    """The folder that the server keeps everything in."""
    return data or platformdirs.user_data_path("roomtone", appauthor=False)


def _check_rooms(rooms: list[str]) -> None:
    for room in rooms:
        try:
            ids.check_id(room, "room")
        except reasons.Refusal as refusal:
            raise _fail(f"{room!r}: {refusal.text}") from None


def token(
    room: Annotated[
        str | None, typer.Option(help="The room it is for; without it, every room.")
    ] = None,
    participant: Annotated[
        str | None, typer.Option(help="The only participant id that it may join as.")
    ] = None,
    mod: Annotated[bool, typer.Option("--mod", help="May mute, remove and end.")] = False,
    api: Annotated[bool, typer.Option("--api", help="May make and close rooms.")] = False,
    hours: Annotated[float, typer.Option(min=0.001, max=24 * 366, help="How long it lives.")] = 24,
    data: Data = None,
) -> None:
    """Print a token, signed with the secret in the data folder."""
    _check_rooms([name for name in (room, participant) if name is not None])
    if api and (room or participant):
        raise _fail("--api is for every room: it goes with neither --room nor --participant.")
    try:
        tokens = Tokens(load_secret(data_folder(data)))
    except (OSError, ValueError) as error:
        raise _fail(f"The secret can't be read: {_plainly(error)}.") from None
    print(tokens.issue(room, participant, allow_mod=mod, allow_api=api, life_s=hours * 3600))


def serve(
    host: Annotated[
        str | None,
        typer.Option(
            help="Address to listen on, for media too; default all, loopback with --open.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8080,
    room: Annotated[
        list[str] | None, typer.Option(help="A room to make; may be given again.")
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=256, help="Participants in a room, at most.")
    ] = 16,
    open_: Annotated[
        bool, typer.Option("--open", help="No tokens: whoever reaches it may do everything.")
    ] = False,
    tls: Annotated[
        bool, typer.Option("--tls", help="https with a certificate made for this machine.")
    ] = False,
    cert: Annotated[
        Path | None, typer.Option(help="Certificate file (PEM) to use instead.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="Its key file (PEM).")] = None,
    data: Data = None,
    json_: Annotated[
        bool, typer.Option("--json", help="Print one JSON line at the start, nothing else.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Log joins and refusals.")] = False,
) -> None:
    """Run the room server."""
    from .announce import announce
    from .runner import RoomServer

    _log(verbose)
    rooms = room or []
    _check_rooms(rooms)
    if (cert is None) != (key is None):
        raise _fail("--cert and --key belong together.")
    for path in (cert, key):
        if path is not None and not path.is_file():
            raise _fail(f"{path}: no such file; --cert and --key take PEM files.")
    config = Config(
        data_folder(data),
        host or (_LOOPBACK if open_ else _ALL_ADDRESSES),
        port,
        open_,
        limit,
        rooms,
        cert,
        key,
    )
    try:
        if tls and cert is None:
            from .tls import ensure_certificate

            config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
            config.certificate, config.key = ensure_certificate(config.data, config.host)
        server = RoomServer(config)
        asyncio.run(server.run(lambda: announce(server, as_json=json_)))
    except (OSError, ValueError, json.JSONDecodeError) as error:
        raise _fail(f"The server can't start: {_reason(error, config)}.") from None


def _reason(error: Exception, config: Config) -> str:
    """What is wrong, and what to do where that is known."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return f"port {config.port} is in use; --port 0 takes a free one"
    if number == errno.EADDRNOTAVAIL:
        return f"{config.host} is no address of this machine; without --host it takes all"
    if isinstance(error, socket.gaierror):
        return f"{config.host} is no address and no known name; without --host it takes all"
    if isinstance(error, ssl.SSLError):
        return "--cert and --key do not hold a certificate and its key as PEM"
    if number == errno.EACCES and config.port and config.port < 1024:
        return f"port {config.port} needs rights that you lack; take one above 1023"
    return _plainly(error)


def _plainly(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        if not error.filename:
            return error.strerror
        return f"{error.filename}: {error.strerror}; --data names the folder that the server keeps"
    return str(error)


def _log(verbose: bool) -> None:
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    # These say at INFO what is of no use to an operator, tickets among it.
    for name in ("uvicorn.error", "aioice", "aiortc"):
        logging.getLogger(name).setLevel(logging.WARNING)
