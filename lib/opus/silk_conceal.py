"""What a SILK channel sounds like when frames are lost or not sent, and the way back."""
# MIT License; see LICENSE

from array import array

from micropython import const

from . import silk_buffer_viper as buffers
from . import silk_conceal_viper as viper
from . import silk_lpc_viper as lpc
from . import silk_noise_viper as noise
from . import silk_synthesis_viper as synthesis
from .silk_frame_viper import predictor as make_predictor
from .silk_frame_viper import put

# Words of a channel that are needed here (silk_channel.py).
_RATE = const(0)
_SUBFRAMES = const(1)
_ORDER = const(2)
_FRESH = const(4)
_LOST = const(5)
_PREVIOUS_SIGNAL = const(6)
_PREVIOUS_LAG = const(7)

# Words of the concealment; the rest is named in silk_conceal_viper.py and silk_noise_viper.py.
_GAIN = const(0)
_PITCH = const(2)
_JOINING = const(7)
_ENERGY = const(8)
_ENERGY_1 = const(13)
_ENERGY_2 = const(15)
_LEVEL = const(17)
_NOISE_SEED = const(18)
_NOISE_RATE = const(19)
_LOUDNESS = const(20)
_WORDS = const(21)

_WIDEN = const(64881)  # 0.99 in Q16
_FIRST_SEED = const(3176576)
_STATES = const(16)

NO_EXCITATION = 0x4000  # as silk_synthesis_viper.py has numbers


class Concealer:
    """The concealment of one channel; works on the channel's buffers."""

    def __init__(self):
        self.loss = array("i", bytes(4 * _WORDS))
        self.kept = array("h", bytes(32))  # predictor of the last frame
        self._smooth = array("H", bytes(32))  # line frequencies of the noise
        self._past = array("H", bytes(2 * 320))  # its excitation
        self._state = array("i", bytes(4 * _STATES))
        self.reset()

    def reset(self):
        """Forget everything."""
        loss = self.loss
        for i in range(_WORDS):
            loss[i] = 0
        for i in range(16):
            self.kept[i] = 0
        for i in range(320):
            self._past[i] = NO_EXCITATION
        buffers.silence(self._state, _STATES, 0)

    def extrapolate(self, channel, sound):
        """Make a frame behind the past of `channel` from what came before it."""
        words = channel.words
        scratch = channel.scratch
        loss = self.loss
        kept = self.kept
        order = words[_ORDER]
        length = 5 * words[_RATE]
        pitch = scratch.pitch
        viper.follow_rate(words, loss)
        if words[_FRESH]:
            for i in range(16):
                kept[i] = 0
        for k in range(2):
            viper.louden(words, loss, channel.excitation, pitch, k)
            viper.energy(pitch, 0, length, loss, _ENERGY_1 + 2 * k)
        lpc.widen_short(kept, order, _WIDEN)
        lpc.stable(scratch.work, scratch.work, kept, order, scratch.work)
        viper.begin(words, loss, scratch.work, lpc.GAIN)
        at = 20 * words[_RATE]
        lag = (loss[_PITCH] + 128) >> 8
        past = channel.past
        states = scratch.states
        viper.reciprocal(loss, scratch.control)
        synthesis.whiten(past, 0, at, kept, pitch, at, lag + 2, scratch.control, -1)
        buffers.copy(channel.state, states, 0, 0, _STATES)
        first = _STATES
        for _ in range(words[_SUBFRAMES]):
            viper.extrapolate(words, loss, pitch, at, channel.excitation, states, first)
            synthesis.short_term(states, 0, first, kept, past, at, length, loss, _GAIN + 1, order)
            first += length
            at += length
        first -= _STATES
        buffers.copy(states, channel.state, first, 0, _STATES)
        words[_PREVIOUS_LAG] = (loss[_PITCH] + 128) >> 8
        put(channel.parts, sound)

    def finish(self, channel, sound, count):
        """Add noise to a concealed frame, learn from others, fade the first good one in."""
        words = channel.words
        loss = self.loss
        rate = words[_RATE]
        order = words[_ORDER]
        if loss[_NOISE_RATE] != rate:
            loss[_NOISE_RATE] = rate
            for i in range(order):
                self._smooth[i] = 32767 // (order + 1) * (i + 1)
            loss[_LEVEL] = 0
            loss[_NOISE_SEED] = _FIRST_SEED
        if words[_LOST]:
            self._add_noise(channel, sound, count)
            viper.energy(sound, 2, count, loss, _ENERGY)
            loss[_JOINING] = 1
            return
        if words[_PREVIOUS_SIGNAL] == 0:
            nlsf = channel.previous_nlsf
            noise.learn(words, loss, nlsf, self._smooth, order, channel.excitation, self._past)
        if loss[_JOINING]:
            buffers.silence(self._state, order, 0)
            viper.energy(sound, 2, count, loss, _ENERGY_1)
            viper.join(loss, sound, 2, count)
            loss[_JOINING] = 0

    def _add_noise(self, channel, sound, count):
        loss = self.loss
        scratch = channel.scratch
        predictor = scratch.predictor
        states = scratch.states
        make_predictor(channel.parts, self._smooth, predictor)
        noise.loudness(loss)
        buffers.copy(self._state, states, 0, 0, _STATES)
        noise.shuffle(loss, self._past, states, _STATES, count)
        synthesis.short_term(
            states,
            0,
            _STATES,
            predictor,
            scratch.pitch,
            0,
            count,
            loss,
            _LOUDNESS,
            channel.words[_ORDER],
        )
        buffers.copy(states, self._state, count, 0, _STATES)
        noise.add(scratch.pitch, sound, 2, count)
