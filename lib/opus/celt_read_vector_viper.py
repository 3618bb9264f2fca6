"""Reads one vector of CELT's residual: pulses, scaled and spread (RFC 6716 section 4.3.4)."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py, x and u in celt_pvq_viper.py.

import micropython


@micropython.viper
def read_vector(
    p: ptr16, d: int, words, coder, data, u, x, at: int, n: int, k: int, blocks: int, gain: int
) -> int:
    # Reads n values of norm `gain` (Q15) with k pulses into x[at:]; returns which of its blocks
    # are not empty, as bits. One function, since it is where a frame spends its time and a call
    # costs as much as ten values. p is x, and d any number: they are arguments since only the
    # first two of these lie in registers.
    frame = ptr32(words)
    state = ptr32(coder)
    t = ptr32(u)
    # Section 4.3.4.2: one of V(n, k) = U(n, k) + U(n, k + 1) vectors.
    if k < n:
        i = uint(t[t[k] + n]) + uint(t[t[k + 1] + n])
    else:
        i = uint(t[t[n] + k]) + uint(t[t[n] + k + 1])
    # As range_viper.wide().
    top = i - uint(1)
    log = 0
    i = top
    while i > uint(65535):
        i = i >> uint(8)
        log += 8
    while i > uint(255):
        i = i >> uint(1)
        log += 1
    total = int(i) + 1
    size = uint(state[0])
    unit = int(size >> uint(1)) // total << 1
    if size - uint(unit * total) >= uint(total):
        unit += 1
    high = total - 1 - int(state[1]) // unit
    if high < 0:
        high = 0
    i = uint(unit) * uint(total - high - 1)
    state[1] = uint(state[1]) - i
    size = uint(unit) if high else size - i
    source = ptr8(data)
    # As range_viper.normalize().
    i = uint(state[1])
    m = state[8]
    left = state[2]
    while size <= uint(0x800000):
        unit = m << 8
        m = 0
        if left < state[3]:
            m = int(source[left])
            left += 1
        i = (i << uint(8)) + uint(255 - ((unit | m) >> 1 & 255))
        size = size << uint(8)
        state[7] += 8
    state[0] = size
    state[1] = i
    state[2] = left
    state[8] = m
    i = uint(high)
    if log:
        # As range_viper.raw().
        size = uint(state[5])
        m = state[6]
        while m < log:
            if state[4] > state[10]:
                state[4] -= 1
                size |= uint(int(source[state[4]]) << m)
            m += 8
        i = i << uint(log) | uint(int(size) & (1 << log) - 1)
        state[5] = size >> uint(log)
        state[6] = m - log
        state[7] += log
        if i > top:
            state[9] = 1
            i = top
    if frame[8] == 0:
        if frame[39] == 0:
            return 0
        # Only which blocks are empty is wanted.
        at = frame[28]
    # The vector number i of them. It is below V(n, k), so no row is read beyond its end and
    # every search ends.
    p = ptr16(int(p) + 2 * at)
    energy = 0
    m = n
    pulses = k
    while m > 2 and k:
        negative = 0
        d = k
        if k < m:
            a = ptr32(int(t) + 4 * (t[k] + m))
            b = ptr32(int(t) + 4 * (t[k + 1] + m))
            # No pulse here: by far the most frequent.
            left = k if k > 2 else 2
            while i < uint(b[0]) and i >= uint(a[0]) and m != left:
                i = i - uint(a[0])
                p[0] = 0
                p = ptr16(int(p) + 2)
                m -= 1
                a = ptr32(int(a) - 4)
                b = ptr32(int(b) - 4)
            if m != left:
                if i >= uint(b[0]):
                    i = i - uint(b[0])
                    negative = 1
                top = i + uint(1)
                while top > i:
                    k -= 1
                    top = uint(t[t[k] + m])
                i = i - top
                d -= k
            else:
                # The row ends, and nothing was placed.
                d = -1
        else:
            a = ptr32(int(t) + 4 * t[m])
            top = uint(a[k + 1])
            if i >= top:
                i = i - top
                negative = 1
            if uint(a[m]) > i:
                k = m - 1
                top = uint(t[t[k] + m])
                while top > i:
                    k -= 1
                    top = uint(t[t[k] + m])
            else:
                top = uint(a[k])
                while top > i:
                    k -= 1
                    top = uint(a[k])
            i = i - top
            d -= k
        if d >= 0:
            energy += d * d
            p[0] = 0 - d if negative else d
            p = ptr16(int(p) + 2)
            m -= 1
    while m > 2:
        p[0] = 0
        p = ptr16(int(p) + 2)
        m -= 1
    left = int(i)
    d = k
    negative = 0
    if left >= 2 * k + 1:
        left -= 2 * k + 1
        negative = 1
    k = left + 1 >> 1
    if k:
        left -= 2 * k - 1
    d -= k
    p[0] = 0 - d if negative else d
    p[1] = 0 - k if left else k
    energy += d * d + k * k
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
    half = 1 << log
    log += 1
    p = ptr16(int(ptr16(x)) + 2 * at)
    length = n // blocks
    filled = 0
    high = 1
    while not high >> blocks:
        d = int(p) + 2 * length
        while int(p) != d:
            k = p[0]
            if k:
                p[0] = gain * ((k ^ 32768) - 32768) + half >> log
                filled |= high
            p = ptr16(int(p) + 2)
        high <<= 1
    if 2 * pulses >= n or frame[3] == 0 or frame[8] == 0:
        return filled
    # Section 4.3.4.3: few pulses are spread out, by rotations.
    c = 32767 * n // (n + (20 - 5 * frame[3]) * pulses)
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
    far = 0
    if n >= 8 * blocks:
        far = 1
        while (far * far + far) * blocks + (blocks >> 2) < n:
            far += 1
    hop = 2 * far
    first = int(ptr16(x)) + 2 * at
    length <<= 1
    while blocks:
        p = ptr16(first)
        if far and length > hop:
            q = ptr16(first + hop)
            last = first + length
            while int(q) != last:
                d = (p[0] ^ 32768) - 32768
                k = (q[0] ^ 32768) - 32768
                q[0] = s * k + c * d + 16384 >> 15
                p[0] = s * d - c * k + 16384 >> 15
                p = ptr16(int(p) + 2)
                q = ptr16(int(q) + 2)
            last = first - 2
            if length > 2 * hop:
                p = ptr16(int(p) - hop - 2)
                q = ptr16(int(q) - hop - 2)
                while int(p) != last:
                    d = (p[0] ^ 32768) - 32768
                    k = (q[0] ^ 32768) - 32768
                    q[0] = s * k + c * d + 16384 >> 15
                    p[0] = s * d - c * k + 16384 >> 15
                    p = ptr16(int(p) - 2)
                    q = ptr16(int(q) - 2)
            p = ptr16(first)
        # Neighbours: one of each pair is at hand from the pair before.
        d = (p[0] ^ 32768) - 32768
        last = first + length - 2
        while int(p) != last:
            k = (p[1] ^ 32768) - 32768
            p[0] = c * d - s * k + 16384 >> 15
            d = c * k + s * d + 16384 >> 15
            p = ptr16(int(p) + 2)
        p[0] = d
        if length > 4:
            p = ptr16(int(p) - 4)
            k = (p[1] ^ 32768) - 32768
            last = first - 2
            while int(p) != last:
                d = (p[0] ^ 32768) - 32768
                p[1] = c * k + s * d + 16384 >> 15
                k = c * d - s * k + 16384 >> 15
                p = ptr16(int(p) - 2)
            p[1] = k
        first += length
        blocks -= 1
    return filled
