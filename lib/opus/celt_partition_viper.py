"""Reads one band of CELT's residual (RFC 6716 section 4.3.4), one channel or two."""
# MIT License; see LICENSE

# `frame` is described in celt_theta_viper.py. x is an array("h") of everything in Q14: first the
# bins of both channels, then what is folded (Q10), then two bands of spare room.

import micropython

from .celt_pvq_viper import renormalize, unquantize
from .celt_theta_viper import theta
from .celt_vector_viper import clear, copy, for_folding, haar, reorder
from .range_viper import raw


@micropython.viper
def fold(words: ptr32, x: ptr16, at: int, n: int, low: int):
    # A band without pulses: what lies at `low`, dithered about 48 dB below it, or noise.
    seed = uint(words[6])
    p = ptr16(int(x) + 2 * at)
    q = ptr16(int(x) + 2 * low)
    while n:
        seed = seed * uint(1664525) + uint(1013904223)
        if low < 0:
            p[0] = ((int(seed >> uint(20)) & 4095) ^ 2048) - 2048
        else:
            p[0] = q[0] + (4 if seed & uint(32768) else -4)
            q = ptr16(int(q) + 2)
        p = ptr16(int(p) + 2)
        n -= 1
    words[6] = seed


@micropython.viper
def pulses_for(frame: ptr32, tables: ptr8, row: int, bits: int) -> int:
    # The index of the row whose cost is nearest to bits, less until it fits what is left; the
    # cost is taken from what is left.
    low = 0
    high = int(tables[row])
    bits -= 1
    n = 6
    while n:
        middle = low + high + 1 >> 1
        if int(tables[row + middle]) >= bits:
            high = middle
        else:
            low = middle
        n -= 1
    below = int(tables[row + low]) if low else -1
    index = low if bits - below <= int(tables[row + high]) - bits else high
    left = frame[5] << frame[0] >> frame[0]
    cost = int(tables[row + index]) + 1 if index else 0
    while left < cost and index:
        index -= 1
        cost = int(tables[row + index]) + 1 if index else 0
    frame[5] = left - cost
    return index


@micropython.viper
def partition(
    words, coder, data, u, tables, x, at: int, n: int, bits: int, blocks: int, low: int,
    level: int, gain: int, fill: int,
) -> int:  # fmt: skip
    # Reads n values of norm `gain`; returns which blocks are not empty, as bits. The recursion
    # halves n, so it is at most 5 deep.
    frame = ptr32(words)
    table = ptr8(tables)
    row = 21 + 2 * (21 * (level + 1) + frame[1])
    row = 231 + (int(table[row]) | int(table[row + 1]) << 8)
    if level == -1 or n <= 2 or bits <= int(table[row + int(table[row])]) + 12:
        index = int(pulses_for(words, tables, row, bits))
        if index:
            if index > 7:
                index = (8 + (index & 7)) << (index >> 3) - 1
            return int(unquantize(words, coder, data, u, x, at, n, index, blocks, gain))
        if frame[8] == 0:
            return 0
        all_blocks = (1 << blocks) - 1
        fill &= all_blocks
        if fill == 0:
            clear(x, at, n)
            return 0
        fold(words, x, at, n, low)
        renormalize(x, at, n, gain)
        return all_blocks if low < 0 else fill
    wide = frame[0]
    n >>= 1
    level -= 1
    whole = blocks
    if blocks == 1:
        fill = (fill & 1) | fill << 1
    blocks = blocks + 1 >> 1
    frame[15] = bits
    frame[16] = fill
    theta(words, coder, data, tables, n, blocks, whole, level, 0)
    bits = frame[15] << wide >> wide
    fill = frame[16]
    angle = frame[13]
    mid_gain = gain * frame[10] + 16384 >> 15
    side_gain = gain * frame[11] + 16384 >> 15
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
    left = (frame[5] << wide >> wide) - frame[14]
    frame[5] = left
    upper = low + n if low >= 0 else -1
    shift = whole >> 1
    if mid >= side:
        filled = int(
            partition(
                words, coder, data, u, tables, x, at, n, mid, blocks, low, level, mid_gain, fill
            )
        )
        spare = mid - (left - (frame[5] << wide >> wide)) - 24
        if spare > 0 and angle != 0:
            side += spare
        return filled | int(
            partition(
                words, coder, data, u, tables, x, at + n, n, side, blocks, upper, level,
                side_gain, fill >> blocks,
            )
        ) << shift  # fmt: skip
    filled = int(
        partition(
            words, coder, data, u, tables, x, at + n, n, side, blocks, upper, level, side_gain,
            fill >> blocks,
        )
    ) << shift  # fmt: skip
    spare = side - (left - (frame[5] << wide >> wide)) - 24
    if spare > 0 and angle != 16384:
        mid += spare
    return filled | int(
        partition(words, coder, data, u, tables, x, at, n, mid, blocks, low, level, mid_gain, fill)
    )


