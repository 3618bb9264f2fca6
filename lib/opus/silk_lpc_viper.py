"""Line frequencies to short-term predictors, kept stable (RFC 6716 section 4.2.7.5.6 to .8)."""
# MIT License; see LICENSE

# Words of 32 bits load without a sign where an int has 64 bits. `(word ^ sign) - sign`, with sign
# = 1 << 31, gives the signed number in both worlds: where an int has 32 bits it changes nothing.

import micropython
from micropython import const

_COSINES = const(1708)  # place in silk_tables.DATA

# Words of `work`: cosines, both polynomials, the predictor in Q17, and two more in Q24.
_EVEN = const(16)
_ODD = const(32)
_PREDICTOR = const(48)
_FIRST = const(64)
_SECOND = const(80)
GAIN = const(96)
WORK_WORDS = const(97)

_LIMIT = const(16773022)  # 0.99975 in Q24
_LEAST_GAIN = const(107374)  # 1e-4 in Q30


# The predictor of `nlsf` (Q15) as Q17 words of `work`; 2 * cos by a table, in an order of the
# factors that keeps rounding small: `orderings` has that of 16 and then that of 10. `p` and `y`
# get registers: callers give work, 0.
@micropython.viper
def polynomial(
    p: ptr16, y: int, nlsf: ptr16, tables: ptr8, orderings: ptr8, order: int, work: ptr32
):
    one = 1
    sign = one << 31
    half = order >> 1
    ordering = ptr8(int(orderings) + (0 if order == 16 else 16))
    k = 0
    while k < order:
        f = nlsf[k]
        place = _COSINES + ((f >> 8) << 1)
        start = ((tables[place] | (tables[place + 1] << 8)) ^ 32768) - 32768
        stop = ((tables[place + 2] | (tables[place + 3] << 8)) ^ 32768) - 32768
        work[ordering[k]] = ((start << 8) + (stop - start) * (f & 255) + 8) >> 4
        k += 1
    cosine = work
    poly = int(work) + 4 * _EVEN
    while True:
        p = ptr16(poly)
        p[0] = 0
        p[1] = 32769
        f = 0 - ((cosine[0] ^ sign) - sign)
        p[2] = f
        p[3] = (f >> 16) ^ 32768
        k = 1
        while k < half:
            f = (cosine[2 * k] ^ sign) - sign
            # The coefficient k + 1 starts as the one two below it, with which it pairs.
            p = ptr16(poly + 4 * k)
            p[2] = p[-2]
            p[3] = p[-1]
            n = k
            while n:
                # f * p[0] in Q16, rounded, by parts that leave each product in 31 bits.
                y = p[0]
                y = f * (p[1] - 32768) + ((f * (y >> 8) + ((f * (y & 255) + 32768) >> 8)) >> 8)
                w = ptr32(p)
                w[1] = (w[1] + ptr32(int(w) - 4)[0] - y) ^ sign
                p = ptr16(int(p) - 4)
                n -= 1
            w = ptr32(p)
            w[1] = w[1] - f
            k += 1
        if int(cosine) != int(work):
            break
        cosine = ptr32(int(work) + 4)
        poly = int(work) + 4 * _ODD
    k = 0
    while k < half:
        f = work[_EVEN + 1 + k] + work[_EVEN + k]
        b = work[_ODD + 1 + k] - work[_ODD + k]
        work[_PREDICTOR + k] = 0 - b - f
        work[_PREDICTOR + order - 1 - k] = b - f
        k += 1


# Section 4.2.7.5.7: the predictor is widened until it fits 16 bits in Q12, at most ten times.
@micropython.viper
def fit(order: int, work, out: ptr16):
    one = 1
    sign = one << 31
    a = ptr32(int(ptr32(work)) + 4 * _PREDICTOR)
    turns = 0
    while turns < 10:
        most = 0
        at = 0
        k = 0
        while k < order:
            b = (a[k] ^ sign) - sign
            if b < 0:
                b = 0 - b
            if b > most:
                most = b
                at = k
            k += 1
        most = (most + 16) >> 5
        if most <= 32767:
            break
        if most > 163838:
            most = 163838
        chirp = 65470 - ((most - 32767) << 14) // ((most * (at + 1)) >> 2)
        widen(work, order, chirp)
        turns += 1
    k = 0
    while k < order:
        b = (((a[k] ^ sign) - sign) + 16) >> 5
        if turns == 10:
            if b > 32767:
                b = 32767
            if b < -32768:
                b = -32768
            a[k] = b << 5
        out[k] = b
        k += 1
    while k < 16:
        out[k] = 0
        k += 1


