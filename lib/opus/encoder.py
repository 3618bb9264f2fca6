"""16-bit mono sound to Opus packets (RFC 6716) of one CELT frame each."""
# MIT License; see LICENSE

from .celt_encoder import CeltEncoder
from .packet import FULLBAND, MAX_FRAME_BYTES, NARROWBAND, SUPERWIDEBAND, WIDEBAND

# The end of the CELT bands and the configuration of 2.5 ms frames (section 3.1, table 2).
_BANDWIDTHS = {
    NARROWBAND: (13, 16),
    WIDEBAND: (17, 20),
    SUPERWIDEBAND: (19, 24),
    FULLBAND: (21, 28),
}
_WIDEST = {8000: NARROWBAND, 16000: WIDEBAND, 24000: SUPERWIDEBAND, 48000: FULLBAND}


class Encoder:
    """Encodes Opus from rate_hz: 8000, 16000, 24000 or 48000, mono, frames of 10 or 20 ms.

    bitrate_bps is 8000 to 64000 and may be changed between frames. Nothing below the constructor
    allocates. Raises ValueError for what there is not.
    """

    name = "OPUS"

    def __init__(self, rate_hz=16000, bitrate_bps=24000, frame_ms=20):
        if rate_hz not in _WIDEST:
            raise ValueError("rate_hz")
        if frame_ms not in (10, 20):
            raise ValueError("frame_ms")
        self.rate_hz = rate_hz
        self.bitrate_bps = bitrate_bps
        self.frame_samples = rate_hz // 1000 * frame_ms
        self._rate = 1000 // frame_ms
        self._size = 3 if frame_ms == 20 else 2
        self._bandwidth = _WIDEST[rate_hz]
        self._celt = CeltEncoder(rate_hz)

    @property
    def final_range(self):
        """The range coder's state after the last frame: a decoder's is equal."""
        return self._celt.coder.final_range

    def encode_into(self, pcm, packet):
        """Encode frame_samples of pcm, an array('h'), into packet. Returns the packet's bytes."""
        length = min(self.bitrate_bps // (8 * self._rate), MAX_FRAME_BYTES + 1, len(packet))
        end, config = _BANDWIDTHS[self._bandwidth]
        packet[0] = config + self._size << 3
        self._celt.encode_frame(pcm, packet, 1, length - 1, self._size, end)
        return length
