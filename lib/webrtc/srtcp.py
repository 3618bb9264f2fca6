"""SRTCP, AES_CM_128_HMAC_SHA1_80 (RFC 3711 3.4): plain Python, a packet every few seconds."""
# MIT License; see LICENSE

from cryptolib import aes
from micropython import const

from . import mac
from .srtp import TAG_SIZE, derive

_MODE_ECB = const(1)
_HEADER = const(8)  # the first header and the sender's SSRC stay readable
_TRAILER = const(4)  # E flag and index
_ENCRYPTED = const(0x80)
_WINDOW = const(64)
_MAX_INDEX = const(0x3FFFFFFF)  # of 2**31; more than anybody sends


class _Keys:
    def __init__(self, key, salt):
        self._aes = aes(derive(key, salt, 3, 16), _MODE_ECB)
        self._mac_key = derive(key, salt, 4, 20)
        self._salt = derive(key, salt, 5, 14)

    def _crypt(self, packet, end, index):
        block = bytearray(16)
        block[:14] = self._salt
        for i in range(4):
            block[4 + i] ^= packet[4 + i]
            block[10 + i] ^= (index >> (24 - 8 * i)) & 255
        stream = b""
        for number in range((end - _HEADER + 15) // 16):
            block[15] = number
            stream += self._aes.encrypt(block)
        for i in range(_HEADER, end):
            packet[i] ^= stream[i - _HEADER]

    def _tag(self, packet):
        return mac.hmac_sha1(self._mac_key, packet)[:TAG_SIZE]


class SrtcpSender(_Keys):
    """Protects compound RTCP packets. key, salt: 16 and 14 bytes of master key material."""

    def __init__(self, key, salt):
        super().__init__(key, salt)
        self._index = 0

    def protect(self, data):
        """Return the protected packet for a compound packet of 8 to 1400 bytes."""
        self._index += 1
        packet = bytearray(data)
        self._crypt(packet, len(packet), self._index)
        packet += (self._index | _ENCRYPTED << 24).to_bytes(_TRAILER, "big")
        packet += self._tag(packet)
        return bytes(packet)


class SrtcpReceiver(_Keys):
    """Checks and decrypts compound RTCP packets, each once; counts what it drops in `rejected`."""

    max_sources = 16

    def __init__(self, key, salt):
        super().__init__(key, salt)
        self.rejected = 0
        self._windows = {}  # SSRC: (highest index, bits of the last ones)

    def unprotect(self, data):
        """Return the compound packet, or None when it is malformed, forged or replayed."""
        packet = self._open(data)
        if packet is None:
            self.rejected += 1
        return packet

    def _open(self, data):
        end = len(data) - TAG_SIZE - _TRAILER
        if end < _HEADER or end > 1500 or data[0] >> 6 != 2:
            return None
        if not mac.equal(self._tag(data[:-TAG_SIZE]), data[-TAG_SIZE:]):
            return None
        index = (data[end] & 0x7F) << 24 | data[end + 1] << 16 | data[end + 2] << 8 | data[end + 3]
        if index > _MAX_INDEX or not self._is_new(bytes(data[4:8]), index):
            return None
        packet = bytearray(data[:end])
        if data[end] & _ENCRYPTED:
            self._crypt(packet, end, index)
        return packet

    # Check and move the replay window; called with authentic packets only.
    def _is_new(self, ssrc, index):
        if ssrc not in self._windows and len(self._windows) >= self.max_sources:
            return False
        highest, bits = self._windows.get(ssrc, (-1, 0))
        if index > highest:
            shift = min(index - highest, _WINDOW)
            bits = (bits << shift | 1) & ((1 << _WINDOW) - 1)
            self._windows[ssrc] = (index, bits)
            return True
        mask = 1 << (highest - index)
        if highest - index >= _WINDOW or bits & mask:
            return False
        self._windows[ssrc] = (highest, bits | mask)
        return True
