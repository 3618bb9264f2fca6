"""Reads all bands of a CELT frame (RFC 6716 section 4.3.4)."""
# MIT License; see LICENSE

# `frame` is described in celt_theta_viper.py; further words of it:
# 17 channels               20 first band         23 eighths of bits in all   26 is a transient
# 18 size (0 to 3)          21 end of bands       24 balance                  27 first bin to fold
# 19 x of second channel    22 coded bands        25 dual stereo              28 spare room
# 29 bands whose vectors are wanted, 30 and 31 results, 32 is silent, 33 gain (log2 in Q10)
# 34 where a band folds from, 35 its bins, 36 its blocks, 37 the bin at 34, 38 whether prepared,
# 39 whether it matters which blocks are empty of bands that are not wanted
# 40 size and channels that row 3 of plan is of
# what celt_partition_viper.partition() is to read: 45 where, 46 how many, 47 eighths of bits,
# 48 blocks, 49 where it folds from, 50 size, 51 norm (Q15), 52 which blocks may be filled, 53
# where others fold from; 54 which are filled then; 55 place for celt_fold_viper.prepare_fold()
# 56 coder, 58 data, 60 tables, 62 u, 64 x: their addresses, in two words each

import micropython

from .celt_partition_viper import partition
from .celt_vector_viper import copy

# Functions of celt_stereo_viper.py, put here when the first stereo frame comes.
stereo = None
average = None


@micropython.viper
def bands(words, coder, data, u, tables, x, plan, edges):
    # Reads the vectors of all bands. Row 0 of plan has their eighths of bits, row 5 the changes
    # of time-frequency resolution; rows 6 and 7 get which blocks of them are not empty.
    frame = ptr32(words)
    state = ptr32(coder)
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
    second = frame[19] if frame[17] == 2 else 0
    first = 0
    extend = 1
    # Where arrays lie: a cast of an array costs as much as two values.
    at = int(state)
    frame[56] = at
    frame[57] = at >> wide if wide else 0
    at = int(ptr8(data))
    frame[58] = at
    frame[59] = at >> wide if wide else 0
    at = int(ptr8(tables))
    frame[60] = at
    frame[61] = at >> wide if wide else 0
    eighths = at + 675 - 16
    at = int(ptr32(u))
    frame[62] = at
    frame[63] = at >> wide if wide else 0
    at = int(ptr16(x))
    frame[64] = at
    frame[65] = at >> wide if wide else 0
    i = start
    while i < end:
        at = int(edge[i]) << size
        n = (int(edge[i + 1]) << size) - at
        keep = 1 if i < frame[29] else 0
        # As range_viper.tell_eighths(), by tables[675:].
        r = uint(state[0]) >> uint(24)
        used = 24
        while r != uint(0):
            r = r >> uint(1)
            used += 1
        low = int(uint(state[0]) >> uint(used - 16))
        used = (used << 3) + (low >> 12) - 8
        step = ptr8(eighths + (low >> 12 << 1))
        if low > int(step[0]) | int(step[1]) << 8:
            used += 1
        used = (state[7] << 3) - used
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
            # Bins above the first band of the frame, but not beyond those that were read.
            low = (int(edge[first]) << size) - n
            if low < begin:
                low = begin
            fill = other_fill = 1
            if blocks > 1:
                # Which blocks there are not empty.
                j = first - 1
                while int(edge[j]) << size > low:
                    j -= 1
                fill = 0
                other_fill = 0
                more = first
                while j < more:
                    fill |= rows[126 + j]
                    other_fill |= rows[147 + j]
                    j += 1
                    if j == more and j < i and int(edge[j]) << size < low + n:
                        more += 1
            frame[37] = low
            low += base
        # A mono frame from the first band on folds from where its bands are.
        out = base + at if keep and base and i != end - 1 else -1
        if dual and i == frame[2]:
            dual = 0
            if keep:
                average(x, base + begin, base + begin + second, at - begin)
        if not dual:
            fill |= other_fill
            bits <<= 1
        frame[45] = at
        frame[46] = n
        frame[47] = bits >> 1
        frame[48] = blocks
        frame[49] = low
        frame[50] = size
        frame[51] = 32767
        frame[52] = fill
        frame[53] = out
        if dual or second == 0:
            partition(words, 0, words, coder, data, tables, x)
        else:
            stereo(words, coder, data, tables, x)
        fill = frame[54]
        if dual:
            frame[45] = second + at
            frame[46] = n
            frame[47] = bits >> 1
            frame[48] = blocks
            frame[49] = low + second if low >= 0 else -1
            frame[50] = size
            frame[51] = 32767
            frame[52] = other_fill
            frame[53] = out + second if out >= 0 else -1
            partition(words, 0, words, coder, data, tables, x)
            other_fill = frame[54]
        else:
            other_fill = fill
            bits >>= 1
        rows[126 + i] = fill
        rows[147 + i] = other_fill
        balance += rows[i] + used
        extend = 1 if bits > n << 3 else 0
        i += 1
