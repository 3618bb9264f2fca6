"""Opus packets (RFC 6716) to 16-bit sound at the rate that is asked for."""
# MIT License; see LICENSE

from .celt_decoder import CeltDecoder
from .packet import CELT, Packet
from .range_decoder import RangeDecoder

# The end of the CELT bands by bandwidth, narrowband to full band (section 4.3).
_END_BANDS = b"\x0d\x11\x11\x13\x15"


class OpusError(ValueError):
    """A packet that breaks the rules of RFC 6716 section 3.4, or has no room in the buffer."""


class Decoder:
    """Decodes Opus at rate_hz: 8000, 16000, 24000 or 48000; 1 or 2 channels, interleaved.

    Nothing below the constructor allocates, but for the first frame of each kind.
    """

    name = "opus"

    def __init__(self, rate_hz=48000, channels=1):
        if rate_hz not in (8000, 16000, 24000, 48000):
            raise ValueError("rate_hz")
        if channels not in (1, 2):
            raise ValueError("channels")
        self.rate_hz = rate_hz
        self.channels = channels
        self.frame_samples = rate_hz // 50
        self._unit = rate_hz // 400
        self._coder = RangeDecoder()
        self._packet = Packet()
        self._celt = CeltDecoder(rate_hz, channels)
        self._end_band = _END_BANDS[4]

    @property
    def final_range(self):
        """The range coder's state after the last frame: equal to the encoder's."""
        return self._coder.final_range

    def packet_samples(self, packet, length=-1):
        """Return how many samples of a channel the packet holds; 0 if it is malformed."""
        length = len(packet) if length < 0 else length
        return self._packet.parse(packet, length) * self._packet.units * self._unit

    def decode_into(self, packet, pcm, length=-1):
        """Decode the first `length` bytes of packet (all by default) into pcm, an array('h').

        Returns the number of samples of a channel. Raises OpusError for a malformed packet or a
        pcm that is too short, before anything is decoded.
        """
        length = len(packet) if length < 0 else length
        parsed = self._packet
        count = parsed.parse(packet, length)
        samples = parsed.units * self._unit
        if not count:
            raise OpusError("malformed packet")
        if len(pcm) < count * samples * self.channels:
            raise OpusError("pcm is too short")
        to = 0
        for i in range(count):
            self._decode_frame(packet, i, pcm, to)
            to += samples * self.channels
        return count * samples

    def conceal_into(self, pcm):
        """Fill pcm with what probably was lost: a multiple of 2.5 ms. Returns its samples."""
        samples = len(pcm) // self.channels
        to = 0
        left = samples // self._unit
        while left:
            size = 3 if left >= 8 else 2 if left >= 4 else 1 if left >= 2 else 0
            to += self._celt.conceal(pcm, to, size, 0, self._end_band) * self.channels
            left -= 1 << size
        return samples

    def _decode_frame(self, packet, i, pcm, to):
        parsed = self._packet
        if parsed.mode != CELT:
            raise OpusError("mode")
        size = _size_of(parsed.units)
        self._end_band = _END_BANDS[parsed.bandwidth]
        if parsed.sizes[i] <= 1:
            # Not sent (section 3.1), or lost.
            self._celt.conceal(pcm, to, size, 0, self._end_band)
            return
        self._coder.start(packet, parsed.starts[i], parsed.sizes[i])
        self._celt.decode_frame(self._coder, pcm, to, size, 0, self._end_band, parsed.channels)


def _size_of(units):
    return 3 if units == 8 else 2 if units == 4 else 1 if units == 2 else 0
