"""Alerts of a peer in words."""
# MIT License; see LICENSE

# Those that a peer sends for reasons that its user can do something about (RFC 5246 section 7.2).
_NAMES = {
    40: "handshake failure",
    42: "bad certificate",
    43: "unsupported certificate",
    46: "certificate unknown",
    47: "illegal parameter",
    51: "decrypt error",
    70: "protocol version",
    80: "internal error",
}


def explain(number):
    """Return the sentence for a fatal alert."""
    return f"peer refused: {_NAMES.get(number, 'alert')} ({number})"
