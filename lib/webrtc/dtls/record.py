"""DTLS record layer (RFC 6347 section 4.1) with AES-128-GCM (RFC 5288) and replay protection."""
# MIT License; see LICENSE

from micropython import const

from ..gcm import Gcm

_VERSION = b"\xfe\xfd"  # as in wire.py, which goes with the handshake
_HEADER = const(13)
_MAX_RECORDS = const(32)  # in one datagram; a flight in small fragments needs about ten
_EXPLICIT_NONCE = const(8)
_TAG = const(16)
_WINDOW = const(64)
_WINDOW_MASK = (1 << 64) - 1


def split(datagram):
    """Return the records of a datagram: [(content type, epoch, number, body)].

    number: epoch and sequence number, 8 bytes. What follows a malformed record is dropped.
    """
    records = []
    at = 0
    while len(datagram) - at >= _HEADER and len(records) < _MAX_RECORDS:
        size = datagram[at + 11] << 8 | datagram[at + 12]
        start = at + _HEADER
        # Either version of a first hello: FE FF or FE FD.
        if datagram[at + 1] != 0xFE or size > len(datagram) - start:
            break
        epoch = datagram[at + 3] << 8 | datagram[at + 4]
        number = bytes(datagram[at + 3 : at + 11])
        records.append((datagram[at], epoch, number, bytes(datagram[start : start + size])))
        at = start + size
    return records


class Records:
    """Numbers and protects outgoing records; authenticates incoming ones of epoch 1."""

    def __init__(self):
        self._counts = [0, 0]
        self._highest = -1
        self._seen = 0
        self._keys = None
        self._ciphers = [None, None]
        self._write_salt = self._read_salt = b""

    @property
    def keyed(self):
        """True when epoch 1 has its keys."""
        return self._keys is not None

    def set_keys(self, write_key, write_salt, read_key, read_salt):
        """Give epoch 1 its 16-byte keys and 4-byte salts."""
        self._keys = write_key, read_key
        self._write_salt = write_salt
        self._read_salt = read_salt

    def rest(self):
        """Let go of the ciphers, 2 KB of tables: from here on a record comes once in a while."""
        self._ciphers = [None, None]

    def _cipher(self, which):
        cipher = self._ciphers[which]
        if cipher is None:
            cipher = self._ciphers[which] = Gcm(self._keys[which])
        return cipher

    def seal(self, content_type, epoch, payload):
        """Return one record. Each call takes a new sequence number, resent messages too."""
        number = epoch.to_bytes(2, "big") + self._counts[epoch].to_bytes(6, "big")
        self._counts[epoch] += 1
        if epoch:
            sealed = self._cipher(0).seal(
                self._write_salt + number, payload, _additional(content_type, number, len(payload))
            )
            payload = number + sealed
        header = bytes((content_type,)) + _VERSION + number + len(payload).to_bytes(2, "big")
        return header + payload

    def open(self, content_type, number, body):
        """Return the plaintext of a record of epoch 1, or None when it is forged or a replay."""
        count = int.from_bytes(number[2:], "big")
        size = len(body) - _EXPLICIT_NONCE - _TAG
        if size < 0 or not self._fresh(count):
            return None
        plaintext = self._cipher(1).open(
            self._read_salt + body[:_EXPLICIT_NONCE],
            body[_EXPLICIT_NONCE:],
            _additional(content_type, number, size),
        )
        if plaintext is not None:
            self._note(count)
        return plaintext

    def _fresh(self, count):
        behind = self._highest - count
        return behind < 0 or behind < _WINDOW and not self._seen >> behind & 1

    def _note(self, count):
        # Only after the tag was right: a forged number must not move the window.
        ahead = count - self._highest
        if ahead >= _WINDOW:
            self._seen = 1
        elif ahead > 0:
            self._seen = (self._seen << ahead | 1) & _WINDOW_MASK
        else:
            self._seen |= 1 << -ahead
        self._highest = max(self._highest, count)


def _additional(content_type, number, size):
    return number + bytes((content_type,)) + _VERSION + size.to_bytes(2, "big")
