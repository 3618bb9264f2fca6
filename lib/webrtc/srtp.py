"""SRTP, AES_CM_128_HMAC_SHA1_80 with one master key a direction (RFC 3711)."""
# MIT License; see LICENSE

from hashlib import sha1

from cryptolib import aes
from micropython import const

from . import srtp_viper as fast
from .replay import Stream

TAG_SIZE = const(10)

_MODE_ECB = const(1)
_PAD = const(64)  # the HMAC inner pad stands before the packet, so that one view covers both
_SLACK = const(16)  # tag, or rollover counter while hashing
_SLOTS = const(16)


def derive(key, salt, label, size):
    """Derive `size` bytes of session key for `label` (RFC 3711 4.3.1, derivation rate 0)."""
    cipher = aes(key, _MODE_ECB)
    block = bytearray(16)
    block[:14] = salt
    block[7] ^= label
    out = b""
    while len(out) < size:
        out += cipher.encrypt(block)
        block[15] += 1
    return out[:size]


class Views:
    """Views of the first n bytes of a buffer, kept so that a packet makes none.

    The table is direct-mapped by length: it never grows, and junk lengths cannot hold a slot.
    """

    def __init__(self, whole):
        self._whole = whole
        self._slots = [None] * _SLOTS

    def first(self, n):
        """Return whole[:n]; allocates only when this length was not the last of its slot."""
        slot = (n ^ n >> 4) % _SLOTS  # multiples of 16 must not crowd two slots
        view = self._slots[slot]
        if view is None or len(view) != n:
            view = self._slots[slot] = self._whole[:n]
        return view


def header_size(packet, length):
    """Return the bytes of RTP header before the payload, a multiple of 4, or 0 if malformed."""
    if length < 12 or packet[0] >> 6 != 2:
        return 0
    size = 12 + 4 * (packet[0] & 15)
    if packet[0] & 16:
        size += 4
        if size > length:
            return 0
        size += 4 * (packet[size - 2] << 8 | packet[size - 1])
    return size if size <= length else 0


