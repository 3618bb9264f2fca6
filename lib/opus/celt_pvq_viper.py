"""CELT's unit vectors of a few pulses (RFC 6716 sections 4.3.4.2 and 4.3.4.3)."""
# MIT License; see LICENSE

# Vectors are array("h"), unit norm in Q14, as in the reference's fixed-point arithmetic, which is
# followed to the bit. `u` is an array("I") of U(n, k) = U(k, n): u[u[min(n, k)] + max(n, k)].

import micropython

from .range_viper import wide


@micropython.viper
def count_codewords(u: ptr32, rows: ptr8, count: int) -> int:
    # Fills u for n below count and n <= k <= rows[n]; returns its words.
    at = count
    n = 0
    while n < count:
        u[n] = at - n
        last = int(rows[n])
        k = n
        while k <= last:
            if n == 0:
                u[at] = 1 if k == 0 else 0
            elif n == 1:
                u[at] = 1
            else:
                above = ptr32(int(u) + 4 * (u[n - 1] + k))
                left = uint(above[0]) if k == n else uint(u[at - 1])
                u[at] = left + uint(above[0]) + uint(above[-1])
            at += 1
            k += 1
        n += 1
    return at


@micropython.viper
def inverse_root(x: int) -> int:
    # 1 / sqrt(x) for x in Q16 from 0.25 to 1, in Q14.
    n = x - 32768
    r = 23557 + (n * (-13490 + (n * 6713 >> 15)) >> 15)
    square = r * r >> 15
    y = (square * n >> 15) + square - 16384 << 1
    return r + (r * (y * ((y * 12288 >> 15) - 16384) >> 15) >> 15)


@micropython.viper
def scale(p: ptr16, at: int, n: int, energy: int, gain: int):
    # Scales n values whose squares add up to `energy` to the norm `gain` (Q15).
    log = 0
    rest = energy >> 2
    while rest:
        rest >>= 2
        log += 1
    t = energy >> 2 * (log - 7) if log > 7 else energy << 2 * (7 - log)
    g = int(inverse_root(t)) * gain + 16384 >> 15
    half = 1 << log
    log += 1
    p = ptr16(int(p) + 2 * at)
    while n:
        v = p[0]
        if v:
            p[0] = g * ((v ^ 32768) - 32768) + half >> log
        p = ptr16(int(p) + 2)
        n -= 1


@micropython.viper
def renormalize(x, at: int, n: int, gain: int):
    p = ptr16(int(ptr16(x)) + 2 * at)
    energy = 1
    left = n
    while left:
        v = (p[0] ^ 32768) - 32768
        energy += v * v
        p = ptr16(int(p) + 2)
        left -= 1
    scale(x, at, n, energy, gain)


@micropython.viper
def turn_neighbours(p: ptr16, a: int, n: int, c: int, s: int):
    # Rotates all pairs of neighbours from p[a] on, upwards and then downwards.
    p = ptr16(int(p) + 2 * a)
    a = (p[0] ^ 32768) - 32768
    left = n - 1
    while left:
        b = (p[1] ^ 32768) - 32768
        p[0] = c * a - s * b + 16384 >> 15
        a = c * b + s * a + 16384 >> 15
        p = ptr16(int(p) + 2)
        left -= 1
    p[0] = a
    if n < 3:
        return
    p = ptr16(int(p) - 4)
    b = (p[1] ^ 32768) - 32768
    n -= 2
    while n:
        a = (p[0] ^ 32768) - 32768
        p[1] = c * b + s * a + 16384 >> 15
        b = c * a - s * b + 16384 >> 15
        p = ptr16(int(p) - 2)
        n -= 1
    p[1] = b


@micropython.viper
def turn(p: ptr16, q: ptr16, at: int, n: int, stride: int, c: int, s: int):
    # Rotates all pairs `stride` apart, upwards and then downwards. p and q are both the vector.
    if n <= stride:
        return
    p = ptr16(int(p) + 2 * at)
    q = ptr16(int(p) + 2 * stride)
    left = n - stride
    while left:
        a = (p[0] ^ 32768) - 32768
        b = (q[0] ^ 32768) - 32768
        q[0] = c * b + s * a + 16384 >> 15
        p[0] = c * a - s * b + 16384 >> 15
        p = ptr16(int(p) + 2)
        q = ptr16(int(q) + 2)
        left -= 1
    left = n - 2 * stride
    if left <= 0:
        return
    p = ptr16(int(p) - 2 * (stride + 1))
    q = ptr16(int(q) - 2 * (stride + 1))
    while left:
        a = (p[0] ^ 32768) - 32768
        b = (q[0] ^ 32768) - 32768
        q[0] = c * b + s * a + 16384 >> 15
        p[0] = c * a - s * b + 16384 >> 15
        p = ptr16(int(p) - 2)
        q = ptr16(int(q) - 2)
        left -= 1


