"""Invite links, as `roomtone serve` prints them, read by the host's own commands."""
# MIT License; see LICENSE

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Invite:
    """Where to go, and what lets one in; `token` and `fingerprint` may be empty."""

    server: str
    room: str
    token: str
    fingerprint: str


def read(link: str) -> Invite:
    """The parts of http(s)://HOST[:PORT][/PREFIX]/r/ROOM#token=...&certificate=....

    Raises ValueError with a sentence.
    """
    parts = urlsplit(link.strip())
    prefix, mark, room = parts.path.rpartition("/r/")
    known = parts.scheme in ("http", "https", "roomtone") and parts.netloc
    if not known or not mark or not room.strip("/"):
        raise ValueError(f"{link} is no invite link; one looks like https://HOST/r/ROOM#token=...")
    scheme = "https" if parts.scheme == "roomtone" else parts.scheme
    fragment = parse_qs(parts.fragment)
    token, pin = (fragment.get(name, [""])[0] for name in ("token", "certificate"))
    return Invite(f"{scheme}://{parts.netloc}{prefix}", unquote(room.strip("/")), token, pin)
