"""Numbers of TLS 1.2 and DTLS 1.2 on the wire, a cursor to read messages, and the refusal."""
# MIT License; see LICENSE

from micropython import const

# Content types (RFC 5246 section 6.2.1).
CHANGE_CIPHER_SPEC = const(20)
ALERT = const(21)
HANDSHAKE = const(22)

# Handshake types (RFC 5246 section 7.4, RFC 6347 section 4.3.2).
CLIENT_HELLO = const(1)
SERVER_HELLO = const(2)
HELLO_VERIFY_REQUEST = const(3)
CERTIFICATE = const(11)
SERVER_KEY_EXCHANGE = const(12)
CERTIFICATE_REQUEST = const(13)
SERVER_HELLO_DONE = const(14)
CERTIFICATE_VERIFY = const(15)
CLIENT_KEY_EXCHANGE = const(16)
FINISHED = const(20)

# Alerts (RFC 5246 section 7.2).
LEVEL_WARNING = const(1)
LEVEL_FATAL = const(2)
CLOSE_NOTIFY = const(0)
UNEXPECTED_MESSAGE = const(10)
HANDSHAKE_FAILURE = const(40)
BAD_CERTIFICATE = const(42)
ILLEGAL_PARAMETER = const(47)
DECODE_ERROR = const(50)
DECRYPT_ERROR = const(51)
PROTOCOL_VERSION = const(70)
INTERNAL_ERROR = const(80)

VERSION = b"\xfe\xfd"

# Signature schemes (RFC 8446 section 4.2.3), which name the same pairs as TLS 1.2 does.
ECDSA_P256_SHA256 = const(0x0403)
RSA_PKCS1_SHA256 = const(0x0401)
RSA_PSS_SHA256 = const(0x0804)


class Refused(Exception):
    """The handshake can't go on: an alert number to send and a sentence for people."""

    def __init__(self, alert, text):
        super().__init__(text)
        self.alert = alert
        self.text = text


class Cursor:
    """Reads a message front to back; raises ValueError where it ends too soon or too late."""

    def __init__(self, data):
        self._data = data
        self._at = 0

    def take(self, n):
        """Return the next n bytes."""
        at = self._at
        if n > len(self._data) - at:
            raise ValueError("message is cut off")
        self._at = at + n
        return self._data[at : at + n]

    def number(self, n):
        """Return the next n bytes as a big-endian integer."""
        return int.from_bytes(self.take(n), "big")

    def vector(self, n):
        """Return the content of a vector whose length takes n bytes."""
        return self.take(self.number(n))

    def more(self):
        """True while something is left."""
        return self._at < len(self._data)

    def end(self):
        """Raise ValueError unless everything has been read."""
        if self.more():
            raise ValueError("message is too long")


def vector(n, data):
    """Return data as a vector whose length takes n bytes."""
    return len(data).to_bytes(n, "big") + data
