"""Opus packets (RFC 6716) to 16-bit sound at the rate that is asked for."""
# MIT License; see LICENSE

from .frames import FrameDecoder
from .packet import CELT, Packet


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
        self._packet = Packet()
        self._frames = FrameDecoder(rate_hz, channels)
        self._last_mode = None

    @property
    def final_range(self):
        """The range coder's state after the last frame: equal to the encoder's.

        At 16 kHz and less this does not hold for hybrid frames: their CELT layer, all of it above
        8 kHz, is not read then.
        """
        return self._frames.final_range

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
        values = samples * self.channels
        if len(pcm) < count * values:
            raise OpusError("pcm is too short")
        self._last_mode = parsed.mode
        frames = self._frames
        for i in range(count):
            frames.decode(packet, parsed, i, pcm, i * values)
        return count * samples

    def conceal_into(self, pcm):
        """Fill pcm with what probably was lost: a multiple of 2.5 ms. Returns its samples."""
        samples = len(pcm) // self.channels
        self._frames.conceal(pcm, 0, samples // self._unit)
        return samples

    def recover_into(self, packet, pcm, length=-1):
        """Fill pcm with what was lost just before packet, which may hold a copy of its end.

        The copy (in-band FEC, section 4.2.5) is as long as the first frame of packet; pcm, a
        multiple of 2.5 ms, is concealed up to there, and all of it if there is no copy. The
        packet is still to be decoded after that. Returns the samples of a channel. Raises
        OpusError for a malformed packet.
        """
        length = len(packet) if length < 0 else length
        parsed = self._packet
        if not parsed.parse(packet, length):
            raise OpusError("malformed packet")
        samples = len(pcm) // self.channels
        units = samples // self._unit
        if units < parsed.units or parsed.mode == CELT or self._last_mode == CELT:
            self._frames.conceal(pcm, 0, units)
            return samples
        units -= parsed.units
        if units:
            self._frames.conceal(pcm, 0, units)
        self._last_mode = parsed.mode
        to = units * self._unit * self.channels
        self._frames.decode(packet, parsed, 0, pcm, to, True)
        return samples
