"""RSA signatures with SHA-256, verification only (RFC 8017): for peers with RSA certificates."""
# MIT License; see LICENSE

from hashlib import sha256

from micropython import const

MIN_BITS = const(2048)
MAX_BITS = const(4096)

_MAX_EXPONENT = const(0x1FFFFFFF)  # 65537 everywhere; the cap bounds the work
_SALT_SIZE = const(32)
# DigestInfo of SHA-256 (RFC 8017 section 9.2, note 1).
_DIGEST_INFO = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"


def check_key(modulus, exponent):
    """Raise ValueError unless the key is odd, 2048 to 4096 bits, with a small odd exponent."""
    if not (modulus & 1 and modulus >> MIN_BITS - 1 and not modulus >> MAX_BITS):
        raise ValueError("RSA key must have 2048 to 4096 bits")
    if not (exponent & 1 and 3 <= exponent <= _MAX_EXPONENT):
        raise ValueError("RSA exponent must be small and odd")


def _message(modulus, exponent, signature):
    # The encoded message inside a signature, as long as the modulus, or None. Square and multiply
    # by hand, because pow() would stop the event loop: a squaring of 4096 bits takes 1 M
    # instructions.
    size = (_bit_length(modulus) + 7) // 8
    s = int.from_bytes(signature, "big")
    if len(signature) != size or s >= modulus:
        return None
    result = s
    for i in range(_bit_length(exponent) - 2, -1, -1):
        result = result * result % modulus
        if exponent >> i & 1:
            result = result * s % modulus
        yield
    return result.to_bytes(size, "big")


def _bit_length(n):
    # MicroPython's integers have no bit_length().
    size = 0
    while n >> size + 64:
        size += 64
    while n >> size:
        size += 1
    return size


def verify_pkcs1(modulus, exponent, digest, signature):
    """Generator: return True for a valid RSASSA-PKCS1-v1_5 signature of a 32-byte digest."""
    message = yield from _message(modulus, exponent, signature)
    if message is None:
        return False
    padding = b"\xff" * (len(message) - 3 - len(_DIGEST_INFO) - len(digest))
    return message == b"\x00\x01" + padding + b"\x00" + _DIGEST_INFO + digest


def verify_pss(modulus, exponent, digest, signature):
    """Generator: return True for a valid RSASSA-PSS signature, SHA-256, MGF1, 32-byte salt."""
    message = yield from _message(modulus, exponent, signature)
    if message is None:
        return False
    bits = _bit_length(modulus) - 1
    if bits & 7 == 0:
        # The encoded message is one byte shorter than the modulus.
        if message[0]:
            return False
        message = message[1:]
    if message[-1] != 0xBC:
        return False
    mask_at = len(message) - 33
    h = message[mask_at:-1]
    top = 0xFF >> (8 * len(message) - bits)
    if message[0] & ~top:
        return False
    block = bytearray(_unmask(message[:mask_at], h))
    block[0] &= top
    salt_at = mask_at - _SALT_SIZE
    if block[salt_at - 1] != 1 or any(block[: salt_at - 1]):
        return False
    return sha256(b"\x00" * 8 + digest + block[salt_at:]).digest() == h


def _unmask(data, seed):
    # data xor MGF1(seed).
    size = len(data)
    mask = b"".join(sha256(seed + i.to_bytes(4, "big")).digest() for i in range((size + 31) // 32))
    return (int.from_bytes(data, "big") ^ int.from_bytes(mask[:size], "big")).to_bytes(size, "big")
