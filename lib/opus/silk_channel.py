"""One channel of SILK: symbols to sound at 8, 12 or 16 kHz (RFC 6716 section 4.2.7)."""
# MIT License; see LICENSE

from array import array

from micropython import const

from . import silk_buffer_viper as buffers
from . import silk_lpc_viper as lpc
from .silk_conceal import Concealer
from .silk_frame_viper import synthesize
from .silk_indices_viper import indices
from .silk_parameters_viper import frequencies, gains, interpolate, pitch, stabilize
from .silk_pulses_viper import excite, low_bits, magnitudes
from .silk_tables import DATA

# Words of a channel: what the last frames left ...
RATE = const(0)  # kHz inside: 8, 12, 16; 0 before the first frame
SUBFRAMES = const(1)  # of 5 ms, in a frame: 2 or 4
ORDER = const(2)  # of the short-term predictor: 10 or 16
LAST_GAIN = const(3)
FRESH = const(4)  # no frame since a reset or a change of rate
LOST = const(5)  # frames lost in a row
PREVIOUS_SIGNAL = const(6)
PREVIOUS_LAG = const(7)
PREVIOUS_GAIN = const(10)  # Q16
# ... and what the frame's symbols say: signal 0 inactive, 1 unvoiced, 2 voiced.
SIGNAL = const(11)
OFFSET = const(12)
INTERPOLATION = const(13)
SCALE = const(16)
SEED = const(17)
GAINS = const(20)  # four, Q16
LAGS = const(24)  # four
_WORDS = const(49)

_UNITY = const(65536)
_EXCITATION_BIAS = const(0x20000000)
_STATES = const(16)  # samples of the short-term predictor kept from frame to frame
_AFTER_LOSS = const(63570)  # widening of the first predictor after a loss, Q16

# Offsets of the quantizer in Q14, by signal type and offset type (section 4.2.7.8.6).
_OFFSETS = (1600, 3840, 1600, 3840, 512, 1600)

# Factors of the polynomials in the order that keeps rounding small, for orders 10 and 16.
_ORDERING_10 = bytes((0, 9, 6, 3, 4, 5, 8, 1, 2, 7))
_ORDERING_16 = bytes((0, 15, 8, 7, 4, 11, 12, 3, 2, 13, 10, 5, 6, 9, 14, 1))

# The tree of pulses in a block, depth first: node, nodes of its subtree, table of splits.
_TREE = (
    b"\x01\x0f\x00\x02\x07\x01\x04\x03\x02\x08\x01\x03\x09\x01\x03"
    b"\x05\x03\x02\x0a\x01\x03\x0b\x01\x03\x03\x07\x01\x06\x03\x02"
    b"\x0c\x01\x03\x0d\x01\x03\x07\x03\x02\x0e\x01\x03\x0f\x01\x03"
)


class Scratch:
    """Buffers that only hold something while a frame is decoded; all channels share them."""

    def __init__(self):
        self.pulses = array("h", bytes(640))
        self.blocks = bytearray(72)
        self.work = array("i", bytes(4 * lpc.WORK_WORDS))
        self.long_term = array("i", bytes(4 * 640))
        self.short_term = array("i", bytes(4 * (_STATES + 320)))
        self.residual = array("i", bytes(4 * 80))
        self.control = array("i", bytes(8))
        self.taps = array("h", bytes(40))
        self.half = array("H", bytes(32))
        self.predictor = array("h", bytes(32))


