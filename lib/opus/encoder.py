"""16-bit mono sound to Opus packets (RFC 6716) of CELT frames."""
# MIT License; see LICENSE

from micropython import const

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
# From which bit rate on a bandwidth beyond narrowband is worth its bits.
_LEAST_BPS = ((FULLBAND, 15000), (SUPERWIDEBAND, 14000), (WIDEBAND, 9000))

_MIN_BPS = const(8000)
_MAX_BPS = const(64000)
_MIN_FRAME_BYTES = const(8)

# Untransmitted pauses: after 200 ms, with a frame every 400 ms.
_HANGOVER_MS = const(200)
_REFRESH_MS = const(600)
# A mean emphasised magnitude that is background, if it is not above twice the least one lately.
_QUIET = const(100)


class Encoder:
    """Encodes Opus from rate_hz: 8000, 16000, 24000 or 48000, mono.

    A packet is frame_ms long: 10 or 20 ms in one frame, 40 or 60 ms in frames of 20 ms. All
    further settings may be changed between packets:

    - `bitrate_bps`, of whole packets; what is not 8000 to 64000 is taken as the nearer of these;
    - `vbr`: whether loud frames get up to twice the bytes that quiet ones leave (the mean over a
      second stays); else all packets have one size. Packets of several frames have one size;
    - `bandwidth`: the widest to send, of NARROWBAND, WIDEBAND, SUPERWIDEBAND, FULLBAND in
      packet.py, or None: what rate_hz has and the bit rate is worth;
    - `dtx`: whether pauses are not sent: encode_into() returns 1 then, or 2 if a packet has
      several frames, for a packet of empty frames, which need not be sent;
    - `prefilter`: whether voices are filtered by their pitch, where that pays: as much for the ear
      as a sixth more bit rate, and a sixth more work.

    Nothing below the constructor allocates. Raises ValueError for what there is not.
    """

    name = "OPUS"

    def __init__(self, rate_hz=16000, bitrate_bps=24000, frame_ms=20):
        if rate_hz not in _WIDEST:
            raise ValueError("rate_hz")
        if frame_ms not in (10, 20, 40, 60):
            raise ValueError("frame_ms")
        self.rate_hz = rate_hz
        self.bitrate_bps = bitrate_bps
        self.frame_samples = rate_hz // 1000 * frame_ms
        self.vbr = False
        self.bandwidth = None
        self.dtx = False
        self._prefilter = False
        self._frame_ms = frame_ms
        self._frames = (frame_ms + 10) // 20
        self._size = 2 if frame_ms == 10 else 3
        self._widest = _WIDEST[rate_hz]
        self._celt = CeltEncoder(rate_hz)
        self._plan()
        self.reset()

    def reset(self):
        """Begin a new stream."""
        self._celt.reset()
        self._mean = 0  # demand of late frames
        self._debt = 0  # bytes spent beyond the bit rate
        self._floor = _QUIET  # least magnitude of late frames
        self._pause_ms = 0
        self._sent = True

    @property
    def prefilter(self):
        """Whether voices are filtered by their pitch; what does that is loaded when it is set."""
        return self._prefilter

    @prefilter.setter
    def prefilter(self, wanted):
        if wanted:
            self._celt.load_prefilter()
        self._prefilter = wanted

    @property
    def final_range(self):
        """The range coder's state after the last frame, 0 if it was not sent: a decoder's too."""
        return self._celt.coder.final_range if self._sent else 0

    def encode_into(self, pcm, packet):
        """Encode frame_samples of pcm, an array('h'), into packet. Returns the packet's bytes.

        A packet of 60 ms at 64 kbit/s takes 480 bytes; `vbr` uses up to twice the mean if there is
        room. Raises ValueError if pcm or packet is too short.
        """
        if self.bitrate_bps != self._planned_bps or self.bandwidth != self._planned_bandwidth:
            self._plan()
        length = self._length
        # The loops that follow check nothing.
        if len(packet) < length or len(pcm) < self.frame_samples:
            raise ValueError("packet or pcm is too short")
        packet[0] = self._first
        if self._frames > 1:
            return self._encode_frames(pcm, packet, length)
        celt = self._celt
        room = length if self._prefilter else 0
        loud = celt.analyze_frame(pcm, 0, self._size, self._end, room)
        self._sent = not (self.dtx and self._pauses(loud))
        if not self._sent:
            celt.skip_frame()
            return 1
        if self.vbr:
            length = self._vary(length, len(packet))
        celt.write_frame(packet, 1, length - 1)
        return length

    # What follows from the bit rate and the bandwidth.
    def _plan(self):
        self._planned_bps = self.bitrate_bps
        self._planned_bandwidth = self.bandwidth
        bitrate = min(max(self.bitrate_bps, _MIN_BPS), _MAX_BPS)
        self._length = bitrate * self._frame_ms // 8000
        self._end, config = _BANDWIDTHS[self._choose_bandwidth(bitrate)]
        self._first = config + self._size << 3

    # Section 3.2.5: several frames of one size.
    def _encode_frames(self, pcm, packet, length):
        packet[0] |= 3
        packet[1] = self._frames
        size = (length - 2) // self._frames
        samples = self.frame_samples // self._frames
        room = size if self._prefilter else 0
        loud = 0
        for i in range(self._frames):
            loud += self._celt.analyze_frame(pcm, i * samples, self._size, self._end, room)
            self._celt.write_frame(packet, 2 + i * size, size)
        self._sent = not (self.dtx and self._pauses(loud))
        if not self._sent:
            self._celt.skip_frame()
            return 2
        return 2 + self._frames * size

    def _choose_bandwidth(self, bitrate):
        limit = self._widest
        if self.bandwidth is not None:
            return min(limit, WIDEBAND if self.bandwidth == 1 else self.bandwidth)
        for bandwidth, least in _LEAST_BPS:
            if bitrate >= least:
                return min(limit, bandwidth)
        return NARROWBAND

    # Whether the frame belongs to a pause that is not sent.
    def _pauses(self, loud):
        level = loud // self.frame_samples
        self._floor = min(level, self._floor + (self._floor >> 6) + 1)
        if level > min(2 * self._floor + 2, _QUIET):
            self._pause_ms = 0
            return False
        self._pause_ms += self._frame_ms
        if self._pause_ms > _REFRESH_MS:
            self._pause_ms = _HANGOVER_MS
            return False
        return self._pause_ms > _HANGOVER_MS

    # The bytes of a frame, by what it is worth compared with late ones.
    def _vary(self, length, room):
        demand = self._celt.demand
        # 6 dB more in all bands: a tenth more.
        wanted = length + length * (demand - self._mean) // 10240 - self._debt // 16
        self._mean += (demand - self._mean) // 64
        wanted = max(min(wanted, 2 * length, room, MAX_FRAME_BYTES + 1), length // 2)
        wanted = max(wanted, _MIN_FRAME_BYTES + 1)
        self._debt = min(max(self._debt + wanted - length, -8 * length), 8 * length)
        return wanted
