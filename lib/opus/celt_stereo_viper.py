"""What only stereo frames of CELT need: mid, side and intensity (RFC 6716 section 4.3.4.4)."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py.

import micropython

from .celt_fold_viper import sign
from .celt_partition_viper import partition
from .celt_pvq_viper import inverse_root
from .celt_theta_viper import theta
from .celt_vector_viper import copy, negate
from .range_viper import raw


@micropython.viper
def merge(vectors, at: int, other: int, n: int, mid: int):
    # Mid of unit norm and side scaled already become left and right.
    x = ptr16(vectors)
    p = ptr16(int(x) + 2 * at)
    q = ptr16(int(x) + 2 * other)
    product = 0
    side = 0
    left = n
    while left:
        a = (p[0] ^ 32768) - 32768
        b = (q[0] ^ 32768) - 32768
        product += a * b
        side += b * b
        p = ptr16(int(p) + 2)
        q = ptr16(int(q) + 2)
        left -= 1
    product = (product >> 15) * mid + ((product & 32767) * mid >> 15)
    half = mid >> 1
    energy = half * half + side
    difference = energy - 2 * product
    total = energy + 2 * product
    if total < 161061 or difference < 161061:
        copy(vectors, vectors, at, other, n)
        return
    log = 0
    rest = difference >> 2
    while rest:
        rest >>= 2
        log += 1
    left_log = log
    left_gain = int(
        inverse_root(difference >> 2 * (log - 7) if log > 7 else difference << 2 * (7 - log))
    )
    log = 0
    rest = total >> 2
    while rest:
        rest >>= 2
        log += 1
    gain = int(inverse_root(total >> 2 * (log - 7) if log > 7 else total << 2 * (7 - log)))
    if left_log < 7:
        left_log = 7
    if log < 7:
        log = 7
    p = ptr16(int(x) + 2 * at)
    q = ptr16(int(x) + 2 * other)
    while n:
        a = ((p[0] ^ 32768) - 32768) * mid + 16384 >> 15
        b = (q[0] ^ 32768) - 32768
        p[0] = left_gain * (a - b) + (1 << left_log) >> left_log + 1
        q[0] = gain * (a + b) + (1 << log) >> log + 1
        p = ptr16(int(p) + 2)
        q = ptr16(int(q) + 2)
        n -= 1


@micropython.viper
def two_bins(x: ptr16, at: int, other: int, mid: int, side: int, swap: int, turn: int):
    # The vector at `at` (`other` if swap) was read; the other one is orthogonal to it.
    p = ptr16(int(x) + 2 * at)
    q = ptr16(int(x) + 2 * other)
    a0 = (p[0] ^ 32768) - 32768
    a1 = (p[1] ^ 32768) - 32768
    if swap:
        b0 = (q[0] ^ 32768) - 32768
        b1 = (q[1] ^ 32768) - 32768
        a0 = b1 if turn else 0 - b1
        a1 = 0 - b0 if turn else b0
    else:
        b0 = a1 if turn else 0 - a1
        b1 = 0 - a0 if turn else a0
    a0 = mid * a0 >> 15
    a1 = mid * a1 >> 15
    b0 = side * b0 >> 15
    b1 = side * b1 >> 15
    p[0] = a0 - b0
    q[0] = a0 + b0
    p[1] = a1 - b1
    q[1] = a1 + b1


@micropython.viper
def stereo(words, coder, data, tables, x):
    # One band of two channels, as mid and side, which words[45:54] tell of as for one.
    frame = ptr32(words)
    wide = frame[0]
    at = frame[45]
    other = at + frame[19]
    n = frame[46]
    bits = frame[47] << wide >> wide
    blocks = frame[48]
    low = frame[49]
    level = frame[50]
    fill = frame[52]
    out = frame[53]
    if n == 1:
        sign(words, coder, data, x, at)
        sign(words, coder, data, x, other)
        if (out << wide >> wide) >= 0:
            ptr16(x)[out] = ptr16(x)[at]
        frame[54] = 1
        return
    whole_fill = fill
    frame[15] = bits
    frame[16] = fill
    theta(words, coder, data, tables, n, blocks, blocks, level, 1)
    inverted = frame[9]
    middle = frame[10]
    side_gain = frame[11]
    delta = frame[12] << wide >> wide
    angle = frame[13]
    bits = frame[15] << wide >> wide
    fill = frame[16]
    left = (frame[5] << wide >> wide) - frame[14]
    if n == 2:
        side = 8 if angle & 16383 else 0
        frame[5] = left - side
        swap = 1 if angle > 8192 else 0
        turn = 0
        if side:
            turn = int(raw(coder, data, 1))
        frame[45] = other if swap else at
        frame[47] = bits - side
        frame[52] = whole_fill
        partition(words, 0, words, coder, data, tables, x)
        filled = frame[54]
        if frame[8]:
            two_bins(x, at, other, middle, side_gain, swap, turn)
    else:
        mid = bits - delta >> 1
        if mid > bits:
            mid = bits
        if mid < 0:
            mid = 0
        side = bits - mid
        frame[5] = left
        filled = 0
        # Mid is kept at unit norm, for folding; side is never folded. What has more bits goes
        # first, and what it leaves goes to the other.
        second = 1 if mid < side else 0
        i = 2
        while i:
            frame[46] = n
            frame[48] = blocks
            frame[50] = level
            if second:
                frame[45] = other
                frame[47] = side
                frame[49] = -1
                frame[51] = side_gain
                frame[52] = fill >> blocks
                frame[53] = -1
            else:
                frame[45] = at
                frame[47] = mid
                frame[49] = low
                frame[51] = 32767
                frame[52] = fill
                frame[53] = out
            partition(words, 0, words, coder, data, tables, x)
            filled |= frame[54]
            rest = left - (frame[5] << wide >> wide) + 24
            if second:
                if side > rest and angle != 16384:
                    mid += side - rest
            elif mid > rest and angle:
                side += mid - rest
            second ^= 1
            i -= 1
        if frame[8]:
            merge(x, at, other, n, middle)
    if inverted and frame[8]:
        negate(x, other, n)
    frame[54] = filled


@micropython.viper
def average(x: ptr16, at: int, other: int, n: int):
    p = ptr16(int(x) + 2 * at)
    q = ptr16(int(x) + 2 * other)
    while n:
        p[0] = ((p[0] ^ 32768) + (q[0] ^ 32768) >> 1) - 32768
        p = ptr16(int(p) + 2)
        q = ptr16(int(q) + 2)
        n -= 1
