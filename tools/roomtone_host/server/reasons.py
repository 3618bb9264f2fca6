"""Why a call was refused or ended: the words and sentences of docs/signaling.md."""
# MIT License; see LICENSE

from __future__ import annotations

# code: (retriable, sentence). A sentence of None must be given by whoever refuses.
_REASONS: dict[str, tuple[bool, str | None]] = {
    "token-missing": (False, "This room needs a token."),
    "token-invalid": (False, "The token is not valid here."),
    "token-expired": (False, "The token has expired; ask for a new invite link."),
    "forbidden": (False, "The token does not allow this."),
    "room-not-found": (False, "There is no room with this id."),
    "room-full": (True, "The room is full."),
    "room-ended": (False, "The room has ended."),
    "bad-request": (False, None),
    "unknown-message": (False, None),
    "media-failed": (True, "The audio connection could not be made."),
    "no-codec": (False, "The offer has no codec that this server speaks."),
    "protocol-error": (False, None),
    "too-large": (False, "The body of a request may have 64 KiB."),
    "rate-limited": (True, "Too many attempts; wait a moment."),
    "connection-lost": (True, "The connection was lost."),
    "server-stopping": (True, "The server is restarting."),
}

# What the same refusal is in HTTP.
_STATUS = {
    "token-missing": 401,
    "token-invalid": 401,
    "token-expired": 401,
    "forbidden": 403,
    "room-not-found": 404,
    "room-full": 409,
    "room-ended": 410,
    "too-large": 413,
    "rate-limited": 429,
    "server-stopping": 503,
}


class Refusal(Exception):
    """A request that is refused, with the word and the sentence that the client gets.

    `fatal` says that the call can't go on after it.
    """

    def __init__(self, code: str, text: str | None = None, *, fatal: bool = False) -> None:
        retriable, sentence = _REASONS[code]
        self.code = code
        self.text = text or sentence or code
        self.retriable = retriable
        self.fatal = fatal
        super().__init__(f"{code}: {self.text}")

    @property
    def http_status(self) -> int:
        """The HTTP status that says the same."""
        return _STATUS.get(self.code, 400)

    def as_message(self, about: str | None = None) -> dict:
        """The `error` message of roomtone.v1."""
        message = {
            "type": "error",
            "code": self.code,
            "text": self.text,
            "retriable": self.retriable,
        }
        if about is not None:
            message["about"] = about
        return message


def codes() -> dict[str, bool]:
    """Every code that the server uses, and whether it is retriable."""
    return {code: retriable for code, (retriable, _) in _REASONS.items()}
