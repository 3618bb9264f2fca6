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
def scale(x: ptr16, at: int, n: int, energy: int, gain: int):
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
    p = ptr16(int(x) + 2 * at)
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
def turn(x: ptr16, at: int, n: int, stride: int, c: int, s: int):
    # Rotates all pairs `stride` apart, upwards and then downwards.
    if n <= stride:
        return
    p = ptr16(int(x) + 2 * at)
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
    p = ptr16(int(x) + 2 * (at + left - 1))
    q = ptr16(int(p) + 2 * stride)
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
                turn(x, at, size, far, s, c)
            turn(x, at, size, 1, c, s)
        else:
            turn(x, at, size, 1, c, 0 - s)
            if far:
                turn(x, at, size, far, s, 0 - c)
        at += size
        blocks -= 1


@micropython.viper
def place_pulses(coder: ptr32, u: ptr32, x: ptr16, at: int, n: int, k: int) -> int:
    # The vector number coder[12] of those with n values and k pulses, into x. Returns its energy.
    # The number is below V(n, k), so no row is read beyond its end and every search ends.
    i = uint(coder[12])
    p = ptr16(int(x) + 2 * at)
    energy = 0
    while n > 2 and k:
        before = k
        d = 0
        negative = 0
        if k >= n:
            row = ptr32(int(u) + 4 * u[n])
            v = uint(row[k + 1])
            if i >= v:
                i = i - v
                negative = 1
            if uint(row[n]) > i:
                k = n - 1
                v = uint(u[u[k] + n])
                while v > i:
                    k -= 1
                    v = uint(u[u[k] + n])
            else:
                v = uint(row[k])
                while v > i:
                    k -= 1
                    v = uint(row[k])
            i = i - v
            d = before - k
        else:
            low = uint(u[u[k] + n])
            high = uint(u[u[k + 1] + n])
            if i < high and i >= low:
                i = i - low
            else:
                if i >= high:
                    i = i - high
                    negative = 1
                v = i + uint(1)
                while v > i:
                    k -= 1
                    v = uint(u[u[k] + n])
                i = i - v
                d = before - k
        energy += d * d
        if negative:
            d = 0 - d
        p[0] = d
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
    d = before - k
    p[0] = 0 - d if negative else d
    p[1] = 0 - k if left else k
    return energy + d * d + k * k


@micropython.viper
def unquantize(
    frame: ptr32, coder, data, u, x, at: int, n: int, k: int, blocks: int, gain: int
) -> int:
    # Reads one vector of k pulses; returns which of its blocks are not empty, as bits.
    t = ptr32(u)
    if k < n:
        total = uint(t[t[k] + n]) + uint(t[t[k + 1] + n])
    else:
        total = uint(t[t[n] + k]) + uint(t[t[n] + k + 1])
    ptr32(coder)[12] = total
    wide(coder, data)
    if frame[8] == 0:
        return 0
    energy = int(place_pulses(coder, u, x, at, n, k))
    filled = 1
    if blocks > 1:
        filled = 0
        size = n // blocks
        p = ptr16(int(ptr16(x)) + 2 * at)
        block = 1
        while not block >> blocks:
            any_pulse = 0
            left = size
            while left:
                any_pulse |= p[0]
                p = ptr16(int(p) + 2)
                left -= 1
            if any_pulse:
                filled |= block
            block <<= 1
    scale(x, at, n, energy, gain)
    if 2 * k < n and frame[3]:
        spread_out(x, at, n, -1, blocks, k, frame[3])
    return filled
