"""ClientHello and ServerHello (RFC 5246 section 7.4.1), with the extensions of DTLS-SRTP."""
# MIT License; see LICENSE

from .wire import (
    HANDSHAKE_FAILURE,
    ILLEGAL_PARAMETER,
    PROTOCOL_VERSION,
    VERSION,
    Cursor,
    Refused,
    vector,
)

# ECDHE with AES-128-GCM and SHA-256; ECDSA is the one suite that all WebRTC peers have.
_ECDSA_SUITE = b"\xc0\x2b"
_RSA_SUITE = b"\xc0\x2f"
_RENEGOTIATION_SCSV = b"\x00\xff"

_SUPPORTED_GROUPS = b"\x00\x0a"
_POINT_FORMATS = b"\x00\x0b"
_SIGNATURE_ALGORITHMS = b"\x00\x0d"
_USE_SRTP = b"\x00\x0e"
_EXTENDED_MASTER_SECRET = b"\x00\x17"
_RENEGOTIATION_INFO = b"\xff\x01"

_SECP256R1 = b"\x00\x17"
_SRTP_AES128_CM_SHA1_80 = b"\x00\x01"
_SRTP_OFFER = b"\x00\x02" + _SRTP_AES128_CM_SHA1_80 + b"\x00"  # one profile, no MKI
SCHEMES = b"\x04\x03\x04\x01\x08\x04"  # ECDSA, RSA PKCS #1 and RSA PSS, all with SHA-256


def _extension(kind, data):
    return kind + vector(2, data)


def client_hello(random, cookie):
    """Return the body of our ClientHello. random: 32 bytes. cookie: of HelloVerifyRequest."""
    extensions = (
        _extension(_SUPPORTED_GROUPS, vector(2, _SECP256R1))
        + _extension(_POINT_FORMATS, b"\x01\x00")
        + _extension(_SIGNATURE_ALGORITHMS, vector(2, SCHEMES))
        + _extension(_USE_SRTP, _SRTP_OFFER)
        + _extension(_EXTENDED_MASTER_SECRET, b"")
        + _extension(_RENEGOTIATION_INFO, b"\x00")
    )
    return (
        VERSION
        + random
        + b"\x00"  # no session to resume
        + vector(1, cookie)
        + vector(2, _ECDSA_SUITE + _RSA_SUITE)
        + b"\x01\x00"  # no compression
        + vector(2, extensions)
    )


def hello_verify_cookie(body):
    """Return the cookie of a HelloVerifyRequest."""
    cursor = Cursor(body)
    cursor.take(2)  # the version here says nothing (RFC 6347 section 4.2.1)
    cookie = cursor.vector(1)
    cursor.end()
    return cookie


def _extensions(cursor):
    # -> {kind: content}; a repeated one is an error (RFC 5246 section 7.4.1.4).
    found = {}
    if cursor.more():
        block = Cursor(cursor.vector(2))
        while block.more():
            kind = block.take(2)
            if kind in found:
                raise Refused(ILLEGAL_PARAMETER, "peer repeats a hello extension")
            found[kind] = block.vector(2)
    cursor.end()
    return found


def _require(extensions, offers_srtp):
    if _EXTENDED_MASTER_SECRET not in extensions:
        raise Refused(HANDSHAKE_FAILURE, "peer lacks the extended master secret")
    if not offers_srtp:
        raise Refused(HANDSHAKE_FAILURE, "peer lacks SRTP with AES128_CM_HMAC_SHA1_80")


def parse_server_hello(body):
    """Return the server's random. Raises Refused when it chose what we can't do."""
    cursor = Cursor(body)
    if cursor.take(2) != VERSION:
        raise Refused(PROTOCOL_VERSION, "peer does not speak DTLS 1.2")
    random = cursor.take(32)
    cursor.vector(1)  # session id: resumption is never asked for
    if cursor.take(2) not in (_ECDSA_SUITE, _RSA_SUITE) or cursor.take(1) != b"\x00":
        raise Refused(ILLEGAL_PARAMETER, "peer chose a cipher suite that was not offered")
    extensions = _extensions(cursor)
    _require(extensions, extensions.get(_USE_SRTP) == _SRTP_OFFER)
    return random


def _pairs(data):
    return [data[i : i + 2] for i in range(0, len(data), 2)]


class ClientHello:
    """A client's hello that we can answer: its random, and which extensions want an answer."""

    def __init__(self, body):
        """Parse the body of a ClientHello. Raises Refused, or ValueError when malformed."""
        cursor = Cursor(body)
        version = cursor.take(2)
        # Versions count downwards: 1.2 is FEFD, and what is older is greater.
        if version[0] != 0xFE or version[1] > 0xFD:
            raise Refused(PROTOCOL_VERSION, "peer does not speak DTLS 1.2")
        self.random = cursor.take(32)
        cursor.vector(1)
        cursor.vector(1)
        suites = _pairs(cursor.vector(2))
        compression = cursor.vector(1)
        self._extensions = extensions = _extensions(cursor)
        if _ECDSA_SUITE not in suites or 0 not in compression:
            raise Refused(HANDSHAKE_FAILURE, "peer offers no cipher suite that we have")
        if not self._offers(_SUPPORTED_GROUPS, _SECP256R1):
            raise Refused(HANDSHAKE_FAILURE, "peer offers no P-256")
        if not self._offers(_SIGNATURE_ALGORITHMS, SCHEMES[:2]):
            raise Refused(HANDSHAKE_FAILURE, "peer takes no ECDSA signatures")
        _require(extensions, self._offers(_USE_SRTP, _SRTP_AES128_CM_SHA1_80))
        self._renegotiation = _RENEGOTIATION_INFO in extensions or _RENEGOTIATION_SCSV in suites

    def _offers(self, kind, wanted):
        # All three lists asked for begin with a vector of 2-byte numbers.
        data = self._extensions.get(kind)
        return data is not None and wanted in _pairs(Cursor(data).vector(2))

    def answer(self, random):
        """Return the body of the ServerHello that answers it."""
        extensions = _extension(_USE_SRTP, _SRTP_OFFER) + _extension(_EXTENDED_MASTER_SECRET, b"")
        if _POINT_FORMATS in self._extensions:
            extensions += _extension(_POINT_FORMATS, b"\x01\x00")
        if self._renegotiation:
            extensions += _extension(_RENEGOTIATION_INFO, b"\x00")
        return VERSION + random + b"\x00" + _ECDSA_SUITE + b"\x00" + vector(2, extensions)
