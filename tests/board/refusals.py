"""Every way that a call can be refused, set up for real: servers, rooms, tokens, certificates."""
# MIT License; see LICENSE

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
from roomtone_host.server.tls import ensure_certificate
from roomtone_host.server.tokens import Tokens, load_secret
from roomtone_host.serverprocess import ServerProcess

ROOM, FULL, ENDED = "kitchen-hall", "phone-booth", "old-lobby"
UNREACHABLE = "http://127.0.0.1:9"  # discard: nobody listens there

# case: (reason word, whether another try can help, its sentence or what is in it)
TABLE = {
    "no token": ("token-missing", False, "This room needs a token."),
    "not a token": ("token-invalid", False, "The token is not valid here."),
    "token of another server": ("token-invalid", False, "The token is not valid here."),
    "token that has expired": ("token-expired", False, "The token has expired; ask for a new"),
    "token for another room": ("forbidden", False, "The token does not allow this."),
    "room that nobody made": ("room-not-found", False, "There is no room with this id."),
    "room that is full": ("room-full", True, "The room is full."),
    "room that has ended": ("room-ended", False, "The room has ended."),
    "server that is down": ("server-unreachable", True, "The server does not answer."),
    "server without TLS": ("server-unreachable", True, "TLS"),
    "server with TLS only": ("server-unreachable", True, "The server"),
    "certificate of another pin": ("certificate-mismatch", False, "not the pinned one."),
    "certificate that nothing vouches for": (
        "certificate-mismatch",
        False,
        "https needs a CA certificate or a pin.",
    ),
}
# Boards can be given a CA's file; the command takes a pin only.
BOARD_ONLY = {
    "certificate of another CA": ("certificate-mismatch", False, "The certificate was refused"),
}


class Refusals:
    """Two servers, one of them with TLS, that refuse for every reason; `settings(case)`."""

    def __init__(self, place: Path, boards: Any) -> None:
        self._place = place
        self.plain = ServerProcess(place / "plain", *_options())
        self.secure = ServerProcess(place / "secure", "--tls", "--open", *_options())
        self.plain.start()
        self.secure.start()
        self._tokens = Tokens(load_secret(place / "plain"))
        self._make_rooms(boards)

    def _make_rooms(self, boards: Any) -> None:
        key = {"Authorization": self._tokens.issue(allow_api=True)}
        for path, body in (
            ("/v2/rooms", {"customRoomId": FULL, "limit": 1}),
            ("/v2/rooms", {"customRoomId": ENDED}),
            ("/v2/rooms/deactivate", {"roomId": ENDED}),
        ):
            httpx.post(self.plain.url + path, json=body, headers=key).raise_for_status()
        guest = boards(self.plain.url, "Guest", room=FULL, token=self._token(FULL), auto_join=True)
        guest.wait_for("state", 10.0, state="connected")

    def _token(self, room: str, **more: Any) -> str:
        return self._tokens.issue(room, **more)

    def settings(self, case: str) -> dict[str, Any]:
        """The settings of a board that is refused like that: server, room, token, certificate."""
        place = self._place
        stranger = place / "stranger"
        if "CA" in case:
            stranger.mkdir()
            stranger = ensure_certificate(stranger, "127.0.0.1")[0]
        plain = {"server": self.plain.url, "room": ROOM}
        secure = {"server": self.secure.url, "room": ROOM}
        return {
            "no token": plain,
            "not a token": {**plain, "token": "not-a-token"},
            "token of another server": {**plain, "token": Tokens(b"x" * 64).issue(ROOM)},
            "token that has expired": {**plain, "token": self._token(ROOM, life_s=-60)},
            "token for another room": {**plain, "token": self._token(FULL)},
            "room that nobody made": {**plain, "room": "nowhere", "token": self._token("nowhere")},
            "room that is full": {**plain, "room": FULL, "token": self._token(FULL)},
            "room that has ended": {**plain, "room": ENDED, "token": self._token(ENDED)},
            "server that is down": {**plain, "server": UNREACHABLE},
            "server without TLS": {
                **plain,
                "server": self.plain.url.replace("http:", "https:"),
                "certificate_sha256": "00" * 32,
            },
            "server with TLS only": {
                **secure,
                "server": self.secure.url.replace("https:", "http:"),
            },
            "certificate of another pin": {**secure, "certificate_sha256": "00" * 32},
            "certificate that nothing vouches for": secure,
            "certificate of another CA": {**secure, "ca_file": str(stranger)},
        }[case]

    def stop(self) -> None:
        """End the servers."""
        self.plain.stop()
        self.secure.stop()


def _options() -> tuple[str, ...]:
    return ("--host", "127.0.0.1", "--port", "0", "--room", ROOM)
