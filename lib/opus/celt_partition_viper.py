"""Reads one band of CELT's residual (RFC 6716 section 4.3.4), one channel or two."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py. x is an array("h") of everything in Q14: first the
# bins of both channels, then a copy of each that is folded from, then two bands of spare room.

import micropython

from .celt_pvq_viper import renormalize
from .celt_read_vector_viper import read_vector
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
def skip_random(words: ptr32, n: int):
    # As if n random numbers had been drawn: n steps at once, by doubling.
    seed = uint(words[6])
    factor = uint(1664525)
    term = uint(1013904223)
    while n:
        if n & 1:
            seed = seed * factor + term
        term = term * factor + term
        factor = factor * factor
        n >>= 1
    words[6] = seed


@micropython.viper
def prepare_fold(words, tables, x):
    # Once a band, if at all: what may be folded in it is copied to the spare room, scaled from
    # unit norm in Q14 to a mean square of 1 in Q10, and brought to the resolution of the band.
    frame = ptr32(words)
    table = ptr8(tables)
    size = frame[18]
    at = frame[34]
    spare = frame[28]
    n = frame[35]
    low = frame[37]
    i = frame[20]
    left = n
    to = spare
    while left:
        while int(table[653 + i + 1]) << size <= low:
            i += 1
        part = (int(table[653 + i + 1]) << size) - low
        # The second band of a hybrid frame folds from the first alone.
        width = i if frame[1] > frame[20] + 1 else frame[20]
        width = (int(table[653 + width + 1]) - int(table[653 + width])) << size
        if part > left or frame[1] == frame[20] + 1:
            part = left
        for_folding(x, at, x, to, part, width)
        at += part
        to += part
        low += part
        left -= part
    change = frame[4] << frame[0] >> frame[0]
    blocks = frame[36]
    size = n // blocks
    order = 623 - 2 if blocks == 1 else 0
    k = 0
    while k < change:
        haar(x, spare, n >> k, 1 << k)
        k += 1
    blocks >>= k
    size <<= k
    while size & 1 == 0 and change < 0:
        haar(x, spare, size, blocks)
        blocks <<= 1
        size >>= 1
        change += 1
    if blocks > 1:
        if order:
            order += blocks << k
        reorder(x, spare, size >> k, blocks << k, tables, order, spare + 176, 0)


@micropython.viper
def fill_band(
    words, tables, x, at: int, n: int, blocks: int, low: int, gain: int, fill: int
) -> int:
    # A band without pulses. Returns which of its blocks are not empty.
    frame = ptr32(words)
    all_blocks = (1 << blocks) - 1
    fill &= all_blocks
    if frame[8] == 0:
        # Of a band that is not wanted, the random numbers are still drawn.
        if fill:
            skip_random(words, n)
        return all_blocks if fill and low < 0 else fill
    if fill == 0:
        clear(x, at, n)
        return 0
    if low >= 0:
        if frame[38] == 0:
            frame[38] = 1
            prepare_fold(words, tables, x)
        low += frame[28]
    fold(words, x, at, n, low)
    renormalize(x, 0, at, n, gain)
    return all_blocks if low < 0 else fill


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
def partition(
    words, coder, data, u, tables, x, at: int, n: int, bits: int, blocks: int, low: int,
    level: int, gain: int, fill: int, out: int,
) -> int:  # fmt: skip
    # Reads n values of norm `gain` into x[at:]; returns which blocks are not empty, as bits.
    #
    # A whole band (out > -2): folds from x[low] unless low is negative, and leaves what others
    # fold at x[out] unless that is negative. A part of one (out = -2): low is the place in the
    # spare room to fold from, or negative. The recursion halves n: at most 5 deep.
    frame = ptr32(words)
    wide = frame[0]
    change = 0
    recombine = 0
    divide = 0
    order = 0
    if out > -2:
        if n == 1:
            sign(words, coder, data, x, at)
            if out >= 0:
                ptr16(x)[out] = ptr16(x)[at]
            return 1
        frame[34] = low
        frame[35] = n
        frame[36] = blocks
        frame[38] = 0
        if low >= 0:
            low = 0
        if blocks == 1:
            order = 623 - 2
        change = frame[4] << wide >> wide
        while recombine < change:
            fill = int(interleaved(fill & 15)) | int(interleaved(fill >> 4)) << 2
            recombine += 1
        blocks >>= recombine
        while change < 0 and (n // blocks) & 1 == 0:
            fill |= fill << blocks
            blocks <<= 1
            divide += 1
            change += 1
    row = ptr8(tables)
    side = 21 + 2 * (21 * (level + 1) + frame[1])
    row = ptr8(int(row) + 231 + (int(row[side]) | int(row[side + 1]) << 8))
    high = int(row[0])
    left = frame[5] << wide >> wide
    filled = 0
    if level == -1 or n <= 2 or bits <= int(row[high]) + 12:
        # The number of pulses whose cost is nearest to bits, less until it fits what is left.
        index = 0
        mid = 6
        bits -= 1
        while mid:
            side = index + high + 1 >> 1
            if int(row[side]) >= bits:
                high = side
            else:
                index = side
            mid -= 1
        side = int(row[index]) if index else -1
        if bits - side > int(row[high]) - bits:
            index = high
        side = int(row[index]) + 1 if index else 0
        while left < side and index:
            index -= 1
            side = int(row[index]) + 1 if index else 0
        frame[5] = left - side
        if index:
            if index > 7:
                index = (8 + (index & 7)) << (index >> 3) - 1
            filled = int(read_vector(x, 0, words, coder, data, u, x, at, n, index, blocks, gain))
        elif frame[8] or frame[39]:
            filled = int(fill_band(words, tables, x, at, n, blocks, low, gain, fill))
    else:
        half = n >> 1
        whole = blocks
        if blocks == 1:
            fill = (fill & 1) | fill << 1
        parts = blocks + 1 >> 1
        frame[15] = bits
        frame[16] = fill
        theta(words, coder, data, tables, half, parts, whole, level - 1, 0)
        bits = frame[15] << wide >> wide
        fill = frame[16]
        angle = frame[13]
        mid_gain = gain * frame[10] + 16384 >> 15
        side_gain = gain * frame[11] + 16384 >> 15
        delta = frame[12] << wide >> wide
        if whole > 1 and angle & 16383:
            # Pre-echo masking is short, forward masking 1.5 dB in 10 ms.
            if angle > 8192:
                delta -= delta >> 5 - level
            else:
                delta += half << 3 >> 6 - level
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
        upper = low + half if low >= 0 else -1
        # The half that has more bits goes first, and what it leaves goes to the other.
        high = 0
        second = 1 if mid < side else 0
        if second:
            high = int(
                partition(
                    words, coder, data, u, tables, x, at + half, half, side, parts, upper,
                    level - 1, side_gain, fill >> parts, -2,
                )
            )  # fmt: skip
            spare = side - (left - (frame[5] << wide >> wide)) - 24
            if spare > 0 and angle != 16384:
                mid += spare
        filled = int(
            partition(
                words, coder, data, u, tables, x, at, half, mid, parts, low, level - 1,
                mid_gain, fill, -2,
            )
        )  # fmt: skip
        if second == 0:
            spare = mid - (left - (frame[5] << wide >> wide)) - 24
            if spare > 0 and angle != 0:
                side += spare
            high = int(
                partition(
                    words, coder, data, u, tables, x, at + half, half, side, parts, upper,
                    level - 1, side_gain, fill >> parts, -2,
                )
            )  # fmt: skip
        filled |= high << (whole >> 1)
    if out == -2:
        return filled
    keep = frame[8]
    if keep and blocks > 1:
        if order:
            order += blocks << recombine
        reorder(
            x, at, n // blocks >> recombine, blocks << recombine, tables, order,
            frame[28] + 176, 1,
        )  # fmt: skip
    while divide:
        blocks >>= 1
        filled |= filled >> blocks
        if keep:
            haar(x, at, n // blocks, blocks)
        divide -= 1
    change = 0
    while change < recombine:
        # Each bit becomes a pair.
        filled = (filled & 1) | (filled & 2) << 1 | (filled & 4) << 2 | (filled & 8) << 3
        filled |= filled << 1
        if keep:
            haar(x, at, n >> change, 1 << change)
        change += 1
    if out >= 0:
        copy(x, x, at, out, n)
    return filled & (1 << (blocks << recombine)) - 1
