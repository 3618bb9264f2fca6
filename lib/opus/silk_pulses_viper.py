"""The excitation of a SILK frame: pulses, signs, dither (RFC 6716 sections 4.2.7.8)."""
# MIT License; see LICENSE

import micropython
from micropython import const

# Places in silk_tables.DATA.
_RATE_LEVEL = const(843)
_PULSES = const(861)
_SPLIT_16 = const(1041)
_SPLIT_OFFSETS = const(1649)
_SIGNS = const(1666)

# In `work`: per block its pulses and its number of low bits, then a binary tree of sums.
_LOW_BITS = const(20)
_TREE = const(40)

_SPLIT_SIZE = const(152)  # bytes of a table of splits


# Magnitudes without low bits into `out` (16 a block), sums and low bits into `work`. `order` names
# the nodes of a block's tree of sums in the order of the stream, each with the number of nodes of
# its subtree and the number of its table: (node, nodes, table) x 15. Returns whether there are low
# bits to read. `p` and `value` come first to get registers (callers give tables and 0). A block
# has at most 16 pulses and 10 low bits, so a magnitude is below 2^15.
@micropython.viper
def magnitudes(
    p: ptr8,
    value: uint,
    state: ptr32,
    data: ptr8,
    tables: ptr8,
    order: ptr8,
    out: ptr16,
    work: ptr8,
    voiced: int,
    blocks: int,
) -> int:
    base = int(tables)
    size = uint(state[0])
    value = uint(state[1])
    at = state[2]
    end = state[3]
    bits = state[7]
    last = state[8]
    clear = ptr32(out)
    i = blocks
    while i:
        clear[0] = 0
        clear[1] = 0
        clear[2] = 0
        clear[3] = 0
        clear[4] = 0
        clear[5] = 0
        clear[6] = 0
        clear[7] = 0
        clear = ptr32(int(clear) + 32)
        i -= 1
    one_pulse = base + _SPLIT_16 + ptr8(int(tables) + _SPLIT_OFFSETS + 1)[0]
    table = _RATE_LEVEL + 9 * voiced
    rate_table = 0
    block = 0
    low_bits = 0
    any_low_bits = 0
    node = 0
    total = 0
    phase = 0
    while phase < 3:
        p = ptr8(base + table)
        unit = size >> uint(8)
        high = size
        low = unit * uint(p[0])
        while value < low:
            p = ptr8(int(p) + 1)
            high = low
            low = unit * uint(p[0])
        value -= low
        size = high - low
        while size <= uint(0x800000):
            byte = last << 8
            last = 0
            if at < end:
                last = data[at]
                at += 1
            byte = ((byte | last) >> 1) & 255
            value = (value << uint(8)) + uint(255 - byte)
            size = size << uint(8)
            bits += 8
        k = int(p) - base - table
        if phase == 2:
            i += 3
            if node < 8:
                work[_TREE + 2 * node] = k
                work[_TREE + 1 + 2 * node] = total - k
            else:
                out[0] = k
                out[1] = total - k
                out = ptr16(int(out) + 4)
        elif phase == 1:
            if k == 17:
                low_bits += 1
                any_low_bits = 1
                table = _PULSES + 9 * 18
                if low_bits == 10:
                    table += 1  # no more of them
                continue
            work[block] = k
            work[_LOW_BITS + block] = low_bits
            low_bits = 0
            table = rate_table
            block += 1
            if block < blocks:
                continue
            phase = 2
            block = 0
            work[_TREE + 1] = work[0]
            i = 0
        else:
            rate_table = _PULSES + 18 * k
            table = rate_table
            phase = 1
            continue
        # The next node that has pulses; a node that has none leaves its samples at 0.
        while True:
            if i == 45:
                block += 1
                if block == blocks:
                    phase = 3
                    break
                work[_TREE + 1] = work[block]
                i = 0
            node = order[i]
            total = work[_TREE + node]
            if total == 1:
                # A way down the tree, all of it binary: half of all symbols.
                k = order[i + 1]
                p = ptr8(one_pulse + _SPLIT_SIZE * order[i + 2])
                i += 3 * k
                k += 1
                pulse = out
                out = ptr16(int(out) + 2 * k)
                while k > 1:
                    k = k >> 1
                    low = (size >> uint(8)) * uint(p[0])
                    if value < low:
                        size = low
                    else:
                        value -= low
                        size -= low
                        pulse = ptr16(int(pulse) + 2 * k)
                    p = ptr8(int(p) + _SPLIT_SIZE)
                    while size <= uint(0x800000):
                        byte = last << 8
                        last = 0
                        if at < end:
                            last = data[at]
                            at += 1
                        byte = ((byte | last) >> 1) & 255
                        value = (value << uint(8)) + uint(255 - byte)
                        size = size << uint(8)
                        bits += 8
                pulse[0] = 1
                continue
            if total:
                table = _SPLIT_16 + _SPLIT_SIZE * order[i + 2] + tables[_SPLIT_OFFSETS + total]
                break
            k = order[i + 1]
            i += 3 * k
            out = ptr16(int(out) + ((k + 1) << 1))
    state[0] = size
    state[1] = value
    state[2] = at
    state[7] = bits
    state[8] = last
    return any_low_bits


