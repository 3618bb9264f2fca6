"""MicroPython's `cryptolib` for CPython: AES in ECB (1) and CBC (2), as the ESP32 port has it."""
# MIT License; see LICENSE

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_ECB = 1
_CBC = 2


class aes:
    """One direction an object; the length must be a multiple of 16 bytes."""

    def __init__(self, key: bytes, mode: int, iv: bytes | None = None) -> None:
        if mode not in (_ECB, _CBC):
            raise ValueError("mode")
        chaining = modes.ECB() if mode == _ECB else modes.CBC(bytes(iv))
        self._cipher = Cipher(algorithms.AES(bytes(key)), chaining)
        self._context = None
        self._direction = None

    def _run(self, direction: str, data, out):
        if len(data) % 16:
            raise ValueError("blksize % 16")
        if self._direction is None:
            self._direction = direction
            self._context = getattr(self._cipher, direction)()
        elif self._direction != direction:
            raise ValueError("can't use an object in both directions")
        result = self._context.update(bytes(data))
        if out is None:
            return result
        if len(out) < len(result):
            raise ValueError("buffer too small")
        memoryview(out).cast("B")[: len(result)] = result
        return out

    def encrypt(self, data, out=None):
        return self._run("encryptor", data, out)

    def decrypt(self, data, out=None):
        return self._run("decryptor", data, out)
