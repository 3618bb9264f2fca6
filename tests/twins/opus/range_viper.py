"""Plain twin of lib/opus/range_viper.py."""
# MIT License; see LICENSE


def start(state, data, first, length):
    last = data[first] if length > 0 else 0
    words = [128, 127 - (last >> 1), first + (length > 0), first + length, first + length]
    state[0:13] = type(state)("I", [*words, 0, 0, 9, last, 0, first, 0, 0])
    normalize(state, data)


def normalize(state, data):
    while state[0] <= 1 << 23:
        symbol = state[8] << 8
        state[8] = 0
        if state[2] < state[3]:
            state[8] = data[state[2]]
            state[2] += 1
        symbol = (symbol | state[8]) >> 1 & 255
        state[0] <<= 8
        state[1] = (state[1] << 8) + 255 - symbol
        state[7] += 8


def frequency(state, total):
    state[11] = state[0] // total
    return total - min(state[1] // state[11] + 1, total)


def update(state, data, low, high, total):
    below = state[11] * (total - high)
    state[1] -= below
    state[0] = state[11] * (high - low) if low > 0 else state[0] - below
    normalize(state, data)


def bit(state, data, log):
    split = state[0] >> log
    one = state[1] < split
    if one:
        state[0] = split
    else:
        state[1] -= split
        state[0] -= split
    normalize(state, data)
    return int(one)


def symbol(state, data, table, first, log):
    unit = state[0] >> log
    high = state[0]
    at = first
    while state[1] < unit * table[at]:
        high = unit * table[at]
        at += 1
    low = unit * table[at]
    state[1] -= low
    state[0] = high - low
    normalize(state, data)
    return at - first


def raw(state, data, bits):
    while state[6] < bits:
        if state[4] > state[10]:
            state[4] -= 1
            state[5] |= data[state[4]] << state[6]
        state[6] += 8
    value = state[5] & (1 << bits) - 1
    state[5] >>= bits
    state[6] -= bits
    state[7] += bits
    return value


def uniform(state, data, total):
    value = frequency(state, total)
    update(state, data, value, value + 1, total)
    return value


def wide(state, data):
    total = state[12]
    log = max((total - 1).bit_length() - 8, 0)
    value = uniform(state, data, (total - 1 >> log) + 1)
    value = value << log | raw(state, data, log)
    if value >= total:
        state[9] = 1
        value = total - 1
    state[12] = value


def tell(state):
    return state[7] - state[0].bit_length()


def tell_eighths(state):
    log = state[0].bit_length()
    r = state[0] >> log - 16
    for _ in range(3):
        r = r * r >> 15
        log = log << 1 | r >> 16
        r >>= r >> 16
    return (state[7] << 3) - log
