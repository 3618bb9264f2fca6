"""What a SILK channel sounds like when frames are lost or not sent, and the way back."""
# MIT License; see LICENSE

from array import array

from micropython import const

from . import silk_buffer_viper as buffers
from . import silk_conceal_viper as viper
from . import silk_lpc_viper as lpc
from . import silk_noise_viper as noise
from . import silk_synthesis_viper as synthesis

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
_KNOWN_RATE = const(10)
_LENGTH = const(11)
_COUNT = const(12)
_ENERGY_1 = const(13)
_ENERGY_2 = const(15)
_LEVEL = const(17)
_NOISE_SEED = const(18)
_NOISE_RATE = const(19)
_LOUDNESS = const(20)
_WORDS = const(21)

_UNITY = const(65536)
_WIDEN = const(64881)  # 0.99 in Q16
_FIRST_SEED = const(3176576)
_RESIDUAL_BIAS = const(0x3FFFFFFF)
_EXCITATION_BIAS = const(0x20000000)
_STATES = const(16)


class Concealer:
    """The concealment of one channel; works on the channel's buffers."""

    def __init__(self):
        self.loss = array("i", bytes(4 * _WORDS))
        self._kept = array("h", bytes(32))  # predictor of the last frame
        self._smooth = array("H", bytes(32))  # line frequencies of the noise
        self._past = array("i", bytes(4 * 320))  # its excitation
        self._state = array("i", bytes(4 * _STATES))
        self.reset()

    def reset(self):
        """Forget everything."""
        loss = self.loss
        for i in range(_WORDS):
            loss[i] = 0
        for i in range(16):
            self._kept[i] = 0
        for i in range(320):
            self._past[i] = _EXCITATION_BIAS
        buffers.silence(self._state, _STATES, 0)

    # A new rate inside SILK makes most of what is known useless.
    def _follow_rate(self, words):
        loss = self.loss
        rate = words[_RATE]
        if loss[_KNOWN_RATE] != rate:
            loss[_KNOWN_RATE] = rate
            loss[_PITCH] = 5 * rate * words[_SUBFRAMES] << 7
            loss[_GAIN] = _UNITY
            loss[_GAIN + 1] = _UNITY
            loss[_LENGTH] = 20
            loss[_COUNT] = 2

    def remember(self, words, taps, predictor):
        """Keep what matters of a frame that was just decoded."""
        self._follow_rate(words)
        viper.remember(words, self.loss, taps, predictor, self._kept)

    def extrapolate(self, channel, scratch):
        """Make a frame behind the past of `channel` from what came before it."""
        words = channel.words
        loss = self.loss
        kept = self._kept
        order = words[_ORDER]
        length = 5 * words[_RATE]
        self._follow_rate(words)
        if words[_FRESH]:
            for i in range(16):
                kept[i] = 0
        for k in range(2):
            viper.louden(words, loss, channel.excitation, scratch.pulses, k)
            viper.energy(scratch.pulses, 0, length, loss, _ENERGY_1 + 2 * k)
        lpc.widen_short(kept, order, _WIDEN)
        lpc.stable(scratch.work, scratch.work, kept, order, scratch.work)
        viper.begin(words, loss, scratch.work, lpc.GAIN)
        at = 20 * words[_RATE]
        states = scratch.long_term
        lag = (loss[_PITCH] + 128) >> 8
        viper.reciprocal(loss, scratch.control)
        synthesis.whiten(channel.past, 0, at, kept, states, at, lag + 2, scratch.control, -1)
        first = 0
        buffers.copy(channel.state, scratch.short_term, 0, 0, _STATES)
        for _ in range(words[_SUBFRAMES]):
            viper.extrapolate(words, loss, states, at, channel.excitation, scratch.residual)
            synthesis.short_term(
                scratch.short_term,
                0,
                _STATES + first,
                scratch.residual,
                0,
                _RESIDUAL_BIAS,
                kept,
                channel.past,
                at,
                length,
                loss,
                _GAIN + 1,
                order,
            )
            first += length
            at += length
        buffers.copy(scratch.short_term, channel.state, first, 0, _STATES)
        words[_PREVIOUS_LAG] = (loss[_PITCH] + 128) >> 8

    def is_waiting(self, words):
        """Whether finish() has something to do although the frame is a good one with a signal."""
        loss = self.loss
        return loss[_JOINING] or loss[_NOISE_RATE] != words[_RATE]

    def finish(self, channel, scratch, sound, count):
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
            self._add_noise(channel, scratch, sound, count)
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

    def _add_noise(self, channel, scratch, sound, count):
        loss = self.loss
        predictor = scratch.predictor
        states = scratch.short_term
        channel.predictor(self._smooth, predictor)
        noise.loudness(loss)
        noise.shuffle(loss, self._past, scratch.long_term, count)
        buffers.copy(self._state, states, 0, 0, _STATES)
        synthesis.short_term(
            states,
            0,
            _STATES,
            scratch.long_term,
            0,
            _EXCITATION_BIAS,
            predictor,
            scratch.pulses,
            0,
            count,
            loss,
            _LOUDNESS,
            channel.words[_ORDER],
        )
        buffers.copy(states, self._state, count, 0, _STATES)
        noise.add(scratch.pulses, sound, 2, count)
