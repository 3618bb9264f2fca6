"""Tokens: JWT HS256 in the shape of VideoSDK's, the secret behind them, tickets of pages."""
# MIT License; see LICENSE

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

import jwt

from .reasons import Refusal

_ALGORITHM = "HS256"
TOKEN_LIMIT = 4096  # characters; ours have about 300
TICKET_LIFE_S = 30
_TICKETS_LIMIT = 1024


@dataclass(frozen=True)
class Grant:
    """What somebody may do: in which room (None: any), as whom (None: anybody)."""

    room_id: str | None = None
    participant_id: str | None = None
    allow_mod: bool = False
    allow_api: bool = False

    def check_room(self, room_id: str) -> None:
        """Raise Refusal `forbidden` unless the grant is for `room_id`."""
        if self.room_id is not None and self.room_id != room_id:
            raise Refusal("forbidden")


# On an open server everyone on the network that it is bound to may do everything.
EVERYTHING = Grant(allow_mod=True, allow_api=True)


def load_secret(folder: Path) -> bytes:
    """The server's secret from `folder`, made at the first call, readable by its owner only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / "secret"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        path.chmod(0o600)
    else:
        try:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32) + "\n")
        except OSError:
            path.unlink()  # half a secret would be in the way of the next start
            raise
    secret = path.read_text().strip()
    if len(secret) < 64:
        raise ValueError(f"{path}: 64 hexadecimal digits are expected; remove it to get a new one")
    return secret.encode()


class Tokens:
    """Issues and checks the tokens of one secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.api_key = hashlib.sha256(b"roomtone api key" + secret).hexdigest()[:16]

    def issue(
        self,
        room_id: str | None = None,
        participant_id: str | None = None,
        *,
        allow_mod: bool = False,
        allow_api: bool = False,
        life_s: float = 24 * 3600,
    ) -> str:
        """A token for `room_id` (None: every room) that lives `life_s` seconds."""
        now = int(time.time())
        permissions = ["allow_join", "allow_mod"] if allow_mod else ["allow_join"]
        claims: dict = {
            "apikey": self.api_key,
            "permissions": permissions,
            "version": 2,
            "roles": ["crawler", "rtc"] if allow_api else ["rtc"],
            "iat": now,
            "exp": now + int(life_s),
        }
        if room_id is not None:
            claims["roomId"] = room_id
        if participant_id is not None:
            claims["participantId"] = participant_id
        return jwt.encode(claims, self._secret, algorithm=_ALGORITHM)

    def check(self, token: str) -> Grant:
        """What `token` allows. Raises Refusal `token-invalid`, `token-expired`, `forbidden`."""
        if len(token) > TOKEN_LIMIT:
            raise Refusal("token-invalid")
        try:
            # When it was issued decides nothing: an app server's clock may be ahead of ours.
            options = {"require": ["exp"], "verify_iat": False}
            claims = jwt.decode(token, self._secret, algorithms=[_ALGORITHM], options=options)
        except jwt.ExpiredSignatureError:
            raise Refusal("token-expired") from None
        except jwt.PyJWTError:
            raise Refusal("token-invalid") from None
        return _grant(claims)

    def is_api_secret(self, text: str) -> bool:
        """Whether `text` is the server's secret itself, in constant time."""
        return hmac.compare_digest(text.encode(), self._secret)


def _grant(claims: dict) -> Grant:
    permissions = claims.get("permissions")
    roles = claims.get("roles", [])
    for name in ("roomId", "participantId"):
        if not isinstance(claims.get(name, ""), str):
            raise Refusal("token-invalid")
    if not isinstance(permissions, list) or not isinstance(roles, list):
        raise Refusal("token-invalid")
    if "allow_join" not in permissions and "allow_mod" not in permissions:
        raise Refusal("forbidden")
    room_id, participant_id = claims.get("roomId"), claims.get("participantId")
    return Grant(
        room_id,
        participant_id,
        allow_mod="allow_mod" in permissions,
        # Whoever may make tokens for every room is an administrator of every room.
        allow_api="crawler" in roles and room_id is None and participant_id is None,
    )


class Tickets:
    """Single-use tickets: a page trades its token for one, as it can't set headers on a socket."""

    def __init__(self, clock=time.monotonic) -> None:
        self._clock = clock
        self._tickets: dict[str, tuple[float, Grant, str]] = {}

    def issue(self, grant: Grant, room_id: str) -> str:
        """A ticket that opens one connection to `room_id`. Raises Refusal `rate-limited`."""
        now = self._clock()
        for ticket in [t for t, (end, _, _) in self._tickets.items() if end <= now]:
            del self._tickets[ticket]
        if len(self._tickets) >= _TICKETS_LIMIT:
            raise Refusal("rate-limited")
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = (now + TICKET_LIFE_S, grant, room_id)
        return ticket

    def redeem(self, ticket: str, room_id: str) -> Grant:
        """The grant behind `ticket`, used up by this. Raises Refusal `token-invalid` or others."""
        end, grant, wanted = self._tickets.pop(ticket, (0.0, None, None))
        if grant is None:
            raise Refusal("token-invalid")
        if end <= self._clock():
            raise Refusal("token-expired")
        if wanted != room_id:
            raise Refusal("forbidden")
        return grant
