"""The range encoder of RFC 6716 section 5.1, one symbol a call, on a state kept in an array."""
# MIT License; see LICENSE

# state is an array("I") of the words that range_viper.py describes, so that its tell() and
# tell_eighths() serve here too: 0 range, 1 low end of the range, 2 next byte from the front,
# 3 end of the bytes (exclusive), 4 one past the next byte from the back, 5 raw bits not yet
# written, 6 their number, 7 whole bits used, 9 error, 10 first byte, 12 value of wide().
#
# The range is at most 2^31 and its low end below 2^31, but for a carry: these are uint.

import micropython


@micropython.viper
def start(state: ptr32, first: int, length: int):
    # The caller has made sure that the packet has room for first + length bytes.
    state[0] = uint(1) << uint(31)
    state[1] = 0
    state[2] = first
    state[3] = first + length
    state[4] = first + length
    state[5] = 0
    state[6] = 0
    state[7] = 33
    state[9] = 0
    state[10] = first


@micropython.viper
def normalize(state: ptr32, data: ptr8):
    # Section 5.1.1.1. A carry goes back through the bytes that are already written.
    size = uint(state[0])
    value = uint(state[1])
    at = state[2]
    bits = state[7]
    while size <= uint(0x800000):
        symbol = int(value >> uint(23))
        back = at
        carry = symbol >> 8
        while carry and back > state[10]:
            back -= 1
            carry += data[back]
            data[back] = carry
            carry >>= 8
        if at < state[4]:
            data[at] = symbol
            at += 1
        else:
            state[9] = 1
        value = (value & uint(0x7FFFFF)) << uint(8)
        size = size << uint(8)
        bits += 8
    state[0] = size
    state[1] = value
    state[2] = at
    state[7] = bits


@micropython.viper
def encode(coder, data, low: int, high: int, total: int):
    # Section 5.1.1: the symbol from low to high (exclusive) out of 2 to 65536. Division is for
    # int only, so half the range is divided.
    state = ptr32(coder)
    size = uint(state[0])
    unit = int(size >> uint(1)) // total << 1
    if size - uint(unit * total) >= uint(total):
        unit += 1
    if low:
        state[1] = uint(state[1]) + size - uint(unit) * uint(total - low)
        size = uint(unit) * uint(high - low)
    else:
        size = size - uint(unit) * uint(total - high)
    state[0] = size
    if size <= uint(0x800000):
        normalize(coder, data)


@micropython.viper
def bit(coder, data, value: int, log: int):
    # Section 5.1.2: a bit that is 1 with probability 2^-log.
    state = ptr32(coder)
    size = uint(state[0])
    split = size >> uint(log)
    size = size - split
    if value:
        state[1] = uint(state[1]) + size
        size = split
    state[0] = size
    if size <= uint(0x800000):
        normalize(coder, data)


@micropython.viper
def symbol(coder, data, value: int, table: ptr8, log: int):
    # Section 5.1.3: an inverse cumulative table out of 2^log.
    state = ptr32(coder)
    size = uint(state[0])
    unit = size >> uint(log)
    rest = unit * uint(table[value])
    if value:
        above = unit * uint(table[value - 1])
        state[1] = uint(state[1]) + size - above
        size = above
    size = size - rest
    state[0] = size
    if size <= uint(0x800000):
        normalize(coder, data)


@micropython.viper
def raw(state: ptr32, data: ptr8, value: int, bits: int):
    # Section 5.1.4: up to 24 bits at the back of the frame.
    window = state[5] | value << state[6]
    ready = state[6] + bits
    at = state[4]
    while ready >= 8:
        if at > state[2]:
            at -= 1
            data[at] = window
        else:
            state[9] = 1
        window >>= 8
        ready -= 8
    state[4] = at
    state[5] = window
    state[6] = ready
    state[7] += bits


@micropython.viper
def wide(coder, data, total_less_1: uint):
    # Section 5.1.5: state[12] is one of total_less_1 + 1 equally likely values, up to 2^32.
    state = ptr32(coder)
    value = uint(state[12])
    log = 0
    parts = total_less_1
    while parts > uint(255):
        parts = parts >> uint(1)
        log += 1
    part = int(value >> uint(log))
    encode(coder, data, part, part + 1, int(parts) + 1)
    if log:
        raw(coder, data, int(value & (uint(1) << uint(log)) - uint(1)), log)


@micropython.viper
def finish(coder, data):
    # Section 5.1.5: as few more bits as tell the range; zeros up to the raw bits.
    state = ptr32(coder)
    size = uint(state[0])
    value = uint(state[1])
    top = uint(1) << uint(31)
    rest = size
    bits = 0
    while rest < top:
        rest = rest << uint(1)
        bits += 1
    mask = top - uint(1) >> uint(bits)
    end = value + mask
    end = end - (end & mask)
    if end + mask >= value + size:
        bits += 1
        mask = mask >> uint(1)
        end = value + mask
        end = end - (end & mask)
    if bits:
        # normalize() puts one byte a shift by 8 that it takes the range to exceed 2^23.
        state[0] = uint(0x800000) >> uint(bits - 1 >> 3 << 3)
        state[1] = end
        normalize(coder, data)
    state[0] = size
    at = state[2]
    last = state[4]
    p = ptr8(data)
    while at < last:
        p[at] = 0
        at += 1
    if state[6]:
        window = state[5]
        if state[2] >= last:
            # In the last byte of the range, if it has room.
            window &= (1 << (0 - bits & 7)) - 1
        p[last - 1] = p[last - 1] | window