@micropython.viper
def cosine(x: int) -> int:
    # cos(pi / 2 * x) for x in Q15 below 1, in Q15.
    square = x * x + 16384 >> 15
    y = 8277 + (16384 - 626 * square >> 15)
    y = -7651 + (16384 + square * y >> 15)
    y = 32767 - square + (16384 + square * y >> 15)
    return 1 + (y if y < 32766 else 32766)


@micropython.viper
def spread_out(x, at: int, n: int, direction: int, blocks: int, pulses: int, spread: int):
    # Section 4.3.4.3; direction 1 in an encoder, -1 in a decoder. spread is 1 to 3.
    gain = 32767 * n // (n + (20 - 5 * spread) * pulses)
    theta = (gain * gain >> 15) >> 1
    c = int(cosine(theta))
    s = int(cosine(32767 - theta))
    far = 0
    if n >= 8 * blocks:
        far = 1
        while (far * far + far) * blocks + (blocks >> 2) < n:
            far += 1
    size = n // blocks
    while blocks:
        if direction < 0:
            if far:
                turn(x, x, at, size, far, s, c)
            turn_neighbours(x, at, size, c, s)
        else:
            turn_neighbours(x, at, size, c, 0 - s)
            if far:
                turn(x, x, at, size, far, s, 0 - c)
        at += size
        blocks -= 1


@micropython.viper
def place_pulses(p: ptr16, a: ptr32, coder: ptr32, at: int, n: int, k: int) -> int:
    # The vector number coder[12] of those with n values and k pulses, from p[at] on; `a` is u.
    # Returns its energy. The number is below V(n, k), so no row is read beyond its end and every
    # search ends.
    i = uint(coder[12])
    u = a
    p = ptr16(int(p) + 2 * at)
    energy = 0
    while n > 2 and k:
        negative = 0
        before = k
        if k < n:
            a = ptr32(int(u) + 4 * (u[k] + n))
            b = ptr32(int(u) + 4 * (u[k + 1] + n))
            v = uint(a[0])
            high = uint(b[0])
            # No pulse here: by far the most frequent.
            while i < high and i >= v and n > 2 and n > k:
                i = i - v
                p[0] = 0
                p = ptr16(int(p) + 2)
                n -= 1
                a = ptr32(int(a) - 4)
                b = ptr32(int(b) - 4)
                v = uint(a[0])
                high = uint(b[0])
            if n > 2 and n > k:
                if i >= high:
                    i = i - high
                    negative = 1
                v = i + uint(1)
                while v > i:
                    k -= 1
                    v = uint(u[u[k] + n])
                i = i - v
                before -= k
            else:
                # The row ends, and nothing was placed.
                before = -1
        else:
            a = ptr32(int(u) + 4 * u[n])
            v = uint(a[k + 1])
            if i >= v:
                i = i - v
                negative = 1
            if uint(a[n]) > i:
                k = n - 1
                v = uint(u[u[k] + n])
                while v > i:
                    k -= 1
                    v = uint(u[u[k] + n])
            else:
                v = uint(a[k])
                while v > i:
                    k -= 1
                    v = uint(a[k])
            i = i - v
            before -= k
        if before >= 0:
            energy += before * before
            p[0] = 0 - before if negative else before
            p = ptr16(int(p) + 2)
            n -= 1
    while n > 2:
        p[0] = 0
        p = ptr16(int(p) + 2)
        n -= 1
    left = int(i)
    before = k
    negative = 0
    if left >= 2 * k + 1:
        left -= 2 * k + 1
        negative = 1
    k = left + 1 >> 1
    if k:
        left -= 2 * k - 1
    before -= k
    p[0] = 0 - before if negative else before
    p[1] = 0 - k if left else k
    return energy + before * before + k * k


@micropython.viper
def unquantize(words, coder, data, u, x, at: int, n: int, k: int, blocks: int, gain: int) -> int:
    # Reads one vector of k pulses; returns which of its blocks are not empty, as bits.
    frame = ptr32(words)
    t = ptr32(u)
    if k < n:
        total = uint(t[t[k] + n]) + uint(t[t[k + 1] + n])
    else:
        total = uint(t[t[n] + k]) + uint(t[t[n] + k + 1])
    ptr32(coder)[12] = total
    wide(coder, data)
    if frame[8] == 0:
        return 0
    energy = int(place_pulses(x, u, coder, at, n, k))
    # As in scale(), with the blocks looked at.
    log = 0
    rest = energy >> 2
    while rest:
        rest >>= 2
        log += 1
    rest = energy >> 2 * (log - 7) if log > 7 else energy << 2 * (7 - log)
    gain = int(inverse_root(rest)) * gain + 16384 >> 15
    half = 1 << log
    log += 1
    p = ptr16(int(ptr16(x)) + 2 * at)
    size = n // blocks
    filled = 0
    block = 1
    while not block >> blocks:
        left = size
        while left:
            v = p[0]
            if v:
                p[0] = gain * ((v ^ 32768) - 32768) + half >> log
                filled |= block
            p = ptr16(int(p) + 2)
            left -= 1
        block <<= 1
    if 2 * k < n and frame[3]:
        spread_out(x, at, n, -1, blocks, k, frame[3])
    return filled