# Coefficient n of the predictor times chirp^(n + 1); chirp in Q16, below 1.
@micropython.viper
def widen(work: ptr32, order: int, chirp: int):
    one = 1
    sign = one << 31
    a = ptr32(int(work) + 4 * _PREDICTOR)
    factor = chirp
    k = 0
    while k < order:
        b = (a[k] ^ sign) - sign
        a[k] = factor * (b >> 16) + int(uint(factor * (b & 65535)) >> uint(16))
        factor += (factor * (chirp - 65536) + 32768) >> 16
        k += 1


# The same for Q12 coefficients of 16 bits, rounded.
@micropython.viper
def widen_short(a: ptr16, order: int, chirp: int):
    factor = chirp
    k = 0
    while k < order:
        b = (a[k] ^ 32768) - 32768
        a[k] = (factor * b + 32768) >> 16
        factor += (factor * (chirp - 65536) + 32768) >> 16
        k += 1


# A stronger widening of the Q17 predictor, for a filter that was not stable; `turn` from 0 on.
@micropython.viper
def retry(order: int, work, out: ptr16, turn: int):
    one = 1
    sign = one << 31
    widen(work, order, 65536 - (2 << turn))
    a = ptr32(int(ptr32(work)) + 4 * _PREDICTOR)
    k = 0
    while k < order:
        out[k] = (((a[k] ^ sign) - sign) + 16) >> 5
        k += 1


# Whether the filter `a` (Q12) surely passes stable(): by the same steps in Q19, two coefficients
# at a time. Products are rounded, since floors add up where a pole lies near z = 1; the gain is
# rounded downwards, and 2.5 times as much is asked of it. What stable() divides all coefficients
# by, `scale` keeps for them. Most frames of speech need no more than this, at a fifth of the work.
# `p` and `y` get registers.
@micropython.viper
def surely_stable(p: ptr32, y: int, a: ptr16, order: int, work: ptr32) -> int:
    one = 1
    first = int(work) + 4 * _FIRST
    p = ptr32(first)
    k = order
    while k:
        # Words with 2^22 added.
        p[0] = (((a[0] ^ 32768) - 32768) << 7) + 0x400000
        a = ptr16(int(a) + 2)
        p = ptr32(int(p) + 4)
        k -= 1
    gain = one << 24
    scale = one << 30
    k = order
    while True:
        k -= 1
        # The reciprocal of the scale in 18 bits, by a quotient of 14 and one step of Newton's.
        u = scale >> 15
        v = scale & 32767
        n = 0x10000000 // u
        m = 0x10000000 - n * u - (n * v >> 15)
        m = (n << 4) + (m * n >> 24)
        p = ptr32(first + 4 * k)
        r = p[0] - 0x400000
        r = ((r >> 10) * m + ((r & 1023) * m >> 10) + 256) >> 9
        if r >= 0x20000 or r <= -0x20000:
            return 0
        # 1 - r^2 in Q30.
        y = r >> 9
        n = r & 511
        y = (one << 30) - (y * y << 14) - (y * n << 6) - (n * n >> 4) - 1
        n = y >> 15
        gain = gain * n >> 15 if gain < 32768 else (gain >> 9) * n >> 6
        if gain < 4200:
            return 0
        if k == 0:
            return 1
        scale = u * n + (u * (y & 32767) >> 15) + (v * n >> 15)
        shift = 0
        while scale < 0x20000000:
            scale = scale << 1
            shift += 1
        if shift > 8:
            return 0
        q = ptr32(int(p) - 4)
        p = ptr32(first)
        most = 0
        n = (k + 1) >> 1
        while n:
            u = p[0] - 0x400000
            v = q[0] - 0x400000
            y = (((v >> 10) * r + ((v & 1023) * r >> 10) + 64) >> 7) + u
            y = (y << shift) + 0x400000
            p[0] = y
            most = y | most
            y = (((u >> 10) * r + ((u & 1023) * r >> 10) + 64) >> 7) + v
            y = (y << shift) + 0x400000
            q[0] = y
            most = y | most
            p = ptr32(int(p) + 4)
            q = ptr32(int(q) - 4)
            n -= 1
        # Less than 8, for the products.
        if most >> 23:
            return 0


