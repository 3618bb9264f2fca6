"""ECDSA on P-256 with SHA-256 (FIPS 186-4 section 6): signing in two halves, verification."""
# MIT License; see LICENSE

from . import der
from .mac import hmac_sha256
from .p256 import N, inverse, multiply_base, multiply_two, random_scalar

# All but a thousandth of a signature's work depends on neither message nor key. prepare() does
# that half in idle time; sign() finishes in 40 k instructions. A half that signed two messages
# would give the key away: whoever keeps halves removes one before using it.


def prepare(urandom, nonce=None):
    """Generator: return the half of a signature that needs no message: (r, blind, 1 / (k blind)).

    nonce: the secret k, 1 to N - 1; random when left out. The result may serve once.
    """
    while True:
        k = random_scalar(urandom) if nonce is None else nonce
        x, _ = yield from multiply_base(k, urandom)
        r = x % N
        if r:
            blind = random_scalar(urandom)
            return r, blind, inverse(k * blind, N)
        nonce = None


def sign(private_key, digest, half):
    """Return the DER signature of a 32-byte digest, using up a half from prepare().

    Key and inverse only meet numbers that the random blind has hidden. Raises ValueError in the
    one case of 2^256 in which another half is needed.
    """
    r, blind, blinded_inverse = half
    e = int.from_bytes(digest, "big")
    s = (e * blind + private_key * blind % N * r) % N * blinded_inverse % N
    if s == 0:
        raise ValueError("signature is zero")
    return der.sequence(der.integer(r), der.integer(s))


def deterministic_nonce(private_key, digest, extra=b""):
    """Return the nonce k of RFC 6979 section 3.2 for a 32-byte digest.

    extra: additional data of section 3.6, hashed in; random bytes hedge against fault attacks
    while a weak random generator still can't repeat a nonce.
    """
    key = private_key.to_bytes(32, "big")
    reduced = (int.from_bytes(digest, "big") % N).to_bytes(32, "big")
    v = b"\x01" * 32
    k = b"\x00" * 32
    k = hmac_sha256(k, v, b"\x00", key, reduced, extra)
    v = hmac_sha256(k, v)
    k = hmac_sha256(k, v, b"\x01", key, reduced, extra)
    v = hmac_sha256(k, v)
    while True:
        v = hmac_sha256(k, v)
        nonce = int.from_bytes(v, "big")
        if 0 < nonce < N:
            return nonce
        k = hmac_sha256(k, v, b"\x00")
        v = hmac_sha256(k, v)


def sign_now(private_key, digest, urandom):
    """Generator: return the DER signature of a digest without a prepared half.

    The nonce is that of RFC 6979 hedged with random bytes.
    """
    nonce = deterministic_nonce(private_key, digest, urandom(32))
    half = yield from prepare(urandom, nonce)
    return sign(private_key, digest, half)


def verify(point, digest, signature):
    """Generator: return True when a DER signature of a 32-byte digest is that of the public point.

    point: affine and checked to be on the curve. A malformed signature is False, not an error.
    """
    try:
        reader = der.Reader(signature)
        body = reader.enter(der.SEQUENCE)
        reader.end()
        r = body.integer()
        s = body.integer()
        body.end()
    except ValueError:
        return False
    if not (0 < r < N and 0 < s < N):
        return False
    w = inverse(s, N)
    yield
    u = int.from_bytes(digest, "big") * w % N
    result = yield from multiply_two(u, r * w % N, point)
    return result is not None and result[0] % N == r
