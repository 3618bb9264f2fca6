"""Reads a CELT frame, symbol by symbol (RFC 6716 section 4.3, table 56)."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py, plan in celt_allocation_viper.py.

import micropython

from .celt_allocation_viper import capacities, read_allocation
from .celt_bands_viper import bands
from .celt_energy_viper import coarse, fill_collapsed, finalize, fine
from .celt_memory_viper import fill, join, play_safe, remember
from .celt_side_viper import read_boosts, read_changes
from .range_viper import bit, raw, symbol, tell, tell_eighths, uniform


@micropython.viper
def read_header(words, coder, data, pitch: ptr32, third) -> int:
    # Up to the kind of energy prediction, which it returns; pitch[6:9] get the post-filter's lag,
    # gain (Q15) and tapset.
    frame = ptr32(words)
    state = ptr32(coder)
    total = 8 * (state[3] - state[10])
    used = int(tell(coder))
    silent = 1
    if used < total:
        silent = int(bit(coder, data, 15)) if used == 1 else 0
    if silent:
        # As if all bits had been read.
        state[7] += total - int(tell(coder))
        used = total
    frame[32] = silent
    pitch[6] = 0
    pitch[7] = 0
    pitch[8] = 0
    if frame[20] == 0 and used + 16 <= total and int(bit(coder, data, 1)):
        octave = int(uniform(coder, data, 6))
        pitch[6] = (16 << octave) + int(raw(coder, data, 4 + octave)) - 1
        # 0.09375 a step.
        pitch[7] = 3072 * (int(raw(coder, data, 3)) + 1)
        if int(tell(coder)) + 2 <= total:
            pitch[8] = int(symbol(coder, data, third, 0, 2))
    # At least 24 bits of the range are not used yet; exactly, if that is not enough to know.
    left = total - state[7] + 24
    if left < 6:
        left = total - int(tell(coder))
    frame[26] = 0
    if frame[18] and left >= 3:
        frame[26] = int(bit(coder, data, 3))
        if left < 6:
            left = total - int(tell(coder))
    if left >= 3:
        return int(bit(coder, data, 3))
    return 0


@micropython.viper
def read_frame(
    words, coder, data, work, lost: int, size: int, start: int, end: int, channels: int
):
    # The whole frame, up to vectors and energies. work is CeltDecoder's; `lost`: 2.5 ms lost
    # before the frame.
    x = work[0]
    energy = work[2]
    edges = work[3]
    plan = work[11]
    splits = work[13]
    third = work[21]
    frame = ptr32(words)
    state = ptr32(coder)
    frame[17] = channels
    frame[18] = size
    frame[20] = start
    frame[21] = end
    if channels == 1:
        join(energy, 0)
    intra = int(read_header(words, coder, data, work[7], third))
    if lost and not intra:
        frames = lost >> size
        play_safe(words, energy, frames if frames < 10 else 10)
    coarse(words, coder, data, work[14], energy, intra, third)
    read_changes(words, coder, data, plan, work[15])
    total = 8 * (state[3] - state[10])
    frame[3] = 2
    if state[7] - 20 <= total or int(tell(coder)) + 4 <= total:
        frame[3] = int(symbol(coder, data, work[20], 0, 5))
    if frame[40] != frame[18] << 2 | frame[17]:
        frame[40] = frame[18] << 2 | frame[17]
        capacities(words, plan, edges, work[16])
    left = int(read_boosts(words, coder, data, plan, edges))
    tilt = 5
    if (state[7] - 18 << 3) <= left or int(tell_eighths(coder)) + 48 <= left:
        tilt = int(symbol(coder, data, work[19], 0, 7))
    left = total * 8 - int(tell_eighths(coder)) - 1
    reserved = 0
    if frame[26] and frame[18] > 1 and left >= 8 * (frame[18] + 2):
        reserved = 8
    left -= reserved
    frame[39] = reserved
    read_allocation(words, coder, data, plan, edges, splits, work[17], work[18], left, tilt)
    fine(words, coder, data, energy, plan)
    frame[23] = total * 8 - reserved
    # What is folded lies where the bands are, unless these are changed by the second channel, or
    # repeated (hybrid frames).
    frame[27] = frame[17] * frame[19] if frame[20] or frame[17] == 2 else 0
    bands(words, coder, data, work[12], splits, x, plan, edges)
    collapsed = 0
    if reserved:
        collapsed = int(raw(coder, data, 1))
    finalize(words, coder, data, energy, plan)
    if collapsed:
        fill_collapsed(words, x, plan, energy, edges)
    if frame[32]:
        fill(energy, 21 * channels, -28672)
    lost += 1 << size
    remember(energy, 0, words, lost if lost < 160 else 160, coder)
