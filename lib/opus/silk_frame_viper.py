"""The subframes of a SILK frame, one after the other, in one call from plain code."""
# MIT License; see LICENSE

import micropython
from micropython import const

from .silk_synthesis_viper import gain, long_term, rescale, short_term, whiten

# Words of a channel (silk_channel.py).
_RATE = const(0)
_SUBFRAMES = const(1)
_ORDER = const(2)
_LOST = const(5)
_PREVIOUS_SIGNAL = const(6)
_PREVIOUS_LAG = const(7)
_SIGNAL = const(11)
_INTERPOLATION = const(13)
_SCALE = const(16)
_GAINS = const(20)
_LAGS = const(24)

_VOICED = const(2)
_UNITY = const(65536)
_EXCITATION_BIAS = const(0x20000000)
_RESIDUAL_BIAS = const(0x3FFFFFFF)
_STATES = const(16)


# From excitation to sound in `past`, behind its first 20 ms. `states` starts with the state of the
# short-term predictor, and goes on with that of the frame; `pitch` has room for the state of the
# long-term predictor, 40 ms. Buffers come as objects, to be passed on.
@micropython.viper
def synthesize(words, past, excitation, pitch, states, residual, control, taps, early, late):
    word = ptr32(words)
    tap = ptr16(taps)
    change = ptr32(control)
    order = word[_ORDER]
    length = 5 * word[_RATE]
    at = 20 * word[_RATE]
    voiced = word[_SIGNAL] == _VOICED
    # After a lost voiced frame an unvoiced one starts with 10 ms of that pitch, at a quarter.
    fading = 0
    if word[_LOST] and word[_PREVIOUS_SIGNAL] == _VOICED:
        fading = 2
    first = 0
    k = 0
    while k < word[_SUBFRAMES]:
        predictor = early if k < 2 else late
        gain(words, control, k)
        changed = change[1] != _UNITY
        if changed:
            rescale(states, 0, first, _STATES, control)
        if voiced or k < fading:
            if not voiced:
                tap[5 * k] = 0
                tap[5 * k + 1] = 0
                tap[5 * k + 2] = 4096
                tap[5 * k + 3] = 0
                tap[5 * k + 4] = 0
                word[_LAGS + k] = word[_PREVIOUS_LAG]
            # The state is made anew from the sound when the predictor is new, else it is
            # scaled when the gain has changed.
            lag = word[_LAGS + k]
            if k == 0:
                scale = word[_SCALE]
                whiten(past, 0, at, predictor, pitch, at, lag + 2, control, scale)
            elif k == 2 and word[_INTERPOLATION] < 4:
                whiten(past, 0, at, predictor, pitch, at, lag + 2, control, -1)
            elif changed:
                rescale(pitch, 0, at - lag - 2, lag + 2, control)
            long_term(pitch, 0, at, excitation, first, lag, taps, k, residual, length)
            short_term(
                states,
                0,
                _STATES + first,
                residual,
                0,
                _RESIDUAL_BIAS,
                predictor,
                past,
                at,
                length,
                words,
                _GAINS + k,
                order,
            )
        else:
            short_term(
                states,
                0,
                _STATES + first,
                excitation,
                first,
                _EXCITATION_BIAS,
                predictor,
                past,
                at,
                length,
                words,
                _GAINS + k,
                order,
            )
        first += length
        at += length
        k += 1
