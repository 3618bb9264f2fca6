"""The sentences that belong to reason words, and whether another try can help."""
# MIT License; see LICENSE

# The reasons of docs/signaling.md that this side has to know by itself: (retriable, sentence).
KNOWN = {
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
