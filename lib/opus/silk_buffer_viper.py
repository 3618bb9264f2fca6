"""Moves between the buffers of the SILK decoder, as silk_synthesis_viper.py describes them."""
# MIT License; see LICENSE

import micropython


# `count` words to the number 0 with its sign bit inverted: filter states, or pairs of samples.
@micropython.viper
def silence(states: ptr16, count: int, lower: int):
    while count:
        states[0] = lower
        states[1] = 32768
        states = ptr16(int(states) + 4)
        count -= 1


# `count` words from number `first` of `source` to number `to` of `target`, upwards.
@micropython.viper
def copy(source: ptr32, first: int, target: ptr32, to: int, count: int):
    source = ptr32(int(source) + 4 * first)
    target = ptr32(int(target) + 4 * to)
    while count:
        target[0] = source[0]
        source = ptr32(int(source) + 4)
        target = ptr32(int(target) + 4)
        count -= 1


# `count` (even) samples from number `first` of `past` as plain numbers, to number `to` of `out`.
@micropython.viper
def emit(past: ptr16, first: int, out: ptr16, to: int, count: int):
    past = ptr16(int(past) + 2 * first)
    out = ptr16(int(out) + 2 * to)
    while count:
        out[0] = past[0] ^ 32768
        out[1] = past[1] ^ 32768
        past = ptr16(int(past) + 4)
        out = ptr16(int(out) + 4)
        count -= 2


# `count` samples from number `first` of `sound` on become 0.
@micropython.viper
def clear(sound: ptr16, first: int, count: int):
    sound = ptr16(int(sound) + 2 * first)
    while count:
        sound[0] = 0
        sound = ptr16(int(sound) + 2)
        count -= 1


# The left of `count` pairs of samples also to the right.
@micropython.viper
def twice(pairs: ptr16, first: int, count: int):
    pairs = ptr16(int(pairs) + 2 * first)
    while count:
        pairs[1] = pairs[0]
        pairs = ptr16(int(pairs) + 4)
        count -= 1
