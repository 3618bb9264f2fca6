"""Excitation to sound: long-term and short-term prediction (RFC 6716 section 4.2.7.9)."""
# MIT License; see LICENSE

# Forms of numbers that keep every load positive, so that it means the same where an int has 64
# bits:
#   excitation: 16 bits of Q8, in which it is exact, 2^14 added;
#   filter states: words with the sign bit inverted that are read as halves. The upper one is the
#     signed upper half plus 32768, so a sum of products with taps only needs 32768 * sum(taps)
#     taken off; the lower one is as it is;
#   what goes into the short-term predictor: words with 2^29 added, where its states will be;
#   past output: 16 bits with the sign bit inverted.
# The first two names of a function are the ones that mpy-cross keeps in registers: the pointer and
# the sum of the innermost loop, hence `y`, which callers set to 0. A sum that grows in a statement
# for each product costs 6 instructions a product, in one long expression 8.
#
# Each product of a state with a tap is floored to Q-16 by itself, as in the reference.

import micropython
from micropython import const

_GAINS = const(20)  # words of a channel (silk_channel.py)
_PREVIOUS_GAIN = const(10)

# Words of `control`: of a subframe 2^47 / gain, and in Q16 the former gain over this one.
_INVERSE = const(0)
_CHANGE = const(1)
_UNCHANGED = const(65536)


# Reciprocal and change of gain number k, by the divisions of the reference.
@micropython.viper
def gain(words: ptr32, control: ptr32, k: int):
    now = words[_GAINS + k]
    before = words[_PREVIOUS_GAIN]
    words[_PREVIOUS_GAIN] = now
    room = 0
    norm = now
    while norm < 0x20000000:
        norm = norm << 2
        room += 2
    if norm <= 0x3FFFFFFF:
        norm = norm << 1
        room += 1
    upper = norm >> 16
    lower = norm & 65535
    quotient = 0x1FFFFFFF // upper
    error = (0x20000000 - (upper * quotient + ((lower * quotient) >> 16))) << 3
    inverse = (quotient << 16) + (error >> 16) * quotient + (((error & 65535) * quotient) >> 16)
    control[_INVERSE] = inverse >> (14 - room)
    if now == before:
        control[_CHANGE] = _UNCHANGED
        return
    shift = 13 - room
    while before <= 0x3FFFFFFF:
        before = before << 1
        shift += 1
    change = (before >> 16) * quotient + (((before & 65535) * quotient) >> 16)
    # What is left of `before`: change * norm, its high word, times 8.
    part = (change & 65535) * upper + int(uint((change & 65535) * lower) >> uint(16))
    error = (change >> 16) * lower + (part & 65535)
    error = before - (((change >> 16) * upper + (part >> 16) + (error >> 16)) << 3)
    change += (error >> 16) * quotient + (((error & 65535) * quotient) >> 16)
    if shift < 0:
        # 2^31 and more is cut.
        change = 0x3FFFFFFF if change > 0x3FFFFFFF else change
        change = change << 1
    else:
        change = change >> shift
    control[_CHANGE] = change


# `count` words of a filter state `x` from word `first` on, times control[1] (Q16).
@micropython.viper
def rescale(x: ptr16, y: int, first: int, count: int, control: ptr32):
    one = 1
    sign = one << 31
    x = ptr16(int(x) + 4 * first)
    change = control[_CHANGE]
    upper = change >> 16
    lower = change & 65535
    end = int(x) + 4 * count
    while int(x) != end:
        y = x[1] - 32768
        y = ((y << 16) + x[0]) * upper + y * lower
        y = int(uint(x[0] * lower) >> uint(16)) + y
        ptr32(x)[0] = y ^ sign
        x = ptr16(int(x) + 4)