class Channel:
    """The memory of one channel, and its decoding.

    Indices and counts from the stream are bounded by the tables that they were read with; lags
    are cut to 2 to 18 ms, which with filter order and taps stays inside 20 ms of past.
    """

    def __init__(self, scratch):
        self.words = array("i", bytes(4 * _WORDS))
        self.past = array("H", bytes(4 * 320))  # 20 ms, then the frame
        self.excitation = array("i", bytes(4 * 320))
        self.state = array("i", bytes(4 * _STATES))
        self.nlsf = array("H", bytes(32))
        self.previous_nlsf = array("H", bytes(32))
        self.early = array("h", bytes(32))  # predictor of the first half of a frame
        self.late = array("h", bytes(32))
        self._scratch = scratch
        self._concealer = Concealer()
        self.reset()

    def reset(self):
        """Forget all frames, as before the first one."""
        words = self.words
        for i in range(_WORDS):
            words[i] = 0
        words[PREVIOUS_GAIN] = _UNITY
        words[FRESH] = 1
        for i in range(320):
            self.excitation[i] = _EXCITATION_BIAS
        self._concealer.reset()

    def set_rate(self, rate, subframes):
        """Prepare for frames of `subframes` (2 or 4) at `rate` kHz (8, 12 or 16)."""
        words = self.words
        words[SUBFRAMES] = subframes
        if words[RATE] != rate:
            words[RATE] = rate
            words[ORDER] = 16 if rate == 16 else 10
            self.forget()

    def forget(self):
        """Forget the sound of the past: a change of rate, or a channel that was not coded."""
        words = self.words
        words[FRESH] = 1
        words[PREVIOUS_SIGNAL] = 0
        words[PREVIOUS_LAG] = 100
        words[LAST_GAIN] = 10
        buffers.silence(self.past, 320, 32768)
        buffers.silence(self.state, _STATES, 0)

    def read(self, coder, active, coding, excitation=None):
        """Read the symbols of a frame: its parameters into `words`, its excitation.

        A frame that is only read over needs no excitation (array of 'i').
        """
        words = self.words
        scratch = self._scratch
        state = coder.state
        data = coder.data
        indices(state, data, DATA, words, active, coding)
        samples = 5 * words[RATE] * words[SUBFRAMES]
        blocks = (samples + 15) >> 4
        kind = 2 * words[SIGNAL] + words[OFFSET]
        pulses = scratch.pulses
        whole = excitation and not samples & 15
        work = scratch.blocks
        if magnitudes(DATA, 0, state, data, DATA, _TREE, pulses, work, kind >> 2, blocks):
            low_bits(state, data, pulses, work, blocks)
        excite(
            pulses,
            words[SEED],
            excitation if whole else scratch.long_term,
            state,
            data,
            DATA,
            work,
            kind,
            blocks,
            _OFFSETS[kind],
        )
        if excitation and not whole:
            # 10 ms at 12 kHz are 7 1/2 blocks.
            buffers.copy(scratch.long_term, excitation, 0, 0, samples)

    def decode(self, coder, active, coding, sound):
        """Decode a frame into sound (array of 'h') from sample 2 on."""
        words = self.words
        scratch = self._scratch
        self.read(coder, active, coding, self.excitation)
        gains(words, coding)
        pitch(words, DATA, scratch.taps)
        self._predictors()
        self._synthesize()
        self._concealer.remember(words, scratch.taps, self.late)
        words[LOST] = 0
        words[FRESH] = 0
        words[PREVIOUS_SIGNAL] = words[SIGNAL]
        words[PREVIOUS_LAG] = words[LAGS + words[SUBFRAMES] - 1]
        self._put(sound)

    def conceal(self, sound):
        """Fill a lost frame in sound from sample 2 on."""
        self._concealer.extrapolate(self, self._scratch)
        # More losses make no more difference.
        self.words[LOST] = min(self.words[LOST] + 1, 2)
        self._put(sound)

    # The frame behind the past to `sound`, and to the end of the past.
    def _put(self, sound):
        words = self.words
        length = 5 * words[RATE] * words[SUBFRAMES]
        buffers.emit(self.past, sound, 20 * words[RATE], 2, length)
        buffers.copy(self.past, self.past, length >> 1, 0, 10 * words[RATE])
        concealer = self._concealer
        if words[LOST] or not words[PREVIOUS_SIGNAL] or concealer.is_waiting(words):
            concealer.finish(self, self._scratch, sound, length)

    def predictor(self, nlsf, out):
        """The stable short-term predictor (Q12) of line frequencies."""
        order = self.words[ORDER]
        work = self._scratch.work
        ordering = _ORDERING_16 if order == 16 else _ORDERING_10
        lpc.polynomial(work, 0, nlsf, DATA, ordering, order, work)
        lpc.fit(order, work, out)
        if lpc.surely_stable(work, 0, out, order, work):
            return
        turn = 0
        while turn < 16 and not lpc.stable(work, work, out, order, work):
            lpc.retry(order, work, out, turn)
            turn += 1

    # Predictors of both halves of the frame.
    def _predictors(self):
        words = self.words
        order = words[ORDER]
        nlsf = self.nlsf
        early = self.early
        late = self.late
        frequencies(words, DATA, nlsf)
        stabilize(nlsf, DATA, order)
        self.predictor(nlsf, late)
        if words[FRESH]:
            words[INTERPOLATION] = 4
        if words[INTERPOLATION] < 4:
            half = self._scratch.half
            interpolate(self.previous_nlsf, nlsf, half, order, words[INTERPOLATION])
            self.predictor(half, early)
        else:
            buffers.copy(late, early, 0, 0, 8)
        buffers.copy(nlsf, self.previous_nlsf, 0, 0, 8)
        if words[LOST]:
            lpc.widen_short(early, order, _AFTER_LOSS)
            lpc.widen_short(late, order, _AFTER_LOSS)

    # Long-term and short-term prediction.
    def _synthesize(self):
        words = self.words
        scratch = self._scratch
        states = scratch.short_term
        buffers.copy(self.state, states, 0, 0, _STATES)
        synthesize(
            words,
            self.past,
            self.excitation,
            scratch.long_term,
            states,
            scratch.residual,
            scratch.control,
            scratch.taps,
            self.early,
            self.late,
        )
        end = 5 * words[RATE] * words[SUBFRAMES]
        buffers.copy(states, self.state, end, 0, _STATES)
