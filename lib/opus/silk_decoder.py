"""The SILK layer of an Opus frame: header, stereo, lost frames (RFC 6716 section 4.2)."""
# MIT License; see LICENSE

from array import array

from micropython import const

from . import silk_buffer_viper as buffers
from .silk_channel import LAST_GAIN, RATE, Channel, Scratch
from .silk_header_viper import header
from .silk_resample import Resampler
from .silk_stereo_viper import left_right
from .silk_tables import DATA

# How a frame is coded: alone, alone after a gap, or with the frame before it.
_ALONE = const(0)
_ALONE_UNSCALED = const(1)
_AFTER = const(2)

# What there is of a frame.
RECEIVED = const(0)
LOST_FRAME = const(1)
REDUNDANT = const(2)  # its copy of low bitrate in the packet after it (LBRR)

# Places in silk_tables.DATA.
_UNIFORM_3 = const(71)
_UNIFORM_5 = const(78)
_STEREO = const(97)
_STEREO_WEIGHTS = const(122)
_MID_ONLY = const(154)

_MOST_FRAMES = const(3)
_GLIDE_MS = const(8)


class SilkDecoder:
    """Decodes the SILK layer into 16-bit samples at `rate_hz`; `channels` 1 or 2 are put out.

    With one channel out the side channel of a stereo stream is read but not made to sound.
    """

    def __init__(self, rate_hz, channels=1):
        self._khz = rate_hz // 1000
        self._outputs = channels
        self._inputs = 0
        self._scratch = Scratch()
        self._mid = Channel(self._scratch)
        self._side = None
        self._channels = (self._mid, None)
        # Of each channel two samples of the past and a frame.
        self._sounds = (array("h", bytes(2 * 322)), array("h", bytes(2 * 322 * (channels - 1))))
        self._resamplers = (Resampler(), Resampler() if channels == 2 else None)
        self._active = bytearray(2 * _MOST_FRAMES)
        self._redundant = bytearray(2 * _MOST_FRAMES)
        self._weights = array("H", (32768, 32768))
        self._past_weights = array("H", (32768, 32768))
        self._mid_only = False
        self._past_mid_only = False
        self._parting = False
        self._kind = 0  # of frame: rate, length and channels
        self._length = 0
        self.is_direct = False  # whether silk_mono_viper.receive does the same for mono
        # For that the SILK frames in a packet, the delay, and whether the packet is a hybrid one.
        self.shape = array("i", bytes(12))
        self._pasts = (array("h", bytes(4)), array("h", bytes(4)))
        # Unpacked in silk_mono_viper.py.
        self.parts = [
            self._mid.parts,
            self._active,
            self._redundant,
            self._sounds[0],
            self._pasts[0],
            DATA,
            self._scratch.pitch,
            self._mid.finish,
            self._resamplers[0].line,
            self.shape,
        ]

    def reset(self):
        """Forget all frames, as before the first one."""
        for channel in self._channels:
            if channel:
                channel.reset()
        for resampler in self._resamplers:
            if resampler:
                resampler.from_khz = 0
        self._clear_stereo()
        self._pasts[0][0] = self._pasts[0][1] = 0
        self._past_mid_only = False
        self._kind = 0

    def decode(self, coder, rate, units, inputs, out, to, what):
        """Decode the SILK layer of one Opus frame from the range decoder `coder`.

        rate: kHz inside, 8, 12 or 16. units: length of the frame in 2.5 ms, 4 to 24; lost frames
        4 or 8. inputs: channels of the stream. out, to: array of 'h' and the first index in it.
        what: RECEIVED, LOST_FRAME (coder is not used) or REDUNDANT. Returns samples a channel.
        """
        frames = units >> 3 or 1
        kind = rate + (32 if units == 4 else 0) + 64 * inputs
        if kind != self._kind:
            self._kind = kind
            self._prepare(rate, 2 if units == 4 else 4, inputs)
        if self.is_direct:
            self.shape[0] = frames
            self.shape[1] = self._resamplers[0].delay
        if what != LOST_FRAME:
            copies = header(
                coder.state, coder.data, DATA, self._active, self._redundant, frames, inputs
            )
            if copies and what == RECEIVED:
                self._skip_redundant(coder, frames, inputs)
        total = 0
        for i in range(frames):
            total += self._frame(coder, i, inputs, out, to + total * self._outputs, what)
        return total

    # Rates of channels and resamplers; what a change of the number of channels takes with it.
    def _prepare(self, rate, subframes, inputs):
        words = self._mid.words
        outputs = self._outputs
        self._length = 5 * rate * subframes
        self.is_direct = inputs == outputs == 1 and rate == self._khz
        if inputs == 2 and not self._side:
            self._side = Channel(self._scratch)
            self._channels = (self._mid, self._side)
        elif inputs > self._inputs and self._side:
            self._side.reset()
        # The right channel goes on by itself for one frame after a stereo stream became mono.
        self._parting = outputs == 2 and inputs < self._inputs and words[RATE] == rate
        self._mid.set_rate(rate, subframes)
        if inputs == 2:
            self._side.set_rate(rate, subframes)
        for resampler in self._resamplers:
            if resampler and resampler.from_khz != rate:
                resampler.start(rate, self._khz)
        if outputs == 2 and inputs == 2 and self._inputs == 1:
            self._clear_stereo()
            self._resamplers[1].follow(self._resamplers[0])
        self._inputs = inputs

    def _clear_stereo(self):
        for i in range(2):
            self._past_weights[i] = 32768
            self._pasts[1][i] = 0

    # The redundant copies come first and are read over when the frames before were received.
    def _skip_redundant(self, coder, frames, inputs):
        redundant = self._redundant
        for i in range(frames):
            for n in range(inputs):
                at = _MOST_FRAMES * n + i
                if redundant[at]:
                    if inputs == 2 and n == 0:
                        self._read_weights(coder)
                        if not redundant[_MOST_FRAMES + i]:
                            coder.symbol(DATA, _MID_ONLY, 8)
                    coding = _AFTER if i and redundant[at - 1] else _ALONE
                    self._channels[n].read(coder, 1, coding)

    # Section 4.2.7.1: the prediction of the side from the mid channel.
    def _read_weights(self, coder):
        joint = coder.symbol(DATA, _STEREO, 8)
        first = self._read_weight(coder, joint // 5)
        second = self._read_weight(coder, joint % 5)
        self._weights[0] = first - second + 32768
        self._weights[1] = second + 32768

    def _read_weight(self, coder, high):
        place = _STEREO_WEIGHTS + 2 * (3 * high + coder.symbol(DATA, _UNIFORM_3, 8))
        low = ((DATA[place] | DATA[place + 1] << 8) ^ 32768) - 32768
        step = ((DATA[place + 2] | DATA[place + 3] << 8) ^ 32768) - 32768 - low
        return low + (step * 6554 >> 16) * (2 * coder.symbol(DATA, _UNIFORM_5, 8) + 1)

    # Sections 4.2.7.1 and 4.2.7.2 for frame i.
    def _stereo(self, coder, i, what):
        self._mid_only = False
        if what == RECEIVED or (what == REDUNDANT and self._redundant[i]):
            self._read_weights(coder)
            flags = self._active if what == RECEIVED else self._redundant
            if not flags[_MOST_FRAMES + i]:
                self._mid_only = coder.symbol(DATA, _MID_ONLY, 8) != 0
        else:
            self._weights[0] = self._past_weights[0]
            self._weights[1] = self._past_weights[1]

    # One frame of 10 or 20 ms of all channels; returns the samples of a channel.
    def _frame(self, coder, i, inputs, out, to, what):
        self._mid_only = False
        if inputs == 2:
            self._stereo(coder, i, what)
            if self._past_mid_only and not self._mid_only:
                self._side.forget()
        if what == RECEIVED:
            has_side = not self._mid_only
        else:
            has_side = not self._past_mid_only or (
                what == REDUNDANT and inputs == 2 and self._redundant[_MOST_FRAMES + i]
            )
        length = self._length
        for n in range(inputs):
            if n == 0 or has_side:
                self._channel(coder, n, i, what)
            elif self._outputs == 2:
                buffers.clear(self._sounds[1], 2, length)
        count = self._put(inputs, length, out, to)
        if what == LOST_FRAME:
            for n in range(inputs):
                self._channels[n].words[LAST_GAIN] = 10
        else:
            self._past_mid_only = self._mid_only
        return count

    # Frame i of channel n, into its buffer of sound.
    def _channel(self, coder, n, i, what):
        channel = self._channels[n]
        at = _MOST_FRAMES * n + i
        if what == RECEIVED or (what == REDUNDANT and self._redundant[at]):
            active = 1
            if i == 0:
                coding = _ALONE
            elif what == REDUNDANT:
                coding = _AFTER if self._redundant[at - 1] else _ALONE
            elif n and self._past_mid_only:
                coding = _ALONE_UNSCALED
            else:
                coding = _AFTER
            if what == RECEIVED:
                active = self._active[at]
            if n < self._outputs:
                channel.decode(coder, active, coding, self._sounds[n])
            else:
                channel.read(coder, active, coding)
        elif n < self._outputs:
            channel.conceal(self._sounds[n])

    # The frames in the buffers of sound, one sample late, to the output.
    def _put(self, inputs, length, out, to):
        outputs = self._outputs
        mid = self._sounds[0]
        buffers.join(mid, self._pasts[0], length)
        if outputs == 1:
            return self._resamplers[0].process(mid, 1, length, out, to, 2)
        stereo = inputs == 2
        right = mid
        if stereo:
            right = self._sounds[1]
            buffers.join(right, self._pasts[1], length)
            glide = _GLIDE_MS * self._mid.words[RATE]
            scale = 65536 // glide
            left_right(mid, right, self._weights, self._past_weights, glide, scale, length)
        count = self._resamplers[0].process(mid, 1, length, out, to, 4)
        if stereo or self._parting:
            self._resamplers[1].process(right, 1, length, out, to + 1, 4)
            self._parting = False
        else:
            buffers.twice(out, to, count)
        return count
