"""The range decoder of RFC 6716 section 4.1, one symbol a call, on a state kept in an array."""
# MIT License; see LICENSE

# state is an array("I") of range_decoder.WORDS words: 0 range, 1 value, 2 next byte from the
# front, 3 end of the bytes (exclusive), 4 one past the next byte from the back, 5 raw bits read
# ahead, 6 their number, 7 whole bits used, 8 last byte read, 9 error, 10 first byte, 11 unit of
# the last frequency(), 12 total and then value of wide(). Positions count from the start of
# `data`. Reading past an end gives zeros.
#
# The range is at most 2^31, which an int of 32 bits cannot hold: these are uint. Loops that read
# many symbols repeat this arithmetic instead of calling it, since a call costs more than a symbol.

import micropython


@micropython.viper
def start(coder, data, first: int, length: int):
    # Section 4.1.1. The caller has made sure that data holds first + length bytes.
    state = ptr32(coder)
    end = first + length
    last = 0
    if length > 0:
        last = int(ptr8(data)[first])
        first += 1
    state[10] = end - length
    state[0] = 128
    state[1] = 127 - (last >> 1)
    state[2] = first
    state[3] = end
    state[4] = end
    state[5] = 0
    state[6] = 0
    state[7] = 9
    state[8] = last
    state[9] = 0
    state[11] = 0
    state[12] = 0
    normalize(coder, data)


@micropython.viper
def normalize(state: ptr32, data: ptr8):
    # Section 4.1.2.1. The value is always less than the range, so it stays below 2^31.
    size = uint(state[0])
    value = uint(state[1])
    at = state[2]
    last = state[8]
    bits = state[7]
    while size <= uint(0x800000):
        symbol = last << 8
        last = 0
        if at < state[3]:
            last = data[at]
            at += 1
        symbol = ((symbol | last) >> 1) & 255
        value = (value << uint(8)) + uint(255 - symbol)
        size = size << uint(8)
        bits += 8
    state[0] = size
    state[1] = value
    state[2] = at
    state[7] = bits
    state[8] = last


@micropython.viper
def frequency(state: ptr32, total: int) -> int:
    # Section 4.1.2: the cumulative frequency of the next symbol, out of 2 to 65536. Division is
    # for int only, so half the range is divided.
    size = uint(state[0])
    unit = int(size >> uint(1)) // total << 1
    if size - uint(unit * total) >= uint(total):
        unit += 1
    state[11] = unit
    place = int(state[1]) // unit + 1
    return total - place if place < total else 0


@micropython.viper
def update(coder, data, low: int, high: int, total: int):
    # The symbol at frequency() lies from low to high (exclusive).
    state = ptr32(coder)
    unit = uint(state[11])
    below = unit * uint(total - high)
    state[1] = uint(state[1]) - below
    size = unit * uint(high - low) if low > 0 else uint(state[0]) - below
    state[0] = size
    if size <= uint(0x800000):
        normalize(coder, data)


@micropython.viper
def bit(coder, data, log: int) -> int:
    # Section 4.1.3.2: a bit that is 1 with probability 2^-log.
    state = ptr32(coder)
    size = uint(state[0])
    value = uint(state[1])
    split = size >> uint(log)
    one = 1
    if value >= split:
        one = 0
        state[1] = value - split
        split = size - split
    state[0] = split
    if split <= uint(0x800000):
        normalize(coder, data)
    return one


@micropython.viper
def symbol(coder, data, table: ptr8, first: int, log: int) -> int:
    # Section 4.1.3.3: an inverse cumulative table out of 2^log, from table[first], ended by 0.
    state = ptr32(coder)
    high = uint(state[0])
    value = uint(state[1])
    unit = high >> uint(log)
    at = first
    low = unit * uint(table[at])
    while value < low:
        at += 1
        high = low
        low = unit * uint(table[at])
    state[1] = value - low
    high = high - low
    state[0] = high
    if high <= uint(0x800000):
        normalize(coder, data)
    return at - first


@micropython.viper
def raw(state: ptr32, data: ptr8, bits: int) -> int:
    # Section 4.1.4: up to 24 bits from the back of the frame.
    window = uint(state[5])
    ready = state[6]
    at = state[4]
    while ready < bits:
        if at > state[10]:
            at -= 1
            window |= uint(data[at] << ready)
        ready += 8
    state[4] = at
    state[5] = window >> uint(bits)
    state[6] = ready - bits
    state[7] += bits
    return int(window) & ((1 << bits) - 1)


@micropython.viper
def uniform(coder, data, total: int) -> int:
    # Section 4.1.5 for up to 256 equally likely values.
    value = int(frequency(coder, total))
    update(coder, data, value, value + 1, total)
    return value


@micropython.viper
def wide(coder, data):
    # Section 4.1.5: state[12] is the total, 2 to 2^32 - 1, and then the value: numbers that
    # large are no small ints, and would be allocated as arguments. Written out, since it reads
    # most of a frame.
    state = ptr32(coder)
    top = uint(state[12]) - uint(1)
    log = 0
    parts = top
    while parts > uint(65535):
        parts = parts >> uint(8)
        log += 8
    while parts > uint(255):
        parts = parts >> uint(1)
        log += 1
    total = int(parts) + 1
    size = uint(state[0])
    unit = int(size >> uint(1)) // total << 1
    if size - uint(unit * total) >= uint(total):
        unit += 1
    high = total - 1 - int(state[1]) // unit
    if high < 0:
        high = 0
    parts = uint(unit) * uint(total - high - 1)
    state[1] = uint(state[1]) - parts
    size = uint(unit) if high else size - parts
    state[0] = size
    if size <= uint(0x800000):
        normalize(coder, data)
    value = uint(high)
    if log:
        value = value << uint(log) | uint(int(raw(coder, data, log)))
        if value > top:
            state[9] = 1
            value = top
    state[12] = value


@micropython.viper
def tell(state: ptr32) -> int:
    # Section 4.1.6.1: bits used, rounded up.
    size = uint(state[0])
    log = 24
    rest = size >> uint(24)
    while rest != uint(0):
        rest = rest >> uint(1)
        log += 1
    return state[7] - log


@micropython.viper
def tell_eighths(state: ptr32) -> int:
    # Section 4.1.6.2: eighths of bits used, rounded up.
    size = uint(state[0])
    log = 24
    rest = size >> uint(24)
    while rest != uint(0):
        rest = rest >> uint(1)
        log += 1
    r = size >> uint(log - 16)
    eighths = log
    n = 3
    while n:
        # Squaring doubles the logarithm: each turn gives its next bit.
        r = r * r >> uint(15)
        carry = r >> uint(16)
        r = r >> carry
        eighths = eighths << 1 | int(carry)
        n -= 1
    return (state[7] << 3) - eighths
