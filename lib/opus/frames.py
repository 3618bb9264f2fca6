"""Opus frames of any mode, and how one mode gives way to another (RFC 6716 section 4.5)."""
# MIT License; see LICENSE

from array import array

from micropython import const

from . import fade_viper
from .celt_decoder import CeltDecoder
from .range_decoder import RangeDecoder
from .range_viper import start as begin

# Modes, as packet.py has them.
_SILK = const(0)
_HYBRID = const(1)
_CELT = const(2)
_NONE = const(3)  # nothing was decoded yet

_HYBRID_START = const(17)  # the first CELT band of hybrid frames
# The end of the CELT bands by bandwidth, narrowband to full band (section 4.3).
_END_BANDS = b"\x0d\x11\x11\x13\x15"

_UNITS_10_MS = const(4)
_UNITS_20_MS = const(8)
_UNITS_5_MS = const(2)
_SIZE_5_MS = const(1)  # as CeltDecoder counts sizes
_SIZES = b"\x00\x00\x01\x01\x02\x02\x02\x02\x03"  # the CELT size that fits in so many 2.5 ms

_SILENCE = b"\xff\xff"  # a silent CELT frame

# What there is of a SILK frame (silk_decoder.py).
_RECEIVED = const(0)
_LOST = const(1)
_REDUNDANT = const(2)


