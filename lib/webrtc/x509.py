"""X.509 certificates (RFC 5280): makes our self-signed one, takes the public key from a peer's."""
# MIT License; see LICENSE

from binascii import hexlify, unhexlify
from hashlib import sha256

from . import der, ecdsa, rsa
from .p256 import decode_point, encode_point

# In WebRTC a certificate is trusted by its fingerprint alone (RFC 8827 section 6.5): names, dates
# and signatures in it carry no meaning and are not looked at.

EC = "ec"
RSA = "rsa"

_ECDSA_SHA256 = unhexlify("300a06082a8648ce3d040302")
_EC_PUBLIC_KEY = unhexlify("2a8648ce3d0201")
_PRIME256V1 = unhexlify("2a8648ce3d030107")
_RSA_ENCRYPTION = unhexlify("2a864886f70d010101")
_COMMON_NAME = unhexlify("550403")
_VERSION_3 = unhexlify("a003020102")
# No clock is needed to make one, and no peer compares the dates with its own.
_NOT_BEFORE = b"200101000000Z"
_NOT_AFTER = b"491231235959Z"
_EXPLICIT_0 = 0xA0


def make(private_key, public_key, urandom, name=b"roomtone"):
    """Generator: return a self-signed certificate (DER, about 280 bytes) for a P-256 key pair."""
    serial = bytearray(urandom(8))
    serial[0] = serial[0] & 0x7F | 0x40  # positive, and of one length
    common_name = der.sequence(
        der.element(der.OBJECT_ID, _COMMON_NAME), der.element(der.UTF8_STRING, name)
    )
    names = der.sequence(der.element(der.SET, common_name))
    body = der.sequence(
        _VERSION_3,
        der.element(der.INTEGER, serial),
        _ECDSA_SHA256,
        names,
        der.sequence(
            der.element(der.UTC_TIME, _NOT_BEFORE), der.element(der.UTC_TIME, _NOT_AFTER)
        ),
        names,
        _ec_key_info(public_key),
    )
    signature = yield from ecdsa.sign_now(private_key, sha256(body).digest(), urandom)
    return der.sequence(body, _ECDSA_SHA256, der.element(der.BIT_STRING, b"\x00", signature))


def _ec_key_info(public_key):
    algorithm = der.sequence(
        der.element(der.OBJECT_ID, _EC_PUBLIC_KEY), der.element(der.OBJECT_ID, _PRIME256V1)
    )
    return der.sequence(algorithm, der.element(der.BIT_STRING, b"\x00", encode_point(public_key)))


def public_key(certificate):
    """Return ("ec", (x, y)) or ("rsa", (modulus, exponent)) of a DER certificate.

    The point is checked to be on P-256, the RSA key to have 2048 to 4096 bits. Raises ValueError
    for anything malformed, and for keys of other kinds.
    """
    body = der.Reader(certificate).enter(der.SEQUENCE).enter(der.SEQUENCE)
    if body.peek() == _EXPLICIT_0:
        body.next(_EXPLICIT_0)
    body.next(der.INTEGER)  # serial
    for _ in range(4):  # signature algorithm, issuer, validity, subject
        body.next(der.SEQUENCE)
    info = body.enter(der.SEQUENCE)
    algorithm = info.enter(der.SEQUENCE)
    kind = algorithm.content(der.OBJECT_ID)
    key = info.bits()
    info.end()
    if kind == _EC_PUBLIC_KEY:
        if algorithm.content(der.OBJECT_ID) != _PRIME256V1:
            raise ValueError("certificate's key is not on P-256")
        return EC, decode_point(key)
    if kind == _RSA_ENCRYPTION:
        return RSA, _rsa_key(key)
    raise ValueError("certificate's key is neither EC nor RSA")


def _rsa_key(data):
    numbers = der.Reader(data).enter(der.SEQUENCE)
    modulus = numbers.integer()
    exponent = numbers.integer()
    numbers.end()
    rsa.check_key(modulus, exponent)
    return modulus, exponent


def fingerprint(certificate):
    """Return the SHA-256 fingerprint as SDP writes it (RFC 8122): "AB:CD:..", 95 characters."""
    return hexlify(sha256(certificate).digest(), ":").decode().upper()
