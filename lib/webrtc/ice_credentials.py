"""Our ICE user name fragment and password, and who proves to know them (RFC 8445 section 5.3)."""
# MIT License; see LICENSE

from binascii import hexlify

from . import stun


class Credentials:
    """`ufrag` and `pwd` as text, 32 and 128 bits of randomness. urandom: n -> n random bytes."""

    def __init__(self, urandom):
        self._urandom = urandom
        self._old_ufrag = None
        self._old_key = None
        self._make()

    def _make(self):
        self.ufrag = hexlify(self._urandom(4)).decode()
        self.pwd = hexlify(self._urandom(16)).decode()

    def renew(self):
        """Change both. The last ones stay good: the peer changes over a little later."""
        self._old_ufrag = self.ufrag
        self._old_key = self.pwd.encode()
        self._make()

    def judge(self, request):
        """Authenticate a request (RFC 8489 section 9.1.3).

        Returns (error code or 0, key to answer with or None, whether it used the present ones).
        """
        username = request.username
        if username is None or not request.has_integrity:
            return stun.BAD_REQUEST, None, False
        ufrag = username.split(":")[0]
        current = ufrag == self.ufrag
        key = self.pwd.encode() if current else self._old_key
        if not (current or ufrag == self._old_ufrag) or not request.verify(key):
            return stun.UNAUTHENTICATED, None, False
        return (stun.UNKNOWN_ATTRIBUTE if request.unknown() else 0), key, current
