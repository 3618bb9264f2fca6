"""Writes how the bits of a CELT frame are shared out (RFC 6716 sections 4.3.1 and 4.3.3)."""
# MIT License; see LICENSE

# plan is described in celt_allocation_viper.py, `frame` in celt_bands_viper.py.

import micropython

from .celt_allocation_viper import choose_quality, distribute, interpolate
from .range_encoder_viper import bit, normalize
from .range_viper import tell, tell_eighths


@micropython.viper
def write_changes(words, coder, data, plan: ptr32, table: ptr8, select: int):
    # Section 4.3.1. Row 5 of plan has 0 or 1 for each band, and gets the change that it means.
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
        # At least 24 bits of the range are not used yet; exactly, if that does not tell.
        used = state[7] - 24
        if used + log > budget:
            state[0] = size
            used = int(tell(coder))
        if used + log <= budget:
            # As range_encoder_viper.bit().
            wanted = plan[105 + i]
            split = size >> uint(log)
            size = size - split
            if wanted != change:
                value = value + size
                size = split
                change = wanted
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
        bit(coder, data, select, 1)
        row += 2 * select
    i = frame[20]
    while i < frame[21]:
        plan[105 + i] = int(table[row + plan[105 + i]]) - 3
        i += 1


@micropython.viper
def write_boosts(words, coder, data, plan: ptr32, edges: ptr8) -> int:
    # Section 4.3.3. Row 4 of plan has the number of steps that each band gets more, and gets
    # the eighths of bits. Returns the eighths of bits of the frame less these.
    frame = ptr32(words)
    state = ptr32(coder)
    total = 64 * (state[3] - state[10])
    first_log = 6
    size = uint(state[0])
    value = uint(state[1])
    i = frame[20]
    while i < frame[21]:
        width = int(edges[i + 1]) - int(edges[i]) << frame[18]
        # 6 bits, but at most 1 bit and at least an eighth for each bin.
        quantum = 48 if width < 48 else width
        if quantum > width << 3:
            quantum = width << 3
        log = first_log
        wanted = plan[84 + i]
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
                # As range_encoder_viper.bit().
                split = size >> uint(log)
                size = size - split
                if wanted:
                    value = value + size
                    size = split
                    more = 1
                    wanted -= 1
                    boost += quantum
                    total -= quantum
                    log = 1
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


@micropython.viper
def skip_bands(
    words, coder, data, plan, edges, total: int, sum: int, last: int, skip: int, before: int,
    heard: int,
) -> int:  # fmt: skip
    # Gives up high bands that get too little, of those above band `heard` all. `before` is the
    # end of the coded bands in the frame before. As celt_allocation_viper.skip_bands().
    frame = ptr32(words)
    rows = ptr32(plan)
    edge = ptr8(edges)
    start = frame[20]
    coded = frame[21]
    more = 1
    while more and coded - 1 > last:
        j = coded - 1
        left = total - sum
        if left < 0:
            left = 0
        width = int(edge[coded]) - int(edge[start])
        each = left // width
        rest = left - each * width - (int(edge[j]) - int(edge[start]))
        if rest < 0:
            rest = 0
        width = int(edge[coded]) - int(edge[j])
        bits = rows[j] + each * width + rest
        if bits >= rows[210 + j] and bits >= 16:
            # Sixteenths of a bit a bin; more of them to begin than to go on.
            depth = 0
            if coded > 17:
                depth = 7 if j < before else 9
            if coded <= start + 2 or (bits > depth * width << frame[18] + 3 >> 4 and j <= heard):
                bit(coder, data, 1, 1)
                more = 0
            else:
                bit(coder, data, 0, 1)
                sum += 8
                bits -= 8
        if more:
            sum -= rows[j]
            rows[j] = 8 if bits >= 8 else 0
            sum += rows[j]
            coded -= 1
    frame[22] = coded
    return total - sum + (skip if more else 0)


@micropython.viper
def write_allocation(
    words, coder, data, plan, edges, splits, table, total: int, trim: int, before: int, heard: int
):
    # The whole of section 4.3.3 after the trim, mono: rows 0 to 2.
    if total < 0:
        total = 0
    skip = 8 if total >= 8 else 0
    total -= skip
    last = int(choose_quality(words, plan, edges, table, total, trim))
    sum = int(interpolate(plan, 0, words, total))
    left = int(skip_bands(words, coder, data, plan, edges, total, sum, last, skip, before, heard))
    frame = ptr32(words)
    frame[2] = 0
    frame[25] = 0
    distribute(words, plan, edges, splits, left)