@micropython.viper
def sign(words, coder, data, x, at: int):
    # A band of one bin.
    frame = ptr32(words)
    left = frame[5] << frame[0] >> frame[0]
    value = 16384
    if left >= 8:
        if int(raw(coder, data, 1)):
            value = -16384
        frame[5] = left - 8
    if frame[8]:
        ptr16(x)[at] = value


@micropython.viper
def interleaved(bits: int) -> int:
    # Pairs of bits become one.
    return (1 if bits & 3 else 0) | (2 if bits & 12 else 0)


@micropython.viper
def mono(
    words, coder, data, u, tables, x, at: int, n: int, bits: int, blocks: int, low: int,
    level: int, out: int, gain: int, spare: int, fill: int,
) -> int:  # fmt: skip
    # One band of one channel at x[at]; folds from x[low] unless low is negative, and leaves what
    # others fold at x[out] unless that is negative. Returns which blocks are not empty.
    frame = ptr32(words)
    if n == 1:
        sign(words, coder, data, x, at)
        if out >= 0 and frame[8]:
            ptr16(x)[out] = int(ptr16(x)[at]) >> 4 if int(ptr16(x)[at]) < 32768 else -1024
        return 1
    change = frame[4] << frame[0] >> frame[0]
    keep = frame[8]
    recombine = change if change > 0 else 0
    long = blocks == 1
    size = n // blocks
    if not keep:
        low = -1
    if low >= 0 and (recombine or (size & 1 == 0 and change < 0) or blocks > 1):
        copy(x, low, x, spare, n)
        low = spare
    k = 0
    while k < recombine:
        if low >= 0:
            haar(x, low, n >> k, 1 << k)
        fill = int(interleaved(fill & 15)) | int(interleaved(fill >> 4)) << 2
        k += 1
    blocks >>= recombine
    size <<= recombine
    divide = 0
    while size & 1 == 0 and change < 0:
        if low >= 0:
            haar(x, low, size, blocks)
        fill |= fill << blocks
        blocks <<= 1
        size >>= 1
        divide += 1
        change += 1
    order = 0
    if long:
        order = 623 - 2 + (blocks << recombine)
    if blocks > 1 and low >= 0:
        reorder(x, low, size >> recombine, blocks << recombine, tables, order, spare + 176, 0)
    filled = int(
        partition(words, coder, data, u, tables, x, at, n, bits, blocks, low, level, gain, fill)
    )
    if not keep:
        return 0
    if blocks > 1:
        reorder(x, at, size >> recombine, blocks << recombine, tables, order, spare + 176, 1)
    while divide:
        blocks >>= 1
        size <<= 1
        filled |= filled >> blocks
        haar(x, at, size, blocks)
        divide -= 1
    k = 0
    while k < recombine:
        # Each bit becomes a pair.
        filled = (filled & 1) | (filled & 2) << 1 | (filled & 4) << 2 | (filled & 8) << 3
        filled |= filled << 1
        haar(x, at, n >> k, 1 << k)
        k += 1
    if out >= 0:
        for_folding(x, at, x, out, n)
    return filled & (1 << (blocks << recombine)) - 1
