"""Counts and norms of CELT's unit vectors of a few pulses (RFC 6716 section 4.3.4.2)."""
# MIT License; see LICENSE

# Vectors are array("h"), unit norm in Q14, as in the reference's fixed-point arithmetic, which is
# followed to the bit. `u` is an array("I") of U(n, k) = U(k, n): u[u[min(n, k)] + max(n, k)].

import micropython


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
                u[at] = left + uint(above[0]) + uint(ptr32(int(above) - 4)[0])
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
def renormalize(p: ptr16, v: int, at: int, n: int, gain: int):
    # Scales n values from p[at] on to the norm `gain` (Q15). v is any number.
    first = int(p) + 2 * at
    last = first + 2 * n
    p = ptr16(first)
    energy = 1
    while int(p) != last:
        v = (p[0] ^ 32768) - 32768
        energy += v * v
        p = ptr16(int(p) + 2)
    log = 0
    rest = energy >> 2
    while rest:
        rest >>= 2
        log += 1
    v = energy >> 2 * (log - 7) if log > 7 else energy << 2 * (7 - log)
    # As inverse_root().
    v -= 32768
    rest = 23557 + (v * (-13490 + (v * 6713 >> 15)) >> 15)
    energy = rest * rest >> 15
    energy = (energy * v >> 15) + energy - 16384 << 1
    rest += rest * (energy * ((energy * 12288 >> 15) - 16384) >> 15) >> 15
    gain = rest * gain + 16384 >> 15
    half = 1 << log
    log += 1
    p = ptr16(first)
    while int(p) != last:
        v = p[0]
        if v:
            p[0] = gain * ((v ^ 32768) - 32768) + half >> log
        p = ptr16(int(p) + 2)
