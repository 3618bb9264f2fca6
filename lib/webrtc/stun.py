"""STUN messages as ICE uses them (RFC 8489, with the attributes of RFC 8445 section 16)."""
# MIT License; see LICENSE

from binascii import crc32
from struct import pack, unpack_from

from micropython import const

from . import mac

# Message types: the Binding method in its four classes (RFC 8489 section 5).
REQUEST = const(0x0001)
INDICATION = const(0x0011)
SUCCESS = const(0x0101)
ERROR = const(0x0111)

# Attributes (RFC 8489 section 18.3, RFC 8445 section 16.1).
USERNAME = const(0x0006)
ERROR_CODE = const(0x0009)
UNKNOWN_ATTRIBUTES = const(0x000A)
XOR_MAPPED_ADDRESS = const(0x0020)
PRIORITY = const(0x0024)
USE_CANDIDATE = const(0x0025)
ICE_CONTROLLED = const(0x8029)
ICE_CONTROLLING = const(0x802A)
_MAPPED_ADDRESS = const(0x0001)
_MESSAGE_INTEGRITY = const(0x0008)
_REALM = const(0x0014)
_NONCE = const(0x0015)
_FINGERPRINT = const(0x8028)

# Error codes (RFC 8489 section 14.8, RFC 8445 section 16.2).
BAD_REQUEST = const(400)
UNAUTHENTICATED = const(401)
UNKNOWN_ATTRIBUTE = const(420)
ROLE_CONFLICT = const(487)

_COOKIE = b"\x21\x12\xa4\x42"
_HEADER_SIZE = const(20)
_MAX_SIZE = const(1280)  # a check is about 100 bytes; more than a minimal IPv6 MTU is no check
_MAX_ATTRIBUTES = const(24)
_IPV4 = const(1)
_UNDERSTOOD = (
    _MAPPED_ADDRESS,
    USERNAME,
    ERROR_CODE,
    UNKNOWN_ATTRIBUTES,
    _REALM,
    _NONCE,
    XOR_MAPPED_ADDRESS,
    PRIORITY,
    USE_CANDIDATE,
)


class Message:
    """A parsed message: `kind` (REQUEST ...), `transaction` (12 bytes), `attributes`.

    `attributes` is {type: bytes}. Of an attribute that comes twice the first counts; what follows
    MESSAGE-INTEGRITY is left out.
    """

    def __init__(self, data, kind):
        self.kind = kind
        self.transaction = bytes(data[8:_HEADER_SIZE])
        self.attributes = {}
        self.has_fingerprint = False
        self._data = data
        self._integrity = 0  # offset of MESSAGE-INTEGRITY, 0 when there is none

    def get(self, name):
        """Return the value of the attribute `name` as bytes, or None."""
        return self.attributes.get(name)

    @property
    def has_integrity(self):
        """Whether MESSAGE-INTEGRITY is there; only `verify` tells whether it is right."""
        return self._integrity != 0

    def verify(self, key):
        """Whether MESSAGE-INTEGRITY is there and was made with `key` (RFC 8489 section 14.5)."""
        end = self._integrity
        if not end:
            return False
        # The HMAC counts itself in the length field, and nothing after itself.
        head = pack("!HH", self.kind, end + 24 - _HEADER_SIZE)
        tag = mac.hmac_sha1(key, head, self._data[4:end])
        return mac.equal(tag, self._data[end + 4 : end + 24])

    @property
    def username(self):
        """USERNAME as text, or None when it is missing or not ASCII."""
        value = self.attributes.get(USERNAME)
        if value is None or any(byte > 0x7E for byte in value):
            return None
        return value.decode()

    @property
    def priority(self):
        """PRIORITY as an int, 0 when missing or malformed."""
        value = self.attributes.get(PRIORITY)
        return unpack_from("!I", value)[0] if value is not None and len(value) == 4 else 0

    @property
    def error_code(self):
        """The code of an error response (300 to 699), 0 when missing or malformed."""
        value = self.attributes.get(ERROR_CODE)
        if value is None or len(value) < 4 or not 3 <= value[2] & 7 <= 6 or value[3] > 99:
            return 0
        return (value[2] & 7) * 100 + value[3]

    @property
    def mapped_address(self):
        """XOR-MAPPED-ADDRESS as (ip, port), or None when missing, malformed or not IPv4."""
        value = self.attributes.get(XOR_MAPPED_ADDRESS)
        if value is None or len(value) != 8 or value[1] != _IPV4:
            return None
        port = (value[2] << 8 | value[3]) ^ 0x2112
        ip = ".".join([str(value[4 + i] ^ _COOKIE[i]) for i in range(4)])
        return ip, port

    def unknown(self):
        """List the attributes that must be understood and are not (RFC 8489 section 6.3.1)."""
        return [name for name in self.attributes if name < 0x8000 and name not in _UNDERSTOOD]