# The `count` samples of the past `x` before sample `end` through the inverse of the short-term
# predictor `a` (Q12, 16 taps, unused ones 0), over the gain, and times `scale` (Q14) unless that
# is -1: the state of the long-term predictor, up to its word `to`.
@micropython.viper
def whiten(
    x: ptr16,
    y: int,
    end: int,
    a: ptr16,
    states: ptr16,
    to: int,
    count: int,
    control: ptr32,
    scale: int,
):
    one = 1
    sign = one << 31
    mask = (sign << 1) - 1
    x = ptr16(int(x) + 2 * (end - count))
    end = int(x) + 2 * count
    out = ptr32(int(states) + 4 * (to - count))
    inverse = control[_INVERSE]
    if scale >= 0:
        inverse = ((inverse >> 16) * scale + (((inverse & 65535) * scale) >> 16)) << 2
    upper = inverse >> 16
    lower = inverse & 65535
    a0 = (a[0] ^ 32768) - 32768
    a1 = (a[1] ^ 32768) - 32768
    a2 = (a[2] ^ 32768) - 32768
    a3 = (a[3] ^ 32768) - 32768
    a4 = (a[4] ^ 32768) - 32768
    a5 = (a[5] ^ 32768) - 32768
    a6 = (a[6] ^ 32768) - 32768
    a7 = (a[7] ^ 32768) - 32768
    a8 = (a[8] ^ 32768) - 32768
    a9 = (a[9] ^ 32768) - 32768
    a10 = (a[10] ^ 32768) - 32768
    a11 = (a[11] ^ 32768) - 32768
    a12 = (a[12] ^ 32768) - 32768
    a13 = (a[13] ^ 32768) - 32768
    a14 = (a[14] ^ 32768) - 32768
    a15 = (a[15] ^ 32768) - 32768
    bias = a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7
    bias += a8 + a9 + a10 + a11 + a12 + a13 + a14 + a15
    bias = (32768 << 12) - (bias << 15) - 2048
    while int(x) != end:
        y = bias
        y = x[-1] * a0 + y
        y = x[-2] * a1 + y
        y = x[-3] * a2 + y
        y = x[-4] * a3 + y
        y = x[-5] * a4 + y
        y = x[-6] * a5 + y
        y = x[-7] * a6 + y
        y = x[-8] * a7 + y
        y = x[-9] * a8 + y
        y = x[-10] * a9 + y
        y = x[-11] * a10 + y
        y = x[-12] * a11 + y
        y = x[-13] * a12 + y
        y = x[-14] * a13 + y
        y = x[-15] * a14 + y
        y = x[-16] * a15 + y
        y = (x[0] << 12) - y
        if (y + 0x8000000) >> 28:
            # What 16 bits do not hold; and 32, in a stream that is not sane.
            y = ((y & mask) ^ sign) - sign
            if y > 0x7FFFFFF:
                y = 0x7FFFFFF
            if y < -0x8000000:
                y = -0x8000000
        y = y >> 12
        out[0] = (upper * y + ((lower * y) >> 16)) ^ sign
        x = ptr16(int(x) + 2)
        out = ptr32(int(out) + 4)


# The `count` samples (a multiple of 4) of excitation from number `first` on, to the states `x` of
# the short-term predictor from word `to` on.
@micropython.viper
def pass_on(excitation: ptr16, x: ptr32, first: int, to: int, count: int):
    excitation = ptr16(int(excitation) + 2 * first)
    x = ptr32(int(x) + 4 * to)
    while count:
        x[0] = (excitation[0] << 6) + 0x1FF00000
        x[1] = (excitation[1] << 6) + 0x1FF00000
        x[2] = (excitation[2] << 6) + 0x1FF00000
        x[3] = (excitation[3] << 6) + 0x1FF00000
        excitation = ptr16(int(excitation) + 8)
        x = ptr32(int(x) + 16)
        count -= 4


# The same with what the long-term predictor (row k of `taps`) adds, whose state `x` goes on from
# word `at`; `states` are those of the short-term predictor.
@micropython.viper
def long_term(
    x: ptr16,
    y: int,
    at: int,
    excitation: ptr16,
    first: int,
    lag: int,
    taps: ptr16,
    k: int,
    states: ptr32,
    to: int,
    count: int,
):
    one = 1
    sign = one << 31
    out = ptr32(int(x) + 4 * at)
    end = int(x) + 4 * (at + count - lag + 2)
    x = ptr16(int(out) - 4 * (lag - 2))
    excitation = ptr16(int(excitation) + 2 * first)
    states = ptr32(int(states) + 4 * to)
    taps = ptr16(int(taps) + 10 * k)
    a0 = (taps[0] ^ 32768) - 32768
    a1 = (taps[1] ^ 32768) - 32768
    a2 = (taps[2] ^ 32768) - 32768
    a3 = (taps[3] ^ 32768) - 32768
    a4 = (taps[4] ^ 32768) - 32768
    bias = 2 - ((a0 + a1 + a2 + a3 + a4) << 15)
    while int(x) != end:
        y = bias
        y = x[1] * a0 + y
        y = (x[0] * a0 >> 16) + y
        y = x[-1] * a1 + y
        y = (x[-2] * a1 >> 16) + y
        y = x[-3] * a2 + y
        y = (x[-4] * a2 >> 16) + y
        y = x[-5] * a3 + y
        y = (x[-6] * a3 >> 16) + y
        y = x[-7] * a4 + y
        y = (x[-8] * a4 >> 16) + y
        y = (y << 1) + (excitation[0] << 6) - 0x100000
        states[0] = y + 0x20000000
        out[0] = (y << 1) ^ sign
        x = ptr16(int(x) + 4)
        out = ptr32(int(out) + 4)
        excitation = ptr16(int(excitation) + 2)
        states = ptr32(int(states) + 4)


