"""Why a call can't be made or has ended: a word, a sentence, and whether trying again helps."""
# MIT License; see LICENSE

import sys

# The reasons of docs/signaling.md that this side has to know by itself: (retriable, sentence).
_KNOWN = {
    "token-missing": (False, "This room needs a token."),
    "token-invalid": (False, "The token is not valid here."),
    "token-expired": (False, "The token has expired; ask for a new invite link."),
    "forbidden": (False, "The token does not allow this."),
    "room-not-found": (False, "There is no room with this id."),
    "room-full": (True, "The room is full."),
    "room-ended": (False, "The room has ended."),
    "bad-request": (False, "A field is missing or wrong."),
    "unknown-message": (False, "The server does not know this message."),
    "media-failed": (True, "The audio connection could not be made."),
    "no-codec": (False, "The offer has no codec that this server speaks."),
    "protocol-error": (False, "The server does not speak roomtone.v1."),
    "too-large": (False, "What was sent is too large."),
    "rate-limited": (True, "Too many attempts; wait a moment."),
    "server-stopping": (True, "The server is restarting."),
    "server-unreachable": (True, "The server does not answer."),
    "certificate-mismatch": (False, "The server's certificate is not the expected one."),
    "connection-lost": (True, "The connection was lost."),
    "removed": (False, "A moderator took this participant out of the room."),
    "replaced": (False, "The same participant joined from elsewhere."),
    "board-failed": (False, "The board itself failed."),
}


class RoomError(Exception):
    """The base of all errors of this package.

    `code` is the word, `text` the sentence, `retriable` whether another try can help. Without
    `text` and `retriable` the ones that belong to the word are used.
    """

    def __init__(self, code, text=None, retriable=None):
        known = _KNOWN.get(code, (False, code))
        self.code = code
        self.text = text or known[1]
        self.retriable = known[0] if retriable is None else bool(retriable)
        super().__init__(f"{code}: {self.text}")


class Unreachable(RoomError):
    """There is no way to the server or the media now; trying again can help."""


class Refused(RoomError):
    """The server said no, or may not be trusted: somebody has to change something first."""


class RoomTimeout(RoomError):
    """What was waited for did not happen in time; the room itself goes on."""

    def __init__(self, text):
        super().__init__("timeout", text, True)


def from_code(code, text=None, retriable=None):
    """The error for a reason word, of the class that says what the caller can do."""
    error = RoomError(code, text, retriable)
    kind = Unreachable if error.retriable else Refused
    return kind(code, error.text, error.retriable)


def from_exception(error):
    """The RoomError that an exception comes to: itself, no network, or a fault of the board.

    What nobody foresaw is printed with its place, for whoever reads the console.
    """
    if isinstance(error, RoomError):
        return error
    if isinstance(error, OSError):
        return Unreachable("server-unreachable", f"There is no network ({error}).")
    sys.print_exception(error)
    return RoomError("board-failed", f"The board itself failed: {error!r}.")