class FrameDecoder:
    """Decodes and conceals frames; SILK is loaded when a frame first needs it."""

    def __init__(self, rate_hz, channels):
        self._rate_hz = rate_hz
        self._channels = channels
        self._unit = rate_hz // 400 * channels  # values in 2.5 ms
        # The CELT layer of hybrid frames begins at 8 kHz: whether there is anything of it to hear.
        self._treble = rate_hz > 16000
        self._celt = CeltDecoder(rate_hz, channels)
        self._silk = None
        # Of modules that are loaded with it: its parts, and what reads a frame in one call.
        self._parts = None
        self._receive = None
        self._redundancy_of = None
        self._coder = RangeDecoder()
        self._extra = RangeDecoder()  # of redundant frames
        self._silent = None
        self._spare = None
        self._second = None
        self._end = _END_BANDS[-1]
        self._silk_rate = 16
        self._silk_channels = 1
        self._past_mode = _NONE
        self._past_redundancy = False  # the last frame ended in a redundant CELT frame
        # First byte of a packet that goes on from the last one in the most direct way, or -1.
        self._direct = -1
        # Of the frame that is being decoded.
        self._redundancy = False
        self._to_silk = False
        self._size = 0

    @property
    def final_range(self):
        """The range coder's state after the last frame, as libopus has it; 0 after a loss.

        At 16 kHz and less that of a hybrid frame is without its CELT layer, which is not read.
        """
        if self._size <= 1:
            return 0
        if self._redundancy:
            return self._coder.final_range ^ self._extra.final_range
        return self._coder.final_range

    def _load_silk(self):
        from . import silk_mono_viper
        from .silk_decoder import SilkDecoder

        self._receive = silk_mono_viper.receive
        self._redundancy_of = silk_mono_viper.redundancy
        self._silk = SilkDecoder(self._rate_hz, self._channels)
        self._parts = self._silk.parts
        self._silent = RangeDecoder()
        # 10 ms for sound that is only partly used, 5 ms for sound that is faded from or to.
        self._spare = array("h", bytes(2 * self._unit * _UNITS_10_MS))
        self._second = array("h", bytes(2 * self._unit * _UNITS_5_MS))

    def conceal(self, pcm, to, units):
        """Fill units * 2.5 ms of pcm from pcm[to] on with what probably was lost."""
        self._direct = -1
        self._redundancy = False
        self._size = 0
        if self._past_mode == _NONE:
            fade_viper.clear(pcm, to, units * self._unit)
            return
        while units:
            done = self._conceal_some(pcm, to, min(units, _UNITS_20_MS))
            to += done * self._unit
            units -= done

    # Up to 20 ms of a length that the last mode has; returns the units done.
    def _conceal_some(self, pcm, to, units):
        mode = _CELT if self._past_redundancy else self._past_mode
        if mode != _SILK:
            units = 1 << _SIZES[units]
        elif _UNITS_10_MS < units < _UNITS_20_MS:
            units = _UNITS_10_MS
        size = _SIZES[units]
        if mode == _CELT:
            self._celt.conceal(pcm, to, size, 0, self._end)
        else:
            if units >= _UNITS_10_MS:
                self._silk_frame(units, pcm, to, _LOST)
            else:
                # SILK has no shorter frames.
                self._silk_frame(_UNITS_10_MS, self._spare, 0, _LOST)
                fade_viper.copy(pcm, to, self._spare, units * self._unit)
            if mode == _HYBRID and self._treble:
                self._celt.conceal(pcm, to, size, _HYBRID_START, self._end, True)
        self._past_mode = mode
        self._past_redundancy = False
        return units

    def _silk_frame(self, units, pcm, to, what):
        self._silk.decode(self._coder, self._silk_rate, units, self._silk_channels, pcm, to, what)

    def decode(self, data, packet, i, pcm, to, redundant=False):
        """Decode frame i of packet (a Packet that was parsed from data) to pcm[to] and on.

        With `redundant`, decode instead the copy that the frame has of the one before it.
        """
        size = packet.sizes[i]
        if packet.toc == self._direct and size > 1 and not redundant:
            self._size = size
            coder = self._coder
            at = packet.starts[i]
            found = self._receive(self._parts, coder.state, data, at, size, pcm, to)
            if found:
                self._direct = -1
                coder.data = data
                self._take_redundancy(found)
                if self._redundancy:
                    self._finish(data, packet, i, pcm, to, False, False)
            return
        mode = packet.mode
        past = self._past_mode
        if size <= 1:
            self.conceal(pcm, to, packet.units)  # not sent
        elif mode == past == _CELT:
            self._size = size
            self._end = end = _END_BANDS[packet.bandwidth]
            self._redundancy = False
            coder = self._coder
            # The packet was parsed, so the frame lies in data.
            coder.data = data
            begin(coder.state, data, packet.starts[i], size)
            units = packet.units
            self._celt.decode_frame(coder, pcm, to, _SIZES[units], 0, end, packet.channels)
        elif mode == past and not (redundant or self._past_redundancy):
            self._next_silk(data, packet, i, pcm, to)
        else:
            self._other_mode(data, packet, i, pcm, to, redundant)

    # SILK or hybrid after the same.
    def _next_silk(self, data, packet, i, pcm, to):
        mode = packet.mode
        self._direct = -1
        self._read_silk(data, packet, i, pcm, to, _RECEIVED)
        self._read_redundancy(mode)
        if self._redundancy or (mode == _HYBRID and self._treble):
            self._finish(data, packet, i, pcm, to, False, False)
        elif self._silk.is_direct:
            self._silk.shape[2] = mode == _HYBRID
            self._direct = packet.toc

    # The first frame, one of another mode than the last, a redundant copy, or what follows one.
    def _other_mode(self, data, packet, i, pcm, to, redundant):
        mode = packet.mode
        past = self._past_mode
        self._direct = -1
        if mode == _CELT:
            changes = past != _CELT and past != _NONE and not self._past_redundancy
            if changes:
                self._conceal_some(self._second, 0, min(packet.units, _UNITS_5_MS))
            self._size = packet.sizes[i]
            self._redundancy = False
            self._coder.start(data, packet.starts[i], packet.sizes[i])
        else:
            if not self._silk:
                self._load_silk()
            changes = past == _CELT
            if changes:
                self._silk.reset()
            end = self._end
            self._read_silk(data, packet, i, pcm, to, _REDUNDANT if redundant else _RECEIVED)
            if not redundant:
                self._read_redundancy(mode)
            if self._redundancy:
                changes = False
            elif changes:
                # What CELT would have gone on with.
                self._celt.conceal(self._second, 0, _SIZE_5_MS, 0, end)
        self._finish(data, packet, i, pcm, to, redundant, changes)

    def _read_silk(self, data, packet, i, pcm, to, what):
        self._size = size = packet.sizes[i]
        self._redundancy = False
        self._end = _END_BANDS[packet.bandwidth]
        self._silk_rate = rate = 16 if packet.mode == _HYBRID else 8 + 4 * packet.bandwidth
        self._silk_channels = channels = packet.channels
        coder = self._coder
        coder.data = data
        begin(coder.state, data, packet.starts[i], size)
        self._silk.decode(coder, rate, packet.units, channels, pcm, to, what)

    # CELT's part of the frame, and how the frame joins what was before it.
    def _finish(self, data, packet, i, pcm, to, redundant, changes):
        mode = packet.mode
        past = self._past_mode
        self._end = _END_BANDS[packet.bandwidth]
        if self._redundancy and self._to_silk:
            self._decode_redundancy(data, packet, i)
        if mode == _CELT or (mode == _HYBRID and self._treble):
            self._celt_frame(packet, pcm, to, redundant)
        elif mode == _HYBRID:
            self._celt_unheard(packet, pcm, to)
        elif past == _HYBRID and (self._treble or self._past_redundancy):
            self._celt_end(packet, pcm, to, 0)
        if self._redundancy:
            self._join_redundancy(data, packet, i, pcm, to)
        elif changes:
            self._join_change(pcm, to, packet.units)
        self._past_mode = mode
        self._past_redundancy = self._redundancy and not self._to_silk

    def _read_redundancy(self, mode):
        coder = self._coder
        is_hybrid = mode == _HYBRID
        found = self._redundancy_of(coder.state, coder.data, self._size, is_hybrid)
        self._take_redundancy(found)

    # What redundancy() found: a redundant CELT frame ends the frame.
    def _take_redundancy(self, found):
        if found < 0:
            self._size = 0
        elif found:
            self._size -= found >> 1
            self._to_silk = found & 1 != 0
            self._redundancy = True

    # 5 ms that begin with a change to SILK or end with a change to CELT.
    def _decode_redundancy(self, data, packet, i):
        start = packet.starts[i] + self._size
        self._extra.start(data, start, packet.sizes[i] - self._size)
        self._celt.decode_frame(
            self._extra, self._second, 0, _SIZE_5_MS, 0, self._end, packet.channels
        )

    # The CELT layer of the frame.
    def _celt_frame(self, packet, pcm, to, redundant):
        mode = packet.mode
        past = self._past_mode
        celt = self._celt
        size = _SIZES[min(packet.units, _UNITS_20_MS)]
        hybrid = mode == _HYBRID
        if past != mode and past != _NONE and not self._past_redundancy:
            celt.reset()
        start = _HYBRID_START if hybrid else 0
        if redundant or self._size <= 1:
            celt.conceal(pcm, to, size, start, self._end, hybrid)
        else:
            celt.decode_frame(
                self._coder, pcm, to, size, start, self._end, packet.channels, hybrid
            )

    # In place of the CELT layer of a hybrid frame of which nothing is heard. What a redundant
    # frame before it left sounds for 5 ms; no band that is heard goes on from there.
    def _celt_unheard(self, packet, pcm, to):
        if self._past_redundancy:
            self._celt_end(packet, pcm, to, _SIZE_5_MS)
        if self._past_mode != _HYBRID or self._past_redundancy or self._redundancy:
            self._celt.reset()

    # The end of what the last frame's transform left, unless a redundant frame covers it.
    def _celt_end(self, packet, pcm, to, size):
        if self._redundancy and self._to_silk and self._past_redundancy:
            return
        self._silent.start(_SILENCE, 0, 2)
        self._celt.decode_frame(self._silent, pcm, to, size, 0, self._end, packet.channels, True)

    # Sections 4.5.1.4: the frame starts with its redundancy or ends in it, with a fade of 2.5 ms.
    def _join_redundancy(self, data, packet, i, pcm, to):
        unit = self._unit
        second = self._second
        if self._to_silk:
            if self._past_mode != _SILK or self._past_redundancy:
                fade_viper.copy(pcm, to, second, unit)
                self._fade(pcm, to + unit, second, unit, pcm, to + unit)
        else:
            self._celt.reset()
            self._decode_redundancy(data, packet, i)
            last = to + (packet.units - 1) * unit
            self._fade(pcm, last, pcm, last, second, unit)

    # The frame starts with the concealment of the last one, in the same way.
    def _join_change(self, pcm, to, units):
        unit = self._unit
        second = self._second
        if units >= _UNITS_5_MS:
            fade_viper.copy(pcm, to, second, unit)
            self._fade(pcm, to + unit, second, unit, pcm, to + unit)
        else:
            self._fade(pcm, to, second, 0, pcm, to)

    def _fade(self, out, to, old, old_at, new, new_at):
        window = self._celt.window
        n = self._unit
        fade_viper.fade(out, to, old, old_at, new, new_at, n, self._channels, window)
