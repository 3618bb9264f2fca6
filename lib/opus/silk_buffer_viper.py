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
def copy(source: ptr32, target: ptr32, first: int, to: int, count: int):
    source = ptr32(int(source) + 4 * first)
    target = ptr32(int(target) + 4 * to)
    while count >= 8:
        target[0] = source[0]
        target[1] = source[1]
        target[2] = source[2]
        target[3] = source[3]
        target[4] = source[4]
        target[5] = source[5]
        target[6] = source[6]
        target[7] = source[7]
        source = ptr32(int(source) + 32)
        target = ptr32(int(target) + 32)
        count -= 8
    while count:
        target[0] = source[0]
        source = ptr32(int(source) + 4)
        target = ptr32(int(target) + 4)
        count -= 1


# `count` (a multiple of 8) samples from number `first` of `past` as plain numbers, to number `to`
# of `out`.
@micropython.viper
def emit(past: ptr16, out: ptr16, first: int, to: int, count: int):
    past = ptr16(int(past) + 2 * first)
    out = ptr16(int(out) + 2 * to)
    while count:
        out[0] = past[0] ^ 32768
        out[1] = past[1] ^ 32768
        out[2] = past[2] ^ 32768
        out[3] = past[3] ^ 32768
        out[4] = past[4] ^ 32768
        out[5] = past[5] ^ 32768
        out[6] = past[6] ^ 32768
        out[7] = past[7] ^ 32768
        past = ptr16(int(past) + 16)
        out = ptr16(int(out) + 16)
        count -= 8


# The last two samples of the frame before to the front of `sound`, whose last two `past` gets.
@micropython.viper
def join(sound: ptr16, past: ptr16, length: int):
    sound[0] = past[0]
    sound[1] = past[1]
    past[0] = sound[length]
    past[1] = sound[length + 1]


# The `length` samples from number `at` of `past` on as plain numbers to number `to` of `out`, one
# sample and `delay` more later: what join(), and silk_resample_viper.pass_on() behind it, do.
@micropython.viper
def deliver(
    past: ptr16, out: ptr16, at: int, length: int, to: int, line: ptr16, delay: int, before: ptr16
):
    past = ptr16(int(past) + 2 * at)
    out = ptr16(int(out) + 2 * to)
    last = ptr16(int(past) + 2 * (length - delay - 1))
    i = 0
    while i < delay:
        out[0] = line[i]
        line[i] = last[i] ^ 32768
        out = ptr16(int(out) + 2)
        i += 1
    out[0] = before[1]
    before[0] = past[length - 2] ^ 32768
    before[1] = past[length - 1] ^ 32768
    out = ptr16(int(out) + 2)
    length -= delay + 1
    while length >= 8:
        out[0] = past[0] ^ 32768
        out[1] = past[1] ^ 32768
        out[2] = past[2] ^ 32768
        out[3] = past[3] ^ 32768
        out[4] = past[4] ^ 32768
        out[5] = past[5] ^ 32768
        out[6] = past[6] ^ 32768
        out[7] = past[7] ^ 32768
        past = ptr16(int(past) + 16)
        out = ptr16(int(out) + 16)
        length -= 8
    while length:
        out[0] = past[0] ^ 32768
        past = ptr16(int(past) + 2)
        out = ptr16(int(out) + 2)
        length -= 1


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
