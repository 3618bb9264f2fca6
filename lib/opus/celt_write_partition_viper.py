"""Writes one band of CELT's residual, split where it has many bits (RFC 6716 section 4.3.4.4)."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py. x is an array("h"): the bins of all bands, each band
# scaled as its largest bin allows, then a band of spare room.

import micropython

from .celt_theta_viper import angles, exact_cosine, log_tangent
from .celt_vector_viper import haar, reorder
from .celt_write_vector_viper import write_vector
from .range_encoder_viper import encode, raw
from .range_encoder_viper import wide as wide_value
from .range_viper import tell_eighths


@micropython.viper
def norm(p: ptr16, at: int, n: int) -> int:
    # The root of the sum of squares of n values of up to 14 bits, each; 0 to 32767 << 1.
    p = ptr16(int(p) + 2 * at)
    sum = 0
    while n:
        v = (p[0] ^ 32768) - 32768
        sum += v * v >> 6
        p = ptr16(int(p) + 2)
        n -= 1
    root = 0
    step = 16384
    while step:
        if (root + step) * (root + step) <= sum:
            root += step
        step >>= 1
    return root


@micropython.viper
def angle_of(x, at: int, n: int) -> int:
    # atan(norm of the second n values / norm of the first) * 2 / pi, in Q14.
    mid = int(norm(x, at, n))
    side = int(norm(x, at + n, n))
    if mid == 0 and side == 0:
        return 8192
    swap = 1 if side > mid else 0
    ratio = (mid << 14) // side if swap else (side << 14) // mid
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
def partition(
    words, coder, data, u, tables, x, at: int, n: int, bits: int, blocks: int, level: int, pulses
):
    # Writes n values x[at:]. The recursion halves n: at most 5 deep.
    frame = ptr32(words)
    wide = frame[0]
    row = ptr8(tables)
    first = 21 + 2 * (21 * (level + 1) + frame[1])
    first = 231 + (int(row[first]) | int(row[first + 1]) << 8)
    left = frame[5] << wide >> wide
    if level == -1 or n <= 2 or bits <= int(row[first + int(row[first])]) + 12:
        write_vector(
            x, pulses, words, coder, data, u, x, at, n, bits, blocks, pulses, tables, first
        )
        return
    n >>= 1
    level -= 1
    whole = blocks
    blocks = blocks + 1 >> 1
    frame[15] = bits
    theta(words, coder, data, tables, x, at, n, whole, level)
    bits = frame[15] << wide >> wide
    angle = frame[13]
    delta = frame[12] << wide >> wide
    if whole > 1 and angle & 16383:
        # Pre-echo masking is short, forward masking 1.5 dB in 10 ms.
        if angle > 8192:
            delta -= delta >> 4 - level
        else:
            delta += n << 3 >> 5 - level
            if delta > 0:
                delta = 0
    mid = bits - delta >> 1
    if mid > bits:
        mid = bits
    if mid < 0:
        mid = 0
    side = bits - mid
    left -= frame[14]
    frame[5] = left
    # The half that has more bits goes first, and what it leaves goes to the other.
    mid_first = mid >= side
    if not mid_first:
        partition(words, coder, data, u, tables, x, at + n, n, side, blocks, level, pulses)
        spare = side - (left - (frame[5] << wide >> wide)) - 24
        if spare > 0 and angle != 16384:
            mid += spare
    partition(words, coder, data, u, tables, x, at, n, mid, blocks, level, pulses)
    if mid_first:
        spare = mid - (left - (frame[5] << wide >> wide)) - 24
        if spare > 0 and angle != 0:
            side += spare
        partition(words, coder, data, u, tables, x, at + n, n, side, blocks, level, pulses)


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
        reorder(x, at, n // blocks >> k, blocks << k, tables, order, spare, 0)
    return blocks


@micropython.viper
def bands(words, coder, data, u, tables, x, plan, edges, pulses):
    # Writes the vectors of all bands. Row 0 of plan has their eighths of bits, row 5 the changes
    # of time-frequency resolution. As celt_bands_viper.bands().
    frame = ptr32(words)
    rows = ptr32(plan)
    state = ptr32(coder)
    edge = ptr8(edges)
    costs = ptr8(tables)
    wide = frame[0]
    size = frame[18]
    start = frame[20]
    balance = frame[24] << wide >> wide
    blocks = 1 << size if frame[26] else 1
    i = start
    while i < frame[21]:
        at = int(edge[i]) << size
        n = (int(edge[i + 1]) << size) - at
        # As range_viper.tell_eighths().
        size_now = uint(state[0])
        used = 24
        rest = size_now >> uint(24)
        while rest != uint(0):
            rest = rest >> uint(1)
            used += 1
        size_now = size_now >> uint(used - 16)
        j = 3
        while j:
            size_now = size_now * size_now >> uint(15)
            rest = size_now >> uint(16)
            size_now = size_now >> rest
            used = used << 1 | int(rest)
            j -= 1
        used = (state[7] << 3) - used
        if i != start:
            balance -= used
        left = frame[23] - used - 1
        frame[1] = i
        frame[5] = left
        bits = 0
        if i < frame[22]:
            share = frame[22] - i
            if share > 3:
                share = 3
            # Towards zero.
            share = balance // share if balance >= 0 else 0 - (0 - balance) // share
            bits = rows[i] + share
            if bits > left + 1:
                bits = left + 1
            if bits > 16383:
                bits = 16383
            if bits < 0:
                bits = 0
        change = rows[105 + i] << wide >> wide
        parts = blocks
        if n == 1:
            if left >= 8:
                raw(coder, data, 1 if ptr16(x)[at] > 32767 else 0, 1)
        else:
            if change or blocks > 1:
                parts = int(change_resolution(x, at, n, change, blocks, tables, frame[28]))
            # As in partition(), whose call is saved.
            row = 21 + 2 * (21 * (size + 1) + i)
            row = 231 + (int(costs[row]) | int(costs[row + 1]) << 8)
            if n == 2 or bits <= int(costs[row + int(costs[row])]) + 12:
                write_vector(
                    x, pulses, words, coder, data, u, x, at, n, bits, parts, pulses, tables, row
                )
            else:
                partition(words, coder, data, u, tables, x, at, n, bits, parts, size, pulses)
        balance += rows[i] + used
        i += 1
