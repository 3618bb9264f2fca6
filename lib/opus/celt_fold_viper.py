"""Bands of CELT that have no pulses, and those of one bin (RFC 6716 section 4.3.4)."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py. x is an array("h") of everything in Q14: first the
# bins of both channels, then a copy of each that is folded from, then two bands of spare room:
# what a band folds, and what is not in order yet.

import micropython

from .celt_pvq_viper import renormalize
from .celt_vector_viper import clear, for_folding, haar, reorder
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
    # unit norm in Q14 to a mean square of 1 in Q10, and brought to the resolution of the band;
    # by way of words[55], where nothing is yet if the order changes.
    frame = ptr32(words)
    table = ptr8(tables)
    size = frame[18]
    at = frame[34]
    spare = frame[28]
    n = frame[35]
    low = frame[37]
    i = frame[20]
    left = n
    room = frame[55]
    to = room
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
        haar(x, room, n >> k, 1 << k)
        k += 1
    blocks >>= k
    size <<= k
    while size & 1 == 0 and change < 0:
        haar(x, room, size, blocks)
        blocks <<= 1
        size >>= 1
        change += 1
    if blocks > 1:
        if order:
            order += blocks << k
        reorder(x, x, room, spare, size >> k, blocks << k, tables, order, 0)


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