# Section 4.2.7.8.4: the low bits of the magnitudes of each block that has them.
@micropython.viper
def low_bits(state: ptr32, data: ptr8, out: ptr16, work: ptr8, blocks: int):
    size = uint(state[0])
    value = uint(state[1])
    at = state[2]
    end = state[3]
    bits = state[7]
    last = state[8]
    block = 0
    while block < blocks:
        count = work[_LOW_BITS + block]
        block += 1
        n = 16
        while n:
            magnitude = out[0]
            i = count
            while i:
                i -= 1
                low = (size >> uint(8)) * uint(120)
                magnitude = magnitude << 1
                if value < low:
                    size = low
                    magnitude += 1
                else:
                    value -= low
                    size -= low
                while size <= uint(0x800000):
                    byte = last << 8
                    last = 0
                    if at < end:
                        last = data[at]
                        at += 1
                    byte = ((byte | last) >> 1) & 255
                    value = (value << uint(8)) + uint(255 - byte)
                    size = size << uint(8)
                    bits += 8
            # Not beyond what the excitation has room for; encoders stop at 31.
            out[0] = magnitude if magnitude < 60 else 60
            out = ptr16(int(out) + 2)
            n -= 1
    state[0] = size
    state[1] = value
    state[2] = at
    state[7] = bits
    state[8] = last


# Sections 4.2.7.8.5 and 4.2.7.8.6: reads the signs of the magnitudes in `p` and makes of them the
# excitation in Q8, with 2^14 added, in their place. `kind` is twice the signal type and the
# quantization offset type, `offset` the offset in Q8, `seed` that of the dither.
@micropython.viper
def excite(
    p: ptr16,
    seed: int,
    state: ptr32,
    data: ptr8,
    tables: ptr8,
    work: ptr8,
    kind: int,
    blocks: int,
    offset: int,
):
    one = 1
    sign = one << 31
    # The two values of a sample without a pulse.
    above = 0x4000 + offset
    below = 0x4000 - offset
    size = uint(state[0])
    value = uint(state[1])
    at = state[2]
    end = state[3]
    bits = state[7]
    last = state[8]
    kind = _SIGNS + 7 * kind
    block = 0
    while block < blocks:
        count = work[block]
        n = 16
        if count + work[_LOW_BITS + block] == 0:
            while n:
                seed = seed * 196314165 + 907633515
                p[0] = below if seed & sign else above
                seed = seed * 196314165 + 907633515
                p[1] = below if seed & sign else above
                p = ptr16(int(p) + 4)
                n -= 2
            block += 1
            continue
        chance = uint(tables[kind + (count if count < 6 else 6)])
        block += 1
        while n:
            seed = seed * 196314165 + 907633515
            if p[0]:
                pulse = p[0]
                level = (pulse << 8) - 20
                low = (size >> uint(8)) * chance
                if value < low:
                    size = low
                    level = level + offset
                else:
                    value -= low
                    size -= low
                    level = offset - level
                    pulse = 0 - pulse
                while size <= uint(0x800000):
                    byte = last << 8
                    last = 0
                    if at < end:
                        last = data[at]
                        at += 1
                    byte = ((byte | last) >> 1) & 255
                    value = (value << uint(8)) + uint(255 - byte)
                    size = size << uint(8)
                    bits += 8
                p[0] = (0 - level if seed & sign else level) + 0x4000
                seed += pulse
            elif seed & sign:
                p[0] = below
            else:
                p[0] = above
            p = ptr16(int(p) + 2)
            n -= 1
    state[0] = size
    state[1] = value
    state[2] = at
    state[7] = bits
    state[8] = last
