"""Reads one band of CELT's residual, or a part of it (RFC 6716 section 4.3.4)."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py, x in celt_fold_viper.py, u in celt_pvq_viper.py.

import micropython
from micropython import const

from .celt_fold_viper import fill_band, sign
from .celt_split_viper import split
from .celt_vector_viper import copy, restore

# Added to values that are being rotated, which are at most 16384: so none is negative, and what
# is loaded needs no sign.
_BIAS = const(20000)


@micropython.viper
def partition(p: ptr16, d: int, words, coder, data, tables, vectors):
    # Reads the values that words[45:54] tell of into x; words[54] gets which blocks are not
    # empty, as bits. One function down to the last value, since it is where a frame spends its
    # time and a call costs as much as ten values. p is `words` as well, and d any number: they are
    # arguments since only the first two of these lie in registers.
    #
    # A whole band (out > -2): folds from x[low] unless low is negative, and leaves what others
    # fold at x[out] unless that is negative. A part of one (out = -2): low is the place in the
    # spare room to fold from, or negative. The recursion halves n: at most 5 deep.
    frame = ptr32(int(p))
    wide = frame[0]
    keep = frame[8]
    at = frame[45]
    n = frame[46]
    bits = frame[47] << wide >> wide
    blocks = frame[48]
    low = frame[49] << wide >> wide
    level = frame[50] << wide >> wide
    gain = frame[51]
    fill = frame[52]
    out = frame[53] << wide >> wide
    x = frame[64] | frame[65] << wide
    to = at
    recombine = 0
    divide = 0
    order = 0
    if out > -2:
        if n == 1:
            sign(words, coder, data, vectors, at)
            if out >= 0:
                ptr16(x)[out] = ptr16(x)[at]
            frame[54] = 1
            return
        frame[34] = low
        frame[35] = n
        frame[36] = blocks
        frame[38] = 0
        if low >= 0:
            low = 0
        if blocks == 1:
            order = 623 - 2
        d = frame[4] << wide >> wide
        while recombine < d:
            # A pair of bits becomes one.
            fill = (fill | fill >> 1) & 85
            fill = (fill | fill >> 1) & 51
            fill = (fill | fill >> 2) & 15
            recombine += 1
        blocks >>= recombine
        while d < 0 and (n // blocks) & 1 == 0:
            fill |= fill << blocks
            blocks <<= 1
            divide += 1
            d += 1
        frame[55] = at
        if blocks > 1:
            # Its values are put in order at the end.
            at = frame[28] + 176
        else:
            frame[55] = frame[28]
    row = ptr8(frame[60] | frame[61] << wide)
    i = 21 + 2 * (21 * (level + 1) + frame[1])
    row = ptr8(int(row) + 231 + (int(row[i]) | int(row[i + 1]) << 8))
    high = int(row[0])
    left = frame[5] << wide >> wide
    filled = 0
    if level == -1 or n <= 2 or bits <= int(row[high]) + 12:
        # The number of pulses whose cost is nearest to bits, less until it fits what is left.
        k = 0
        i = 6
        bits -= 1
        while i:
            d = k + high + 1 >> 1
            if int(row[d]) >= bits:
                high = d
            else:
                k = d
            i -= 1
        d = int(row[k]) if k else -1
        if bits - d > int(row[high]) - bits:
            k = high
        d = int(row[k]) + 1 if k else 0
        while left < d and k:
            k -= 1
            d = int(row[k]) + 1 if k else 0
        frame[5] = left - d
        if k:
            if k > 7:
                k = (8 + (k & 7)) << (k >> 3) - 1
            state = ptr32(frame[56] | frame[57] << wide)
            source = ptr8(frame[58] | frame[59] << wide)
            t = ptr32(frame[62] | frame[63] << wide)
            # Section 4.3.4.2: one of V(n, k) = U(n, k) + U(n, k + 1) vectors.
            if k < n:
                index = uint(t[t[k] + n]) + uint(t[t[k + 1] + n])
            else:
                index = uint(t[t[n] + k]) + uint(t[t[n] + k + 1])
            # As range_viper.wide().
            top = index - uint(1)
            log = 0
            index = top
            while index > uint(65535):
                index = index >> uint(8)
                log += 8
            while index > uint(255):
                index = index >> uint(1)
                log += 1
            d = int(index) + 1
            size = uint(state[0])
            high = int(size >> uint(1)) // d << 1
            if size - uint(high * d) >= uint(d):
                high += 1
            i = d - 1 - int(state[1]) // high
            if i < 0:
                i = 0
            index = uint(high) * uint(d - i - 1)
            state[1] = uint(state[1]) - index
            size = uint(high) if i else size - index
            # As range_viper.normalize().
            if size <= uint(0x800000):
                index = uint(state[1])
                d = state[8]
                left = state[2]
                while size <= uint(0x800000):
                    high = d << 8
                    d = 0
                    if left < state[3]:
                        d = int(source[left])
                        left += 1
                    index = (index << uint(8)) + uint(255 - ((high | d) >> 1 & 255))
                    size = size << uint(8)
                    state[7] += 8
                state[1] = index
                state[2] = left
                state[8] = d
            state[0] = size
            index = uint(i)
            if log:
                # As range_viper.raw().
                size = uint(state[5])
                d = state[6]
                while d < log:
                    if state[4] > state[10]:
                        state[4] -= 1
                        size |= uint(int(source[state[4]]) << d)
                    d += 8
                index = index << uint(log) | uint(int(size) & (1 << log) - 1)
                state[5] = size >> uint(log)
                state[6] = d - log
                state[7] += log
                if index > top:
                    state[9] = 1
                    index = top
            if keep == 0:
                if frame[39] == 0:
                    frame[54] = 0
                    return
                # Only which blocks are empty is wanted.
                at = frame[28]
            spread = frame[3] if 2 * k < n and keep else 0
            base = _BIAS if spread else 0
            first = x + 2 * at
            last = first + 2 * n
            p = ptr16(first)
            while last - int(p) > 6:
                p[0] = base
                p[1] = base
                p[2] = base
                p[3] = base
                p = ptr16(int(p) + 8)
            while int(p) != last:
                p[0] = base
                p = ptr16(int(p) + 2)
            # The vector number `index` of them. It is below V(n, k), so no row is read beyond its
            # end and every search ends.
            p = ptr16(first)
            energy = 0
            pulses = k
            while n > 2 and k:
                high = 0
                if k < n:
                    d = int(t) + 4 * (t[k] + n)
                    gap = 4 * (t[k + 1] - t[k])
                    # No pulse here: by far the most frequent.
                    left = d
                    last = d - 4 * (n - (k if k > 2 else 2))
                    while d != last and index < uint(ptr32(d + gap)[0]):
                        if index < uint(ptr32(d)[0]):
                            break
                        index = index - uint(ptr32(d)[0])
                        d -= 4
                    left = left - d >> 2
                    n -= left
                    p = ptr16(int(p) + 2 * left)
                    if d == last:
                        # The row ends, and nothing was placed.
                        continue
                    if index >= uint(ptr32(d + gap)[0]):
                        index = index - uint(ptr32(d + gap)[0])
                        high = 1
                    d = k
                    top = index + uint(1)
                    while top > index:
                        k -= 1
                        top = uint(t[t[k] + n])
                else:
                    d = t[n]
                    top = uint(t[d + k + 1])
                    if index >= top:
                        index = index - top
                        high = 1
                    if uint(t[d + n]) > index:
                        d = k
                        k = n - 1
                        top = uint(t[t[k] + n])
                        while top > index:
                            k -= 1
                            top = uint(t[t[k] + n])
                    else:
                        left = d
                        d = k
                        top = uint(t[left + k])
                        while top > index:
                            k -= 1
                            top = uint(t[left + k])
                index = index - top
                d -= k
                energy += d * d
                p[0] = base - d if high else base + d
                p = ptr16(int(p) + 2)
                n -= 1
            p = ptr16(first + 2 * (frame[46] - 2))
            left = int(index)
            d = k
            high = 0
            if left >= 2 * k + 1:
                left -= 2 * k + 1
                high = 1
            k = left + 1 >> 1
            if k:
                left -= 2 * k - 1
            d -= k
            p[0] = base - d if high else base + d
            p[1] = base - k if left else base + k
            energy += d * d + k * k
            n = frame[46]
            # Scaled as by celt_pvq_viper.renormalize(), with the blocks looked at.
            log = 0
            d = energy >> 2
            while d:
                d >>= 2
                log += 1
            d = (energy >> 2 * (log - 7) if log > 7 else energy << 2 * (7 - log)) - 32768
            k = 23557 + (d * (-13490 + (d * 6713 >> 15)) >> 15)
            energy = k * k >> 15
            energy = (energy * d >> 15) + energy - 16384 << 1
            k += k * (energy * ((energy * 12288 >> 15) - 16384) >> 15) >> 15
            gain = k * gain + 16384 >> 15
            half = (1 << log) + (base << log + 1)
            log += 1
            p = ptr16(first)
            length = n // blocks if blocks > 1 else n
            high = 1
            while not high >> blocks:
                last = int(p) + 2 * length
                while int(p) != last:
                    d = p[0]
                    if d != base:
                        p[0] = gain * ((d - base & 65535 ^ 32768) - 32768) + half >> log
                        filled |= high
                    p = ptr16(int(p) + 2)
                high <<= 1
            if spread:
                # Section 4.3.4.3: few pulses are spread out, by rotations.
                c = 32767 * n // (n + (20 - 5 * spread) * pulses)
                s = (c * c >> 15) >> 1
                d = s * s + 16384 >> 15
                c = -7651 + (16384 + d * (8277 + (16384 - 626 * d >> 15)) >> 15)
                c = 32768 - d + (16384 + d * c >> 15)
                if c > 32767:
                    c = 32767
                s = 32767 - s
                d = s * s + 16384 >> 15
                s = -7651 + (16384 + d * (8277 + (16384 - 626 * d >> 15)) >> 15)
                s = 32768 - d + (16384 + d * s >> 15)
                if s > 32767:
                    s = 32767
                hop = 0
                if n >= 8 * blocks:
                    d = 1
                    while (d * d + d) * blocks + (blocks >> 2) < n:
                        d += 1
                    hop = 2 * d
                # What the bias makes of sums and differences.
                unbiased = 16384 - (c + s) * _BIAS
                sum = unbiased + (_BIAS << 15)
                difference = 16384 + (_BIAS << 15) - (c - s) * _BIAS
                reverse = 16384 + (_BIAS << 15) - (s - c) * _BIAS
                length <<= 1
                i = blocks
                while i:
                    last = first + length
                    p = ptr16(first)
                    if hop and length > hop:
                        q = p
                        p = ptr16(first + hop)
                        while int(p) != last:
                            d = p[0]
                            k = q[0]
                            p[0] = s * d + c * k + sum >> 15
                            q[0] = s * k - c * d + reverse >> 15
                            p = ptr16(int(p) + 2)
                            q = ptr16(int(q) + 2)
                        if length > 2 * hop:
                            p = ptr16(int(p) - hop - 2)
                            q = ptr16(int(q) - hop - 2)
                            left = first - 2 + hop
                            while int(p) != left:
                                d = p[0]
                                k = q[0]
                                p[0] = s * d + c * k + sum >> 15
                                q[0] = s * k - c * d + reverse >> 15
                                p = ptr16(int(p) - 2)
                                q = ptr16(int(q) - 2)
                        p = ptr16(first)
                    # Neighbours: one of each pair is at hand from the pair before.
                    d = p[0]
                    left = last - 2
                    while int(p) != left:
                        k = p[1]
                        p[0] = c * d - s * k + difference >> 15
                        d = c * k + s * d + sum >> 15
                        p = ptr16(int(p) + 2)
                    p[0] = d - _BIAS
                    if length > 2:
                        # And backwards, where the bias goes.
                        d = p[-1]
                        p = ptr16(int(p) - 4)
                        left = first - 2
                        while int(p) != left:
                            k = p[0]
                            p[1] = c * d + s * k + unbiased >> 15
                            d = c * k - s * d + difference >> 15
                            p = ptr16(int(p) - 2)
                        p[1] = d - _BIAS
                    first = last
                    i -= 1
        elif keep or frame[39]:
            filled = int(fill_band(words, tables, vectors, at, n, blocks, low, gain, fill))
    else:
        frame[45] = at
        frame[48] = blocks
        frame[49] = low
        frame[52] = fill
        split(words, coder, data, tables, vectors, partition)
        filled = frame[54]
    if out > -2:
        if keep and (blocks > 1 or recombine):
            frame[45] = at
            frame[46] = to
            frame[47] = n
            frame[48] = blocks
            frame[49] = recombine
            frame[50] = divide
            frame[51] = order
            restore(vectors, vectors, words)
        while divide:
            blocks >>= 1
            filled |= filled >> blocks
            divide -= 1
        d = recombine
        while d:
            # Each bit becomes a pair.
            filled = (filled & 1) | (filled & 2) << 1 | (filled & 4) << 2 | (filled & 8) << 3
            filled |= filled << 1
            d -= 1
        if out >= 0:
            copy(vectors, vectors, to, out, n)
        filled &= (1 << (blocks << recombine)) - 1
    frame[54] = filled
