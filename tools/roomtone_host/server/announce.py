"""What `roomtone serve` says when it is up: address, fingerprint, invite link, QR code."""
# MIT License; see LICENSE

from __future__ import annotations

import ipaddress
import json
import sys
from urllib.parse import urlencode

import segno
from rich.console import Console
from rich.markup import escape

from .invites import pins
from .runner import RoomServer
from .tls import fingerprint

# A board keeps what its invite brought, and must not fall silent the day after.
_INVITE_S = 365 * 24 * 3600


def invite_link(server: RoomServer, room_id: str) -> str:
    """The page of a room; the token is in the fragment, which browsers don't send or log.

    So are the pins that a board needs to trust this server: `certificate` and `update`.
    """
    link = f"{server.url()}/r/{room_id}"
    fragment = {}
    if not server.config.open:
        fragment["token"] = server.hub.tokens.issue(room_id, life_s=_INVITE_S)
    fragment |= pins(server.hub)
    return f"{link}#{urlencode(fragment)}" if fragment else link


def announce(server: RoomServer, *, as_json: bool) -> None:
    """Print the start line for programs, or the text for people."""
    certificate = server.config.certificate
    pin = fingerprint(certificate) if certificate is not None else None
    rooms = server.config.rooms
    if as_json:
        print(json.dumps({"url": server.url(), "fingerprint": pin, "rooms": rooms}), flush=True)
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]Roomtone[/bold] is at [link]{escape(server.url())}[/link]")
    if pin is not None:
        console.print(f"Certificate for boards to pin (sha-256): {pin}")
    if server.hub.updates.has_key():
        console.print(f"Key that signs updates, for boards to pin: {server.hub.updates.pin()}")
    if server.config.open:
        console.print("Open: no tokens. Whoever reaches this address may do everything.")
    for room in rooms:
        _announce_room(console, server, room)
    if not rooms:
        console.print("No room yet: start with --room NAME, or POST /v2/rooms.")
    console.print("Ctrl-C ends it.")


def _announce_room(console: Console, server: RoomServer, room: str) -> None:
    link = invite_link(server, room)
    life = "" if server.config.open else ", good for a year"
    console.print(f"Invite to [bold]{room}[/bold] for people and boards{life}: {escape(link)}")
    if console.is_terminal and not _is_loopback(server):
        segno.make(link, error="l").terminal(sys.stdout, compact=True)


def _is_loopback(server: RoomServer) -> bool:
    return ipaddress.ip_address(server.hub.addresses[0]).is_loopback
