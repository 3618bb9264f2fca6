"""Why a call can't be made or has ended: a word, a sentence, and whether trying again helps."""
# MIT License; see LICENSE

import sys


class RoomError(Exception):
    """The base of all errors of this package.

    `code` is the word, `text` the sentence, `retriable` whether another try can help. Without
    `text` and `retriable` the ones that belong to the word are used.
    """

    def __init__(self, code, text=None, retriable=None):
        from .reasons import KNOWN  # late: no call needs them as long as it goes well

        known = KNOWN.get(code, (False, code))
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
    if isinstance(error, MemoryError):
        return RoomError("board-failed", f"The board has too little memory ({error}).", True)
    return RoomError("board-failed", f"The board itself failed: {error!r}.")
