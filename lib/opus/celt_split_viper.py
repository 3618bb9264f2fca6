"""Reads a part of a CELT band in two halves (RFC 6716 section 4.3.4.4)."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py.

import micropython

from .celt_theta_viper import theta


@micropython.viper
def split(words, coder, data, tables, vectors, partition):
    # What celt_partition_viper.partition() does when there are more bits than one vector takes.
    frame = ptr32(words)
    wide = frame[0]
    at = frame[45]
    half = frame[46] >> 1
    blocks = frame[48]
    low = frame[49] << wide >> wide
    level = frame[50] - 1
    gain = frame[51]
    fill = frame[52]
    if blocks == 1:
        fill = (fill & 1) | fill << 1
    parts = blocks + 1 >> 1
    frame[15] = frame[47]
    frame[16] = fill
    theta(words, coder, data, tables, half, parts, blocks, level, 0)
    bits = frame[15] << wide >> wide
    fill = frame[16]
    angle = frame[13]
    side_gain = gain * frame[11] + 16384 >> 15
    gain = gain * frame[10] + 16384 >> 15
    delta = frame[12] << wide >> wide
    if blocks > 1 and angle & 16383:
        # Pre-echo masking is short, forward masking 1.5 dB in 10 ms.
        if angle > 8192:
            delta -= delta >> 4 - level
        else:
            delta += half << 3 >> 5 - level
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
    filled = 0
    # The half that has more bits goes first, and what it leaves goes to the other.
    second = 1 if mid < side else 0
    i = 2
    while i:
        frame[46] = half
        frame[48] = parts
        frame[50] = level
        frame[53] = -2
        if second:
            frame[45] = at + half
            frame[47] = side
            frame[49] = low + half if low >= 0 else -1
            frame[51] = side_gain
            frame[52] = fill >> parts
        else:
            frame[45] = at
            frame[47] = mid
            frame[49] = low
            frame[51] = gain
            frame[52] = fill
        partition(words, 0, words, coder, data, tables, vectors)
        rest = left - (frame[5] << wide >> wide) + 24
        if second:
            filled |= frame[54] << (blocks >> 1)
            if side > rest and angle != 16384:
                mid += side - rest
        else:
            filled |= frame[54]
            if mid > rest and angle:
                side += mid - rest
        second ^= 1
        i -= 1
    frame[54] = filled
