"""From a rate inside SILK to the same rate of output: a delay."""
# MIT License; see LICENSE

import micropython


# `count` samples from number `first` of `line` to number `to` of `out`.
@micropython.viper
def copy(line: ptr16, out: ptr16, first: int, count: int, to: int):
    line = ptr16(int(line) + 2 * first)
    out = ptr16(int(out) + 2 * to)
    while count >= 8:
        out[0] = line[0]
        out[1] = line[1]
        out[2] = line[2]
        out[3] = line[3]
        out[4] = line[4]
        out[5] = line[5]
        out[6] = line[6]
        out[7] = line[7]
        line = ptr16(int(line) + 16)
        out = ptr16(int(out) + 16)
        count -= 8
    while count:
        out[0] = line[0]
        line = ptr16(int(line) + 2)
        out = ptr16(int(out) + 2)
        count -= 1


# The same `delay` samples later: those of `line` come first, the last ones go there.
@micropython.viper
def pass_on(sound: ptr16, out: ptr16, first: int, count: int, to: int, line: ptr16, delay: int):
    sound = ptr16(int(sound) + 2 * first)
    out = ptr16(int(out) + 2 * to)
    count -= delay
    i = 0
    while i < delay:
        out[0] = line[i]
        line[i] = sound[count + i]
        out = ptr16(int(out) + 2)
        i += 1
    while count >= 4:
        out[0] = sound[0]
        out[1] = sound[1]
        out[2] = sound[2]
        out[3] = sound[3]
        sound = ptr16(int(sound) + 8)
        out = ptr16(int(out) + 8)
        count -= 4


# Like copy(), to samples that are `step` bytes apart.
@micropython.viper
def scatter(line: ptr16, out: ptr16, first: int, count: int, to: int, step: int):
    line = ptr16(int(line) + 2 * first)
    out = ptr16(int(out) + 2 * to)
    while count:
        out[0] = line[0]
        line = ptr16(int(line) + 2)
        out = ptr16(int(out) + step)
        count -= 1
