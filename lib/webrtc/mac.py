"""HMAC-SHA1 and HMAC-SHA256 (RFC 2104), and constant-time comparison."""
# MIT License; see LICENSE

import hashlib

# Both hashes work on blocks of 64 bytes. The pads are xored as one big integer: a byte loop
# would cost more than the hash itself. Hash objects of the ESP32 port can't be copied, so the
# inner state of a key is not cached.
_BLOCK = 64
_IPAD = int.from_bytes(b"\x36" * 64, "big")
_OPAD = int.from_bytes(b"\x5c" * 64, "big")


def _hmac(hash_type, key, parts):
    if len(key) > _BLOCK:
        key = hash_type(key).digest()
    padded = int.from_bytes(key, "big") << (8 * (_BLOCK - len(key)))
    inner = hash_type((padded ^ _IPAD).to_bytes(_BLOCK, "big"))
    for part in parts:
        inner.update(part)
    outer = hash_type((padded ^ _OPAD).to_bytes(_BLOCK, "big"))
    outer.update(inner.digest())
    return outer.digest()


def hmac_sha1(key, *parts):
    """Return the 20-byte HMAC-SHA1 of the concatenated parts.

    key: bytes of any length. parts: bytes-like objects, hashed in order without joining them.
    """
    return _hmac(hashlib.sha1, key, parts)


def hmac_sha256(key, *parts):
    """Return the 32-byte HMAC-SHA256 of the concatenated parts.

    key: bytes of any length. parts: bytes-like objects, hashed in order without joining them.
    """
    return _hmac(hashlib.sha256, key, parts)


def equal(a, b):
    """Compare two byte strings in a time that depends on their lengths only.

    For authentication tags and other values a remote party could guess byte by byte.
    """
    if len(a) != len(b):
        return False
    difference = 0
    for i in range(len(a)):
        difference |= a[i] ^ b[i]
    return difference == 0
