"""The filters of SILK: their forms of numbers, and each by itself (RFC 6716 section 4.2.7.9)."""
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

_INVERSE = const(0)  # word of `control`: 2^47 / gain of a subframe


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


# `count` numbers in `x` from word `to` on through the short-term predictor `a` (Q12), whose states
# they become, times word k of `gains` (Q16), into `sound` from number `at` on. For what is heard
# seldom: half as fast as the same in silk_subframes_viper.synthesize, and a quarter as long.
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
    split = 20
    upper = gain >> 11
    while upper:
        split -= 1
        upper = upper >> 1
    bits = split + 10
    most = one << (bits - 1)
    first = int(a)
    last = first + 2 * 16
    start = order >> 1
    while int(a) != last:
        start -= ((a[0] ^ 32768) - 32768) << 15
        a = ptr16(int(a) + 2)
    start -= 0x2000000
    while int(x) != end:
        y = start
        a = ptr16(first)
        past = x
        while int(a) != last:
            past = ptr16(int(past) - 4)
            tap = (a[0] ^ 32768) - 32768
            y = past[1] * tap + y
            y = (past[0] * tap >> 16) + y
            a = ptr16(int(a) + 2)
        y = (y << 4) + ptr32(x)[0]
        ptr32(x)[0] = y ^ sign
        if (y + most) >> bits:
            y = ((y & mask) ^ sign) - sign
            if y >= most:
                y = most - 1
            if y < 0 - most:
                y = 0 - most
        low = y & 65535
        y = (y >> 16) * gain + ((low * (gain >> 15) + (low * (gain & 32767) >> 15)) >> 1)
        y = (y + 0x800080) >> 8
        if y >> 16:
            y = 0 if y < 0 else 65535
        sound[0] = y
        x = ptr16(int(x) + 4)
        sound = ptr16(int(sound) + 2)
