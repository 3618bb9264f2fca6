"""G.711 in both laws (ITU-T G.711, RFC 3551 section 4.5.14), with concealment of lost frames."""
# MIT License; see LICENSE

from array import array

from micropython import const

from .conceal import Concealer
from .g711_viper import decode, encode

_ULAW_BIAS = const(132)  # 33 of the 14-bit scale of G.711 table 2a, on the 16-bit scale
_ULAW_INVERT = const(0xFF)
_ALAW_INVERT = const(0xD5)  # even bits inverted, and the sign bit set for positive samples

# Segments 1 to 7, by the seven upper bits of a magnitude: (base << 4) | shift of the mantissa.
_SEGMENTS = (
    b"\x04" * 2
    + b"\x15" * 4
    + b"\x26" * 8
    + b"\x37" * 16
    + b"\x48" * 32
    + b"\x59" * 64
    + b"\x6a" * 128
)


# The linear value of a code, G.711 tables 1 and 2, column 8, on a scale of 16 bits.
def _ulaw_expand(code):
    code ^= _ULAW_INVERT
    magnitude = ((((code & 15) << 3) + _ULAW_BIAS) << ((code >> 4) & 7)) - _ULAW_BIAS
    return -magnitude if code & 0x80 else magnitude


def _alaw_expand(code):
    code ^= _ALAW_INVERT
    segment = (code >> 4) & 7
    magnitude = ((code & 15) << 4) + 8
    if segment:
        magnitude = (magnitude + 256) << (segment - 1)
    return -magnitude if code & 0x80 else magnitude


class _G711:
    """One direction pair of a G.711 call: 8 kHz, one byte a sample.

    Nothing below the constructor allocates. A wrong size is dropped and counted in `dropped`.
    """

    rate_hz = 8000
    frame_samples = 160

    def __init__(self, segments, bias, invert, expand):
        self.dropped = 0
        self._segments = segments + _SEGMENTS
        self._bias = bias
        self._invert = invert
        self._table = array("h", bytes(512))
        for code in range(256):
            self._table[code] = expand(code)
        self._concealer = Concealer(self.rate_hz)

    def encode_into(self, pcm, packet):
        """Encode all samples of pcm (array('h') or its memoryview) into packet.

        Returns the number of bytes written; 0 when packet is too short, and nothing is written.
        """
        count = len(pcm)
        if count > len(packet):
            self.dropped += 1
            return 0
        encode(pcm, packet, count, self._segments, self._bias, self._invert)
        return count

    def decode_into(self, packet, pcm, length=-1):
        """Decode the first `length` bytes of packet (all by default) into pcm.

        Returns the number of samples written; 0 when pcm is too short or length is not in packet.
        After concealed frames the first samples are cross-faded with the concealment.
        """
        if length < 0:
            length = len(packet)
        if length > len(packet) or length > len(pcm):
            self.dropped += 1
            return 0
        decode(packet, pcm, length, self._table)
        self._concealer.heal(pcm, length)
        return length

    def packet_samples(self, packet, length):
        """Return how many samples the first `length` bytes of packet decode to."""
        return length

    def conceal_into(self, pcm):
        """Fill pcm with what a lost frame probably was; fades to silence. Returns the samples."""
        return self._concealer.conceal_into(pcm)


class Pcmu(_G711):
    """G.711 mu-law, `PCMU/8000`, payload type 0."""

    name = "PCMU"
    payload_type = 0

    def __init__(self):
        super().__init__(b"\xf3\xf3", _ULAW_BIAS, _ULAW_INVERT, _ulaw_expand)


class Pcma(_G711):
    """G.711 A-law, `PCMA/8000`, payload type 8."""

    name = "PCMA"
    payload_type = 8

    def __init__(self):
        super().__init__(b"\x04\x04", 0, _ALAW_INVERT, _alaw_expand)
