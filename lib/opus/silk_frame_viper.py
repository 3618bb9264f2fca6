"""A frame of one SILK channel, from symbols to sound, in one call from plain code."""
# MIT License; see LICENSE

import micropython
from micropython import const

from .silk_buffer_viper import copy, emit
from .silk_conceal_viper import follow_rate, remember
from .silk_indices_viper import indices
from .silk_lpc_viper import fit, polynomial, retry, stable, surely_stable, widen_short
from .silk_parameters_viper import frequencies, gains, interpolate, pitch, stabilize
from .silk_pulses_viper import excite, low_bits, magnitudes
from .silk_subframes_viper import synthesize

# Words of a channel (silk_channel.py).
_RATE = const(0)
_SUBFRAMES = const(1)
_ORDER = const(2)
_FRESH = const(4)
_LOST = const(5)
_PREVIOUS_SIGNAL = const(6)
_PREVIOUS_LAG = const(7)
_SIGNAL = const(11)
_OFFSET = const(12)
_INTERPOLATION = const(13)
_SEED = const(17)
_LAGS = const(24)

# Words of its concealment (silk_conceal.py).
_JOINING = const(7)
_KNOWN_RATE = const(10)
_NOISE_RATE = const(19)

# Places in what a channel hands to the functions here (silk_channel.py).
_PAST = const(1)
_EXCITATION = const(2)
_NLSF = const(3)
_PREVIOUS_NLSF = const(4)
_EARLY = const(5)
_LATE = const(6)
_LOSS = const(7)
_KEPT = const(8)
_BLOCKS = const(10)
_WORK = const(11)
_TAPS = const(12)
_HALF = const(13)
_TABLES = const(15)
_TREE = const(16)
_ORDERINGS = const(17)

_VOICED = const(2)
_AFTER_LOSS = const(63570)  # widening of the first predictor after a loss, Q16


# Reads the symbols of a frame: its parameters into `words`; its excitation goes to `excitation`,
# which has room for whole blocks of 16 samples.
@micropython.viper
def read(parts, coder, data, active: int, coding: int, excitation):
    words = parts[0]
    tables = parts[_TABLES]
    work = parts[_BLOCKS]
    word = ptr32(words)
    indices(coder, data, tables, words, active, coding)
    blocks = (5 * word[_RATE] * word[_SUBFRAMES] + 15) >> 4
    signal = word[_SIGNAL]
    # A table, and 0, for registers.
    if int(
        magnitudes(
            tables, 0, coder, data, tables, parts[_TREE], excitation, work, signal >> 1, blocks
        )
    ):
        low_bits(coder, data, excitation, work, blocks)
    # Offsets of the quantizer in Q8, by signal type and offset type (section 4.2.7.8.6).
    offset = 60 if word[_OFFSET] else 25
    if signal == _VOICED:
        offset = 25 if word[_OFFSET] else 8
    kind = 2 * signal + word[_OFFSET]
    excite(excitation, word[_SEED], coder, data, tables, work, kind, blocks, offset)


# The stable short-term predictor (Q12) of line frequencies.
@micropython.viper
def predictor(parts, nlsf, out):
    order = ptr32(parts[0])[_ORDER]
    work = parts[_WORK]
    polynomial(work, 0, nlsf, parts[_TABLES], parts[_ORDERINGS], order, work)
    fit(order, work, out)
    if int(surely_stable(work, 0, out, order, work)):
        return
    turn = 0
    while turn < 16:
        if int(stable(work, work, out, order, work)):
            return
        retry(order, work, out, turn)
        turn += 1


# Predictors of both halves of the frame; without interpolation there is only the late one.
@micropython.viper
def predictors(parts):
    words = parts[0]
    word = ptr32(words)
    order = word[_ORDER]
    nlsf = parts[_NLSF]
    previous = parts[_PREVIOUS_NLSF]
    early = parts[_EARLY]
    late = parts[_LATE]
    frequencies(words, parts[_TABLES], nlsf)
    stabilize(nlsf, parts[_TABLES], order)
    predictor(parts, nlsf, late)
    if word[_FRESH]:
        word[_INTERPOLATION] = 4
    if word[_INTERPOLATION] < 4:
        half = parts[_HALF]
        interpolate(previous, nlsf, half, order, word[_INTERPOLATION])
        predictor(parts, half, early)
    copy(nlsf, previous, 0, 0, 8)
    if word[_LOST]:
        widen_short(early, order, _AFTER_LOSS)
        widen_short(late, order, _AFTER_LOSS)


# A frame, to sound behind 20 ms of the past: what follows is put() or the like. Returns whether
# Concealer.finish() has something to do.
@micropython.viper
def decode(parts, coder, data, active: int, coding: int) -> int:
    words = parts[0]
    word = ptr32(words)
    loss = ptr32(parts[_LOSS])
    excitation = parts[_EXCITATION]
    samples = 5 * word[_RATE] * word[_SUBFRAMES]
    half = parts[_HALF]
    # 10 ms at 12 kHz are 7 1/2 blocks.
    rest = samples & 8
    if rest:
        copy(excitation, half, samples >> 1, 0, 4)
    read(parts, coder, data, active, coding, excitation)
    if rest:
        copy(half, excitation, 0, samples >> 1, 4)
    gains(words, coding)
    pitch(words, parts[_TABLES], parts[_TAPS])
    predictors(parts)
    synthesize(excitation, 0, parts)  # anything, and 0, for registers
    if loss[_KNOWN_RATE] != word[_RATE]:
        follow_rate(words, parts[_LOSS])
    remember(words, parts[_LOSS], parts[_TAPS], parts[_LATE], parts[_KEPT])
    word[_LOST] = 0
    word[_FRESH] = 0
    word[_PREVIOUS_SIGNAL] = word[_SIGNAL]
    word[_PREVIOUS_LAG] = word[_LAGS - 1 + word[_SUBFRAMES]]
    if loss[_JOINING] or loss[_NOISE_RATE] != word[_RATE]:
        return 1
    return 0 if word[_SIGNAL] else 1


# The frame behind the past to `out` (16-bit samples, from number 2 on), and into the past.
@micropython.viper
def put(parts, out):
    past = parts[_PAST]
    word = ptr32(parts[0])
    at = 20 * word[_RATE]
    length = 5 * word[_RATE] * word[_SUBFRAMES]
    emit(past, out, at, 2, length)
    copy(past, past, length >> 1, 0, at >> 1)