# Section 4.2.7.5.8: whether the filter `a` (Q12) is stable with a gain below 1e4; its inverse
# power gain (Q30) is left in work[GAIN]. Coefficients step down from order to order in Q24, as
# words with the sign bit inverted that are read by halves. Those of 64 and more count as unstable,
# which keeps sums in 32 bits. The pointers come first to get registers; callers give `work` twice.
@micropython.viper
def stable(p: ptr16, q: ptr16, a: ptr16, order: int, work: ptr32) -> int:
    one = 1
    old = int(work) + 4 * _FIRST
    new = int(work) + 4 * _SECOND
    work[GAIN] = 0
    sum = 0
    k = order
    p = ptr16(old)
    while k:
        x = (a[0] ^ 32768) - 32768
        a = ptr16(int(a) + 2)
        sum += x
        x = x << 12
        p[0] = x
        p[1] = (x >> 16) ^ 32768
        p = ptr16(int(p) + 4)
        k -= 1
    if sum >= 4096:
        return 0
    gain = one << 30
    k = order
    while k:
        k -= 1
        q = ptr16(old + 4 * k)
        x = ((q[1] - 32768) << 16) | q[0]
        if x > _LIMIT or x < 0 - _LIMIT:
            return 0
        # The reflection coefficient in Q31, by halves.
        x = 0 - (x << 7)
        rh = x >> 16
        rl = x & 65535
        # 1 - rc^2 in Q30: the high word of the square.
        t = rh * rl + int(uint(rl * rl) >> uint(16))
        w = (t & 65535) + rl * rh
        x = (one << 30) - (rh * rh + (t >> 16) + (w >> 16))
        # The gain times that.
        t = (gain >> 16) * (x & 65535)
        t += int(uint((gain & 65535) * (x & 65535)) >> uint(16))
        w = (t & 65535) + (gain & 65535) * (x >> 16)
        gain = ((gain >> 16) * (x >> 16) + (t >> 16) + (w >> 16)) << 2
        if gain < _LEAST_GAIN:
            return 0
        if k == 0:
            break
        # The reciprocal of x in Q(30 + shift), by a 14-bit quotient and one step of Newton's.
        shift = 31
        while x <= 0x3FFFFFFF:
            x = x << 1
            shift -= 1
        t = 0x1FFFFFFF // (x >> 16)
        w = (0x20000000 - ((x >> 16) * t + (((x & 65535) * t) >> 16))) << 3
        x = (t << 16) + (w >> 16) * t + (((w & 65535) * t) >> 16)
        mh = x >> 16
        ml = x & 65535
        up = 32 - shift
        down = shift - 17
        over = shift - 2
        p = ptr16(old)
        out = ptr16(new)
        n = k
        while n:
            # x = p[0] - rc * q[0], rounded, where q runs backwards
            q = ptr16(int(q) - 4)
            xl = q[0]
            xh = q[1] - 32768
            t = xh * rl + int(uint(xl * rl) >> uint(16))
            w = (t & 65535) + xl * rh
            xh = ((xh * rh + (t >> 16) + (w >> 16)) << 1) + ((w >> 15) & 1) + ((w >> 14) & 1)
            x = (((p[1] - 32768) << 16) | p[0]) - xh
            # times the reciprocal, rounded
            xh = x >> 16
            xl = x & 65535
            t = xh * ml + int(uint(xl * ml) >> uint(16))
            w = (t & 65535) + xl * mh
            x = xh * mh + (t >> 16) + (w >> 16)
            if ((x >> over) + 1) >> 1:
                return 0
            x = (x << up) + ((((w & 65535) >> down) + 1) >> 1)
            out[0] = x
            out[1] = (x >> 16) ^ 32768
            out = ptr16(int(out) + 4)
            p = ptr16(int(p) + 4)
            n -= 1
        t = old
        old = new
        new = t
    work[GAIN] = gain
    return 1
