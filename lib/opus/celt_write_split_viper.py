"""Writes how a CELT band is split into halves, and changes its resolution (RFC 6716 4.3.4.4)."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py. x in
# celt_write_bands_viper.py.

import micropython

from .celt_theta_viper import angles, exact_cosine, log_tangent
from .celt_vector_viper import copy, haar, reorder
from .range_encoder_viper import encode
from .range_encoder_viper import wide as wide_value
from .range_viper import tell_eighths


@micropython.viper
def angle_of(p: ptr16, at: int, n: int) -> int:
    # atan(norm of the second n values / norm of the first) * 2 / pi, in Q14; values of up to 14
    # bits each.
    p = ptr16(int(p) + 2 * at)
    mid = 0
    side = 0
    left = n
    while left:
        v = (p[0] ^ 32768) - 32768
        mid = (v * v >> 6) + mid
        p = ptr16(int(p) + 2)
        left -= 1
    left = n
    while left:
        v = (p[0] ^ 32768) - 32768
        side = (v * v >> 6) + side
        p = ptr16(int(p) + 2)
        left -= 1
    swap = 1 if side > mid else 0
    if swap:
        v = mid
        mid = side
        side = v
    if mid == 0:
        return 8192
    while mid > 32767:
        mid >>= 1
        side >>= 1
    # The root of the ratio, in Q14.
    side = (side << 15) // mid << 13
    ratio = 0
    step = 16384
    while step:
        v = ratio + step
        if v * v <= side:
            ratio = v
        step >>= 1
    square = ratio * ratio >> 14
    angle = ratio * (10378 + (square * (-3023 + (square * 874 >> 14)) >> 14)) >> 14
    return 16384 - angle if swap else angle


@micropython.viper
def theta(words, coder, data, tables: ptr8, x, at: int, n: int, whole: int, level: int):
    # Writes the angle between two vectors of n values, of `whole` blocks before the split.
    frame = ptr32(words)
    bits = frame[15]
    steps = int(angles(tables[frame[1]], n, bits, level, 0))
    before = int(tell_eighths(coder))
    angle = 0
    if steps != 1:
        angle = int(angle_of(x, at, n)) * steps + 8192 >> 14
        if whole > 1:
            # A step that would leave one half no bits at all is all or nothing.
            if angle and angle < steps:
                exact = angle * 16384 // steps
                mid = int(exact_cosine(exact))
                side = int(exact_cosine(16384 - exact))
                delta = 16384 + ((n - 1) << 7) * int(log_tangent(side, mid)) >> 15
                if delta > bits:
                    angle = steps
                elif delta < 0 - bits:
                    angle = 0
            if steps < 256:
                encode(coder, data, angle, angle + 1, steps + 1)
            else:
                ptr32(coder)[12] = angle
                wide_value(coder, data, 256)
        else:
            # A triangle.
            half = steps >> 1
            total = (half + 1) * (half + 1)
            size = angle + 1
            low = angle * (angle + 1) >> 1
            if angle > half:
                size = steps + 1 - angle
                low = total - (size * (size + 1) >> 1)
            encode(coder, data, low, low + size, total)
        angle = angle * 16384 // steps
    spent = int(tell_eighths(coder)) - before
    frame[13] = angle
    frame[14] = spent
    frame[15] = bits - spent
    delta = -16384
    if angle == 16384:
        delta = 16384
    elif angle:
        mid = int(exact_cosine(angle))
        side = int(exact_cosine(16384 - angle))
        delta = 16384 + ((n - 1) << 7) * int(log_tangent(side, mid)) >> 15
    frame[12] = delta


@micropython.viper
def change_resolution(x, at: int, n: int, change: int, blocks: int, tables, spare: int) -> int:
    # Section 4.3.4.5: brings the n values x[at:] of a band to the resolution that they are
    # written in, one block after the other. Returns the number of blocks.
    order = 623 - 2 if blocks == 1 else 0
    k = 0
    while k < change:
        haar(x, at, n >> k, 1 << k)
        k += 1
    blocks >>= k
    while change < 0 and (n // blocks) & 1 == 0:
        haar(x, at, n // blocks, blocks)
        blocks <<= 1
        change += 1
    if blocks > 1:
        if order:
            order += blocks << k
        reorder(x, x, at, spare, n // blocks >> k, blocks << k, tables, order, 0)
        copy(x, x, spare, at, n)
    return blocks