class Workspace:
    """The buffers of one direction; make it before the heap has holes, long before there are keys.

    capacity: the longest packet in bytes (12..4096). `packet` is where a packet stands while it is
    worked on, and has 16 bytes more.
    """

    def __init__(self, capacity):
        if not 12 <= capacity <= 4096:
            raise ValueError("SRTP capacity must be 12 to 4096 bytes")
        self.capacity = capacity
        self.padded = memoryview(bytearray(_PAD + capacity + _SLACK))
        self.packet = self.padded[_PAD:]
        self.outer = bytearray(_PAD + 20)
        self.blocks = bytearray((capacity + 15) // 16 * 16)
        self.keystream = bytearray(len(self.blocks))


class _Context:
    # Keys of one direction, and views of the workspace.
    def __init__(self, key, salt, capacity, workspace):
        work = workspace or Workspace(capacity)
        self.capacity = work.capacity
        self.packet = work.packet
        self._outer = work.outer
        self._blocks = work.blocks
        self._keystream = work.keystream
        self._hashed = Views(work.padded)
        self._counter = Views(memoryview(work.blocks))
        self._stream = Views(memoryview(work.keystream))
        self._aes = aes(derive(key, salt, 0, 16), _MODE_ECB)
        self._salt = derive(key, salt, 2, 14)
        self._mask = self._salt[12] << 8 | self._salt[13]
        self._iv = bytearray(16)
        self._roc = -1
        mac_key = derive(key, salt, 1, 20)
        for i in range(_PAD):
            octet = mac_key[i] if i < 20 else 0
            work.padded[i] = octet ^ 0x36
            work.outer[i] = octet ^ 0x5C

    # Rebuild all counter blocks for this SSRC (of the packet) and rollover counter.
    def _rekey(self, roc):
        iv = self._iv
        packet = self.packet
        salt = self._salt
        for i in range(14):
            iv[i] = salt[i]
        shift = 24
        for i in range(4):
            iv[4 + i] ^= packet[8 + i]
            iv[8 + i] ^= (roc >> shift) & 255
            shift -= 8
        fast.fill_blocks(self._blocks, len(self._blocks) // 16, iv)
        self._roc = roc

    # Encrypt or decrypt the payload in place; the blocks must stand for its SSRC and ROC.
    def _crypt(self, start, end, sequence):
        count = (end - start + 15) // 16
        if count:
            fast.set_sequence(self._blocks, count, sequence ^ self._mask)
            size = 16 * count
            self._aes.encrypt(self._counter.first(size), self._stream.first(size))
            fast.xor(self.packet, start, end, self._keystream)

    # HMAC over packet and the ROC that stands behind it. The two hash objects and their digests
    # are the only allocation: stock hashlib has no way around them.
    def _mac(self, length):
        digest = sha1(self._hashed.first(_PAD + length + 4)).digest()
        fast.copy(self._outer, _PAD, digest, 0, 20)
        return sha1(self._outer).digest()


class SrtpSender(_Context):
    """Protects the packets of one SSRC, in place in `packet`.

    key, salt: 16 and 14 bytes of master key material. capacity: the longest packet in bytes, its
    tag not counted. workspace: a Workspace to use in its place.
    """

    def __init__(self, key, salt, capacity, workspace=None):
        super().__init__(key, salt, capacity, workspace)
        self._sequence = 0
        self._wire = Views(self.packet)

    def protect(self, length):
        """Encrypt and tag packet[:length]; return the view to send, or None if malformed.

        Sequence numbers must rise; the rollover counter follows them.
        """
        packet = self.packet
        start = header_size(packet, length) if length <= self.capacity else 0
        if not start:
            return None
        sequence = packet[2] << 8 | packet[3]
        roc = self._roc
        if roc < 0:
            self._rekey(0)
            roc = 0
        elif self._sequence - sequence > 0x7FFF:
            roc += 1
            self._rekey(roc)
        self._sequence = sequence
        self._crypt(start, length, sequence)
        fast.put_word(packet, length, roc >> 16, roc & 0xFFFF)
        fast.copy(packet, length, self._mac(length), 0, TAG_SIZE)
        return self._wire.first(length + TAG_SIZE)


class SrtpReceiver(_Context):
    """Checks, decrypts and admits packets of several SSRCs, each once, in place in `packet`.

    key, salt: 16 and 14 bytes of master key material. capacity: the longest packet in bytes, tag
    included. workspace: a Workspace to use in its place. What was dropped is counted in
    `malformed`, `replayed` (also: too old), `forged` and `refused` (one SSRC too many).
    """

    # Contexts live as long as the keys, or packets of a forgotten SSRC could be replayed. More
    # SSRCs than this in one session are refused.
    max_streams = 16

    def __init__(self, key, salt, capacity, workspace=None):
        super().__init__(key, salt, capacity, workspace)
        self.malformed = 0
        self.replayed = 0
        self.forged = 0
        self.refused = 0
        self.stream = None  # that of the last packet that was admitted
        self._streams = []
        self._keyed = None  # that which the counter blocks stand for
        self._tag = bytearray(TAG_SIZE)

    @property
    def rejected(self):
        """Packets dropped for any reason."""
        return self.malformed + self.replayed + self.forged + self.refused

    def load(self, data):
        """Copy a datagram into `packet`; return its length, or 0 if it does not fit."""
        length = len(data)
        if length > self.capacity:
            return 0
        fast.copy(self.packet, 0, data, 0, length)
        return length

    def unprotect(self, length):
        """Admit packet[:length]; return its length without tag, or 0 if it was dropped (counted).

        Then `stream` tells whose packet it was: `stream.ssrc` (4 bytes), `stream.roc`.
        """
        packet = self.packet
        body = length - TAG_SIZE
        start = header_size(packet, body) if length <= self.capacity else 0
        if not start:
            self.malformed += 1
            return 0
        sequence = packet[2] << 8 | packet[3]
        stream = self._find()
        roc = stream.estimate(sequence) if stream else 0
        if roc < 0:
            self.replayed += 1
            return 0
        roc = self._authentic(body, roc, stream)
        if roc < 0:
            self.forged += 1
            return 0
        if stream is None:
            stream = self._add()
            if stream is None:
                self.refused += 1
                return 0
        if stream is not self._keyed or roc != self._roc:
            self._rekey(roc)
            self._keyed = stream
        self._crypt(start, body, sequence)
        stream.accept(roc, sequence)
        self.stream = stream
        return body

    # The rollover counter under which the tag is right, or -1. A stream that is not settled is
    # also tried with 0, since the packet that its estimate rests on may have been a straggler.
    def _authentic(self, body, roc, stream):
        tag = self._tag
        fast.take_tag(self.packet, body, tag, roc >> 16, roc & 0xFFFF)
        if not fast.differ(self._mac(body), 0, tag, TAG_SIZE):
            return roc
        if roc == 0 or stream.settled:
            return -1
        fast.put_word(self.packet, body, 0, 0)
        return -1 if fast.differ(self._mac(body), 0, tag, TAG_SIZE) else 0

    def _find(self):
        packet = self.packet
        stream = self.stream
        if stream and not fast.differ(packet, 8, stream.ssrc, 4):
            return stream
        for stream in self._streams:
            if not fast.differ(packet, 8, stream.ssrc, 4):
                return stream
        return None

    def _add(self):
        if len(self._streams) >= self.max_streams:
            return None
        stream = Stream(bytes(self.packet[8:12]))
        self._streams.append(stream)
        return stream