# `count` numbers in `x` from word `to` on through the short-term predictor `a` (Q12), whose states
# they become, times word k of `gains` (Q16), into `sound` from number `at` on.
@micropython.viper
def short_term(
    x: ptr16,
    y: int,
    to: int,
    a: ptr16,
    sound: ptr16,
    at: int,
    count: int,
    gains: ptr32,
    k: int,
    order: int,
):
    one = 1
    sign = one << 31
    mask = (sign << 1) - 1
    x = ptr16(int(x) + 4 * to)
    sound = ptr16(int(sound) + 2 * at)
    end = int(x) + 4 * count
    gain = gains[k] >> 6
    # In two parts a state is multiplied with the gain, of which the lower one has as many bits as
    # leave its product in 31.
    split = 20
    upper = gain >> 11
    while upper:
        split -= 1
        upper = upper >> 1
    # A state of this and more saturates the sound in any case.
    bits = split + 10
    most = one << (bits - 1)
    rest = (one << split) - 1
    shift = 24 - split
    middle = (65537 << shift) >> 1  # rounded, and 32768
    # In three parts, for a gain with which the product of the upper one would not fit.
    upper = gain >> 15
    lower = gain & 32767
    a0 = (a[0] ^ 32768) - 32768
    a1 = (a[1] ^ 32768) - 32768
    a2 = (a[2] ^ 32768) - 32768
    a3 = (a[3] ^ 32768) - 32768
    a4 = (a[4] ^ 32768) - 32768
    a5 = (a[5] ^ 32768) - 32768
    a6 = (a[6] ^ 32768) - 32768
    a7 = (a[7] ^ 32768) - 32768
    a8 = (a[8] ^ 32768) - 32768
    a9 = (a[9] ^ 32768) - 32768
    a10 = (a[10] ^ 32768) - 32768
    a11 = (a[11] ^ 32768) - 32768
    a12 = (a[12] ^ 32768) - 32768
    a13 = (a[13] ^ 32768) - 32768
    a14 = (a[14] ^ 32768) - 32768
    a15 = (a[15] ^ 32768) - 32768
    start = a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7
    start += a8 + a9 + a10 + a11 + a12 + a13 + a14 + a15
    start = (order >> 1) - (start << 15) - 0x2000000
    while int(x) != end:
        y = start
        y = x[-1] * a0 + y
        y = (x[-2] * a0 >> 16) + y
        y = x[-3] * a1 + y
        y = (x[-4] * a1 >> 16) + y
        y = x[-5] * a2 + y
        y = (x[-6] * a2 >> 16) + y
        y = x[-7] * a3 + y
        y = (x[-8] * a3 >> 16) + y
        y = x[-9] * a4 + y
        y = (x[-10] * a4 >> 16) + y
        y = x[-11] * a5 + y
        y = (x[-12] * a5 >> 16) + y
        y = x[-13] * a6 + y
        y = (x[-14] * a6 >> 16) + y
        y = x[-15] * a7 + y
        y = (x[-16] * a7 >> 16) + y
        y = x[-17] * a8 + y
        y = (x[-18] * a8 >> 16) + y
        y = x[-19] * a9 + y
        y = (x[-20] * a9 >> 16) + y
        y = x[-21] * a10 + y
        y = (x[-22] * a10 >> 16) + y
        y = x[-23] * a11 + y
        y = (x[-24] * a11 >> 16) + y
        y = x[-25] * a12 + y
        y = (x[-26] * a12 >> 16) + y
        y = x[-27] * a13 + y
        y = (x[-28] * a13 >> 16) + y
        y = x[-29] * a14 + y
        y = (x[-30] * a14 >> 16) + y
        y = x[-31] * a15 + y
        y = (x[-32] * a15 >> 16) + y
        y = (y << 4) + ptr32(x)[0]
        ptr32(x)[0] = y ^ sign
        if (y + most) >> bits:
            y = ((y & mask) ^ sign) - sign
            if y >= most:
                y = most - 1
            if y < 0 - most:
                y = 0 - most
        if split > 9:
            y = ((y >> split) * gain + ((y & rest) * gain >> split) + middle) >> shift
        else:
            low = y & 65535
            y = (y >> 16) * gain + ((low * upper + (low * lower >> 15)) >> 1)
            y = (y + 0x800080) >> 8
        if y >> 16:
            y = 0 if y < 0 else 65535
        sound[0] = y
        x = ptr16(int(x) + 4)
        sound = ptr16(int(sound) + 2)
