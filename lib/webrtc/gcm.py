"""AES-128-GCM (NIST SP 800-38D) with 96-bit nonces, over cryptolib's ECB mode."""
# MIT License; see LICENSE

from cryptolib import aes

from .mac import equal

# The ESP32 port has neither CTR nor GCM: counters are built here and encrypted in one ECB call.
# GHASH works on 128-bit integers a nibble at a time (Shoup's table): about 0.1 M instructions a
# block on a 32-bit chip, which is nothing for the few short records of a handshake.

TAG_SIZE = 16
NONCE_SIZE = 12

_ECB = 1
_R = 0xE1 << 120  # x^128 = x^7 + x^2 + x + 1, in the reflected bit order of GCM


def _half(v):
    # v times x.
    return v >> 1 ^ _R if v & 1 else v >> 1


def _reductions():
    # What the four bits that a shift by four pushes out are worth.
    table = []
    for bits in range(16):
        for _ in range(4):
            bits = _half(bits)
        table.append(bits)
    return table


_REDUCTION = _reductions()


def _multiples(h):
    # The products of h with all polynomials of four bits; the highest bit is x^0.
    table = [0] * 16
    for bit in (8, 4, 2, 1):
        table[bit] = h
        h = _half(h)
        for lower in range(bit * 2, 16, bit * 2):
            table[lower + bit] = table[lower] ^ table[bit]
    return table


class Gcm:
    """One key, for both sealing and opening."""

    def __init__(self, key):
        self._cipher = aes(key, _ECB)
        self._table = _multiples(int.from_bytes(self._cipher.encrypt(b"\x00" * 16), "big"))

    def _absorb(self, state, data):
        table = self._table
        for start in range(0, len(data), 16):
            block = data[start : start + 16]
            state ^= int.from_bytes(block, "big") << 8 * (16 - len(block))
            nibbles = state.to_bytes(16, "big")
            state = 0
            for i in range(15, -1, -1):
                byte = nibbles[i]
                state = state >> 4 ^ _REDUCTION[state & 15] ^ table[byte & 15]
                state = state >> 4 ^ _REDUCTION[state & 15] ^ table[byte >> 4]
        return state

    def _counters(self, nonce, size):
        # Encrypted counter blocks: the first masks the tag, the others are the key stream.
        blocks = bytearray(16 * (1 + (size + 15) // 16))
        for i in range(len(blocks) // 16):
            at = i * 16
            blocks[at : at + 12] = nonce
            blocks[at + 12 : at + 16] = (i + 1).to_bytes(4, "big")
        self._cipher.encrypt(blocks, blocks)
        return blocks

    def _tag(self, mask, ciphertext, aad):
        state = self._absorb(self._absorb(0, aad), ciphertext)
        lengths = (len(aad) * 8).to_bytes(8, "big") + (len(ciphertext) * 8).to_bytes(8, "big")
        state = self._absorb(state, lengths)
        return (state ^ int.from_bytes(mask, "big")).to_bytes(16, "big")

    def seal(self, nonce, plaintext, aad):
        """Return ciphertext and 16-byte tag. A 12-byte nonce must never repeat under one key."""
        blocks = self._counters(nonce, len(plaintext))
        ciphertext = _xor(plaintext, blocks)
        return ciphertext + self._tag(blocks[:16], ciphertext, aad)

    def open(self, nonce, data, aad):
        """Return the plaintext of ciphertext and tag, or None when the tag is wrong."""
        size = len(data) - TAG_SIZE
        if size < 0:
            return None
        blocks = self._counters(nonce, size)
        ciphertext = data[:size]
        if not equal(self._tag(blocks[:16], ciphertext, aad), data[size:]):
            return None
        return _xor(ciphertext, blocks)


def _xor(data, blocks):
    # data with the key stream, which begins at the second block.
    size = len(data)
    stream = int.from_bytes(blocks[16 : 16 + size], "big")
    return (int.from_bytes(data, "big") ^ stream).to_bytes(size, "big")
