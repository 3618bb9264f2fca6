"""Opus as a call has it: 16 kHz mono, 20 ms a packet, at a rate that follows the loss."""
# MIT License; see LICENSE

from micropython import const
from opus.decoder import Decoder
from opus.encoder import Encoder

from .bitrate import Bitrate

_RATE_HZ = const(16000)


class OpusCodec:
    """Both directions of an Opus call; the codec of roomtone.media and audio.jitter.

    Nothing below the constructor allocates, but for the first frame of each kind.
    """

    name = "opus"
    rate_hz = _RATE_HZ
    clock_hz = 48000  # of RTP, whatever the rate (RFC 7587 section 4.1)
    frame_samples = _RATE_HZ // 50
    chunk_ms = 10  # SILK conceals no less

    def __init__(self):
        self._decoder = Decoder(_RATE_HZ)
        self.bitrate = Bitrate()
        self._encoder = Encoder(_RATE_HZ, self.bitrate.bps)
        # The decoder's own methods: a call less for each frame.
        self.packet_samples = self._decoder.packet_samples
        self.decode_into = self._decoder.decode_into
        self.conceal_into = self._decoder.conceal_into
        self.recover_into = self._decoder.recover_into
        self.encode_into = self._encoder.encode_into

    def restart(self):
        """Begin a new connection, whose far end knows nothing of what was encoded before."""
        self._encoder.reset()

    def adapt(self, loss):
        """Take what the far end reports of our packets: lost of 256 (RFC 3550 section 6.4.1)."""
        if self.bitrate.report(loss):
            self._encoder.bitrate_bps = self.bitrate.bps