def parse(data):
    """Parse one datagram (bytes) into a Message; None if it is not a well-formed STUN message.

    A FINGERPRINT, where there is one, has been checked. MESSAGE-INTEGRITY has not: see `verify`.
    """
    size = len(data)
    if not _HEADER_SIZE <= size <= _MAX_SIZE or size & 3 or data[4:8] != _COOKIE:
        return None
    kind, length = unpack_from("!HH", data)
    if kind > 0x3FFF or length + _HEADER_SIZE != size:
        return None
    message = Message(data, kind)
    return message if _parse_attributes(message, data, size) else None


def _parse_attributes(message, data, size):
    offset = _HEADER_SIZE
    for _ in range(_MAX_ATTRIBUTES):
        if offset == size:
            return True
        name, length = unpack_from("!HH", data, offset)
        value = offset + 4
        end = value + length
        if end > size:
            return False
        if name == _FINGERPRINT:
            message.has_fingerprint = True
            return end == size and length == 4 and data[value:] == _fingerprint(data[:offset])
        if name == _MESSAGE_INTEGRITY and not message._integrity:
            if length != 20:
                return False
            message._integrity = offset
        elif not message._integrity and name not in message.attributes:
            message.attributes[name] = bytes(data[value:end])
        offset = end + (-length & 3)  # never beyond the end: size is a multiple of 4
    return offset == size


def build(kind, transaction, attributes=(), key=None):
    """Build a message as bytes, FINGERPRINT last.

    kind: REQUEST, INDICATION, SUCCESS or ERROR.
    transaction: 12 bytes.
    attributes: (type, bytes) pairs.
    key: password as bytes for MESSAGE-INTEGRITY, None to send none.
    """
    body = b"".join([_attribute(name, value) for name, value in attributes])
    if key is not None:
        head = _header(kind, len(body) + 24, transaction)
        body += _attribute(_MESSAGE_INTEGRITY, mac.hmac_sha1(key, head, body))
    data = _header(kind, len(body) + 8, transaction) + body
    return data + b"\x80\x28\x00\x04" + _fingerprint(data)


def _header(kind, length, transaction):
    return pack("!HH", kind, length) + _COOKIE + transaction


def _attribute(name, value):
    return pack("!HH", name, len(value)) + value + b"\0\0\0"[: -len(value) & 3]


def _fingerprint(data):
    return pack("!I", crc32(data) ^ 0x5354554E)


def xor_address(address):
    """Encode an IPv4 (ip, port) as the value of XOR-MAPPED-ADDRESS."""
    ip, port = address
    octets = bytes([int(part) ^ _COOKIE[i] for i, part in enumerate(ip.split("."))])
    return pack("!BBH", 0, _IPV4, port ^ 0x2112) + octets


def error_value(code, reason):
    """Encode the value of ERROR-CODE; reason is ASCII text for people."""
    return pack("!HBB", 0, code // 100, code % 100) + reason.encode()
