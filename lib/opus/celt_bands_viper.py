"""Reads all bands of a CELT frame (RFC 6716 section 4.3.4), mono and stereo."""
# MIT License; see LICENSE

# `frame` is described in celt_theta_viper.py; further words of it:
# 17 channels               20 first band         23 eighths of bits in all   26 is a transient
# 18 size (0 to 3)          21 end of bands       24 balance                  27 first bin to fold
# 19 x of second channel    22 coded bands        25 dual stereo              28 spare room
# 29 bands whose vectors are wanted, 30 and 31 results, 32 is silent, 33 gain (log2 in Q10)
# 34 where a band folds from, 35 its bins, 36 its blocks, 37 the bin at 34, 38 whether prepared,
# 39 whether it matters which blocks are empty of bands that are not wanted

import micropython

from .celt_partition_viper import partition, sign
from .celt_pvq_viper import inverse_root
from .celt_theta_viper import theta
from .celt_vector_viper import copy, negate
from .range_viper import raw, tell_eighths


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
def stereo(
    words, coder, data, u, tables, x, at: int, other: int, n: int, bits: int, blocks: int,
    low: int, out: int, fill: int,
) -> int:  # fmt: skip
    # One band of two channels, as mid and side.
    frame = ptr32(words)
    wide = frame[0]
    level = frame[18]
    if n == 1:
        sign(words, coder, data, x, at)
        sign(words, coder, data, x, other)
        if out >= 0:
            ptr16(x)[out] = ptr16(x)[at]
        return 1
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
        read = other if swap else at
        filled = int(
            partition(
                words, coder, data, u, tables, x, read, n, bits - side, blocks, low, level,
                32767, whole_fill, out,
            )
        )  # fmt: skip
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
        # Mid is kept at unit norm, for folding; side is never folded.
        second = 0
        if mid < side:
            second = int(
                partition(
                    words, coder, data, u, tables, x, other, n, side, blocks, -1, level,
                    side_gain, fill >> blocks, -1,
                )
            )  # fmt: skip
            rest = side - (left - (frame[5] << wide >> wide)) - 24
            if rest > 0 and angle != 16384:
                mid += rest
        filled = second | int(
            partition(
                words, coder, data, u, tables, x, at, n, mid, blocks, low, level, 32767,
                fill, out,
            )
        )  # fmt: skip
        if bits - side >= side:
            rest = mid - (left - (frame[5] << wide >> wide)) - 24
            if rest > 0 and angle != 0:
                side += rest
            filled |= int(
                partition(
                    words, coder, data, u, tables, x, other, n, side, blocks, -1, level,
                    side_gain, fill >> blocks, -1,
                )
            )  # fmt: skip
        if frame[8]:
            merge(x, at, other, n, middle)
    if inverted and frame[8]:
        negate(x, other, n)
    return filled


@micropython.viper
def fold_from(words: ptr32, plan: ptr32, edges: ptr8, first: int, n: int) -> int:
    # Where band words[1] of n bins folds from, if the band `first` is the first it may not
    # repeat: bins above the first band of the frame. The blocks there that are not empty go to
    # words[30] and, of the second channel, words[31].
    size = words[18]
    begin = int(edges[words[20]]) << size
    low = (int(edges[first]) << size) - begin - n
    if low < 0:
        low = 0
    at = low + begin
    i = first - 1
    while int(edges[i]) << size > at:
        i -= 1
    stop = first
    while stop < words[1] and int(edges[stop]) << size < at + n:
        stop += 1
    fill = 0
    other = 0
    while i < stop:
        fill |= plan[126 + i]
        other |= plan[147 + i]
        i += 1
    words[30] = fill
    words[31] = other
    return low


@micropython.viper
def average(x: ptr16, at: int, other: int, n: int):
    p = ptr16(int(x) + 2 * at)
    q = ptr16(int(x) + 2 * other)
    while n:
        p[0] = ((p[0] ^ 32768) + (q[0] ^ 32768) >> 1) - 32768
        p = ptr16(int(p) + 2)
        q = ptr16(int(q) + 2)
        n -= 1


@micropython.viper
def bands(words, coder, data, u, tables, x, plan, edges):
    # Reads the vectors of all bands. Row 0 of plan has their eighths of bits, row 5 the changes
    # of time-frequency resolution; rows 6 and 7 get which blocks of them are not empty.
    frame = ptr32(words)
    rows = ptr32(plan)
    edge = ptr8(edges)
    wide = frame[0]
    size = frame[18]
    start = frame[20]
    end = frame[21]
    balance = frame[24] << wide >> wide
    dual = frame[25]
    blocks = 1 << size if frame[26] else 1
    begin = int(edge[start]) << size
    base = frame[27] - begin
    second = frame[19]
    first = 0
    extend = 1
    i = start
    while i < end:
        at = int(edge[i]) << size
        n = (int(edge[i + 1]) << size) - at
        keep = 1 if i < frame[29] else 0
        used = int(tell_eighths(coder))
        if i != start:
            balance -= used
        left = frame[23] - used - 1
        frame[1] = i
        frame[5] = left
        frame[8] = keep
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
        if (at - n >= begin or i == start + 1) and (extend or first == 0):
            first = i
        if i == start + 1 and keep:
            # Hybrid frames: the second band is wider than the first, whose end is repeated.
            width = at - begin
            if n > width:
                copy(x, x, base + at - (n - width), base + at, n - width)
                if dual:
                    low = base + second + at
                    copy(x, x, low - (n - width), low, n - width)
        change = rows[105 + i] << wide >> wide
        frame[4] = change
        low = -1
        fill = (1 << blocks) - 1
        other_fill = fill
        if first and (frame[3] != 3 or blocks > 1 or change < 0):
            if blocks > 1:
                low = begin + int(fold_from(words, plan, edges, first, n))
            else:
                # No band of one block is empty.
                low = (int(edge[first]) << size) - n
                if low < begin:
                    low = begin
                frame[30] = frame[31] = 1
            frame[37] = low
            low += base
            fill = frame[30]
            other_fill = frame[31]
        # A mono frame from the first band on folds from where its bands are.
        out = base + at if keep and base and i != end - 1 else -1
        if dual and i == frame[2]:
            dual = 0
            if keep:
                average(x, base + begin, base + begin + second, at - begin)
        if dual:
            fill = int(
                partition(
                    words, coder, data, u, tables, x, at, n, bits >> 1, blocks, low, size,
                    32767, fill, out,
                )
            )  # fmt: skip
            if low >= 0:
                low += second
            if out >= 0:
                out += second
            other_fill = int(
                partition(
                    words, coder, data, u, tables, x, second + at, n, bits >> 1, blocks, low,
                    size, 32767, other_fill, out,
                )
            )  # fmt: skip
        else:
            fill |= other_fill
            if frame[17] == 2:
                fill = int(
                    stereo(
                        words, coder, data, u, tables, x, at, second + at, n, bits, blocks, low,
                        out, fill,
                    )
                )  # fmt: skip
            else:
                fill = int(
                    partition(
                        words, coder, data, u, tables, x, at, n, bits, blocks, low, size,
                        32767, fill, out,
                    )
                )  # fmt: skip
            other_fill = fill
        rows[126 + i] = fill
        rows[147 + i] = other_fill
        balance += rows[i] + used
        extend = 1 if bits > n << 3 else 0
        i += 1
