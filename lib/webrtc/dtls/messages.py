"""The handshake messages after the hellos (RFC 5246 section 7.4, RFC 8422 section 5)."""
# MIT License; see LICENSE

from hashlib import sha256

from .. import ecdsa, rsa, x509
from .hello import SCHEMES
from .wire import (
    BAD_CERTIFICATE,
    DECRYPT_ERROR,
    ECDSA_P256_SHA256,
    HANDSHAKE_FAILURE,
    ILLEGAL_PARAMETER,
    RSA_PKCS1_SHA256,
    RSA_PSS_SHA256,
    Cursor,
    Refused,
    vector,
)

_NAMED_CURVE_P256 = b"\x03\x00\x17"
_ECDSA_SIGN = 64
_ECDSA_SCHEME = ECDSA_P256_SHA256.to_bytes(2, "big")


def certificate(der):
    """Return the body of a Certificate message that holds one certificate."""
    return vector(3, vector(3, der))


def peer_key(body, fingerprint):
    """Return (kind, public key) of a Certificate message whose first certificate is expected.

    fingerprint: the 32-byte SHA-256 that signaling gave. It is compared before anything inside
    the certificate is looked at. Raises Refused.
    """
    chain = Cursor(Cursor(body).vector(3))
    if not chain.more():
        raise Refused(HANDSHAKE_FAILURE, "peer sent no certificate")
    der = chain.vector(3)
    if sha256(der).digest() != fingerprint:
        raise Refused(BAD_CERTIFICATE, "peer's certificate does not match its fingerprint")
    try:
        return x509.public_key(der)
    except ValueError as error:
        raise Refused(BAD_CERTIFICATE, str(error)) from error


def server_parameters(point):
    """Return the signed part of ServerKeyExchange: the curve and an encoded point."""
    return _NAMED_CURVE_P256 + vector(1, point)


def parse_server_key_exchange(body):
    """Return (signed part, encoded point, scheme, signature)."""
    cursor = Cursor(body)
    if cursor.take(3) != _NAMED_CURVE_P256:
        raise Refused(ILLEGAL_PARAMETER, "peer chose a curve that was not offered")
    point = cursor.vector(1)
    scheme, signature = _signature(cursor)
    return server_parameters(point), point, scheme, signature


def signed(signature):
    """Return one of our ECDSA signatures as it ends a message."""
    return _ECDSA_SCHEME + vector(2, signature)


def _signature(cursor):
    scheme = cursor.number(2)
    signature = cursor.vector(2)
    cursor.end()
    return scheme, signature


def parse_certificate_verify(body):
    """Return (scheme, signature)."""
    return _signature(Cursor(body))


def certificate_request():
    """Return the body of our CertificateRequest: any scheme that we verify, no names."""
    return b"\x02\x40\x01" + vector(2, SCHEMES) + b"\x00\x00"


def check_certificate_request(body):
    """Raise Refused when the server takes no ECDSA certificate with SHA-256."""
    cursor = Cursor(body)
    types = cursor.vector(1)
    schemes = Cursor(cursor.vector(2))
    cursor.vector(2)
    cursor.end()
    while schemes.more():
        if schemes.number(2) == ECDSA_P256_SHA256 and _ECDSA_SIGN in types:
            return
    raise Refused(HANDSHAKE_FAILURE, "peer takes no ECDSA certificate")


def client_key_exchange(point):
    """Return the body of ClientKeyExchange for an encoded point."""
    return vector(1, point)


def parse_client_key_exchange(body):
    """Return the client's encoded point."""
    cursor = Cursor(body)
    point = cursor.vector(1)
    cursor.end()
    return point


def check_signature(key, scheme, digest, signature):
    """Generator: raise Refused unless the signature of a 32-byte digest is by the peer's key.

    key: (kind, public key) from peer_key().
    """
    kind, public = key
    if kind == x509.EC and scheme == ECDSA_P256_SHA256:
        good = yield from ecdsa.verify(public, digest, signature)
    elif kind == x509.RSA and scheme == RSA_PSS_SHA256:
        good = yield from rsa.verify_pss(*public, digest, signature)
    elif kind == x509.RSA and scheme == RSA_PKCS1_SHA256:
        good = yield from rsa.verify_pkcs1(*public, digest, signature)
    else:
        raise Refused(ILLEGAL_PARAMETER, "peer signed with a scheme that was not offered")
    if not good:
        raise Refused(DECRYPT_ERROR, "peer's signature is wrong")
