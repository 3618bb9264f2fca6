"""Writes a CELT frame, symbol by symbol (RFC 6716 section 4.3, table 56)."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py; the encoder's own words of it:
# 40 energies are not predicted   41 tilt of the allocation (trim)   42 end of the coded bands of
# the frame before   43 choice of time-frequency changes
# 44 size for which row 3 of plan was computed
# 45 lag of the pitch at 48 kHz   46 gain of its filter, 0 to 8 steps
# plan is described in celt_allocation_viper.py: rows 4 and 5 are given.

import micropython

from .celt_allocation_viper import capacities
from .celt_write_allocation_viper import write_allocation, write_boosts, write_changes
from .celt_write_bands_viper import bands
from .celt_write_energy_viper import coarse, finalize, fine
from .range_encoder_viper import bit, encode, finish, raw, symbol
from .range_viper import tell, tell_eighths


@micropython.viper
def write_header(words: ptr32, coder, data, third) -> int:
    # Up to the kind of energy prediction, which it returns. A new frame has used one bit of its
    # at least 64.
    bit(coder, data, 0, 15)
    if words[46]:
        bit(coder, data, 1, 1)
        lag = words[45] + 1
        octave = 0
        while lag >> 5 + octave:
            octave += 1
        encode(coder, data, octave, octave + 1, 6)
        raw(coder, data, lag - (16 << octave), 4 + octave)
        raw(coder, data, words[46] - 1, 3)
        symbol(coder, data, 0, third, 2)
    else:
        bit(coder, data, 0, 1)
    if words[18]:
        bit(coder, data, words[26], 3)
    bit(coder, data, words[40], 3)
    return words[40]


@micropython.viper
def write_frame(
    words, coder, data, plan, energy, target, x, u, pulses, edges, splits, laplace, changes, caps,
    qualities, trim, spread, third,
):  # fmt: skip
    # The whole frame, of at least 8 bytes.
    frame = ptr32(words)
    state = ptr32(coder)
    total = 8 * (state[3] - state[10])
    intra = int(write_header(words, coder, data, third))
    # Energies may fall by 6 dB for each 8 bytes.
    decay = total >> 6
    if decay > 16:
        decay = 16
    coarse(words, coder, data, laplace, energy, target, intra, third, decay << 10)
    write_changes(words, coder, data, plan, changes, frame[43])
    if int(tell(coder)) + 4 <= total:
        symbol(coder, data, frame[3], spread, 5)
    else:
        frame[3] = 2
    if frame[18] != frame[44]:
        frame[44] = frame[18]
        capacities(words, plan, edges, caps)
    left = int(write_boosts(words, coder, data, plan, edges))
    tilt = 5
    if int(tell_eighths(coder)) + 48 <= left:
        tilt = frame[41]
        symbol(coder, data, tilt, trim, 7)
    left = total * 8 - int(tell_eighths(coder)) - 1
    reserved = 0
    if frame[26] and frame[18] > 1 and left >= 8 * (frame[18] + 2):
        reserved = 8
    write_allocation(
        words, coder, data, plan, edges, splits, qualities, left - reserved, tilt, frame[42],
        frame[21],
    )  # fmt: skip
    fine(words, coder, data, energy, target, plan)
    frame[23] = total * 8 - reserved
    bands(x, pulses, words, coder, data, u, splits, x, plan, edges)
    if reserved:
        raw(coder, data, 1, 1)
    finalize(words, coder, data, energy, target, plan)
    finish(coder, data)
    frame[40] = 0
    frame[42] = frame[22]
    # What a decoder assumes of the bands that were not sent.
    left = frame[21]
    while left < 21:
        ptr16(energy)[left] = 0
        left += 1
