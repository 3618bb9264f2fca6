"""`roomtone provision`: gives a board its Wi-Fi, server, room and name over the cable."""
# MIT License; see LICENSE

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from . import ports
from .control import Json, Port
from .errors import DeviceError
from .output import Output
from .remote import Remote

_BOARD = Path(__file__).with_name("board_settings.py")


def provision(
    port: Port = None,
    invite: Annotated[
        str | None, typer.Option(help="An invite link, or what its QR code says.")
    ] = None,
    ssid: Annotated[
        str | None, typer.Option("--ssid", "--wifi", help="Wi-Fi to add; its password is asked.")
    ] = None,
    password: Annotated[
        str | None, typer.Option(envvar="ROOMTONE_WIFI_PASSWORD", help="Its password.")
    ] = None,
    server: Annotated[str | None, typer.Option(help="Room server, http(s)://HOST:PORT.")] = None,
    room: Annotated[str | None, typer.Option(help="Room id.")] = None,
    token: Annotated[str | None, typer.Option(help="Token for the room.")] = None,
    name: Annotated[str | None, typer.Option(help="What others see.")] = None,
    country: Annotated[str | None, typer.Option(help="Country code, for the radio.")] = None,
    auto_join: Annotated[
        bool | None, typer.Option("--auto-join/--no-auto-join", help="Join at power-on.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Send settings to a board; what is not named stays as it is."""
    out = Output(as_json)
    try:
        if ssid and password is None and not as_json:
            password = typer.prompt(f"Password of {ssid}", default="", hide_input=True)
        given = {"invite": invite, "server": server, "room": room, "token": token, "name": name}
        given |= {"ssid": ssid, "password": password, "country": country, "auto_join": auto_join}
        given = {key: value for key, value in given.items() if value is not None}
        if not given:
            raise DeviceError("nothing-given", "There is nothing to send.", "Give --invite.")
        with Remote(ports.choose(port), keep_running=True) as remote:
            kept = send(remote, given)
            calling = remote.value("'app' in globals() and app.state not in ('idle', 'failed')")
        out.say(f"the board keeps {', '.join(kept)}", "green")
        if calling:
            out.say("It is in a call, or tries to be: what changed counts from its next join.")
        out.result(settings=kept)
    except DeviceError as error:
        out.fail(error)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


def send(remote: Remote, given: dict[str, Any]) -> list[str]:
    """Give fields of firmware/provisioning.py to the board; returns the settings' names.

    Raises DeviceError with the board's own words when it refuses one.
    """
    # JSON in a literal: every character of a password arrives as it is.
    text = json.dumps(json.dumps(given, ensure_ascii=False), ensure_ascii=False)
    code = f"{_BOARD.read_text()}\nprovision_by_cable({text})"
    answer = remote.run(code).strip().splitlines()
    try:
        found = json.loads(answer[-1])
    except (ValueError, IndexError) as error:
        raise DeviceError("board-garbled", f"The board answered {answer[-1:]}.") from error
    if "error" in found:
        raise DeviceError("setting-refused", f"The board says: {_sentence(found['error'])}")
    return found["kept"]
