"""What CELT says of each band before its bits: resolution and boosts (RFC 6716 section 4.3)."""
# MIT License; see LICENSE

# plan is described in celt_allocation_viper.py, `frame` in celt_bands_viper.py.

import micropython

from .range_viper import bit, normalize, tell, tell_eighths


@micropython.viper
def read_changes(words, coder, data, plan: ptr32, table: ptr8):
    # Section 4.3.1: which bands change their time-frequency resolution, and by how much.
    frame = ptr32(words)
    state = ptr32(coder)
    transient = frame[26]
    budget = 8 * (state[3] - state[10])
    log = 2 if transient else 4
    choice = 1 if frame[18] and int(tell(coder)) + log + 1 <= budget else 0
    budget -= choice
    change = 0
    changed = 0
    size = uint(state[0])
    value = uint(state[1])
    end = frame[21]
    i = frame[20]
    while i < end:
        # At least 24 bits of the range are not used yet; exactly, if that is not enough to know.
        used = state[7] - 24
        if used + log > budget:
            state[0] = size
            used = int(tell(coder))
        if used + log <= budget:
            # As range_viper.bit().
            split = size >> uint(log)
            if value < split:
                change ^= 1
                changed |= change
                size = split
            else:
                value = value - split
                size = size - split
                changed |= change
            if size <= uint(0x800000):
                state[0] = size
                state[1] = value
                normalize(coder, data)
                size = uint(state[0])
                value = uint(state[1])
        plan[105 + i] = change
        log = 4 if transient else 5
        i += 1
    state[0] = size
    state[1] = value
    row = 8 * frame[18] + 4 * transient
    if choice and table[row + changed] != table[row + 2 + changed]:
        row += 2 * int(bit(coder, data, 1))
    i = frame[20]
    while i < end:
        plan[105 + i] = int(table[row + plan[105 + i]]) - 3
        i += 1


@micropython.viper
def read_boosts(words, coder, data, plan: ptr32, edges: ptr8) -> int:
    # Section 4.3.3: bands that get more. Returns the eighths of bits of the frame less these.
    frame = ptr32(words)
    state = ptr32(coder)
    total = 64 * (state[3] - state[10])
    first_log = 6
    size = uint(state[0])
    value = uint(state[1])
    i = frame[20]
    while i < frame[21]:
        width = frame[17] * (int(edges[i + 1]) - int(edges[i])) << frame[18]
        # 6 bits, but at most 1 bit and at least an eighth for each bin.
        quantum = 48 if width < 48 else width
        if quantum > width << 3:
            quantum = width << 3
        log = first_log
        boost = 0
        more = 1
        while more and boost < plan[63 + i]:
            # At least 24 bits of the range are not used yet; exactly, if that does not tell.
            used = state[7] - 24 << 3
            if used + (log << 3) >= total:
                state[0] = size
                used = int(tell_eighths(coder))
            more = 0
            if used + (log << 3) < total:
                # As range_viper.bit().
                split = size >> uint(log)
                if value < split:
                    more = 1
                    size = split
                    boost += quantum
                    total -= quantum
                    log = 1
                else:
                    value = value - split
                    size = size - split
                if size <= uint(0x800000):
                    state[0] = size
                    state[1] = value
                    normalize(coder, data)
                    size = uint(state[0])
                    value = uint(state[1])
        plan[84 + i] = boost
        if boost and first_log > 2:
            first_log -= 1
        i += 1
    state[0] = size
    state[1] = value
    return total
