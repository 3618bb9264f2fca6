"""Complex Fourier transforms of 2^a 3^b 5^c points, a stage a call."""
# MIT License; see LICENSE

# Data are pairs (real, imaginary) from out[at] on of an array("i"), in digit-reversed order before
# the first stage.
# Angles are an array("H") of (cosine, sine) in Q14 plus 16384, so that no load has a sign; a
# product with such a w is (x >> 14) * w + ((x & 16383) * w >> 14) - x, right to 1 for |x| < 2^29.
# `wide` is 32 where a word has 64 bits, else 0: loaded words are shifted by it to get their sign.

import micropython


@micropython.viper
def radix4_first(out: ptr32, at: int, groups: int):
    data = ptr32(int(out) + 4 * at)
    while groups:
        ar = data[0] + data[4]
        br = data[0] - data[4]
        ai = data[1] + data[5]
        bi = data[1] - data[5]
        cr = data[2] + data[6]
        dr = data[2] - data[6]
        ci = data[3] + data[7]
        di = data[3] - data[7]
        data[0] = ar + cr
        data[1] = ai + ci
        data[2] = br + di
        data[3] = bi - dr
        data[4] = ar - cr
        data[5] = ai - ci
        data[6] = br - di
        data[7] = bi + dr
        data = ptr32(int(data) + 32)
        groups -= 1


@micropython.viper
def radix2_first(out: ptr32, at: int, groups: int):
    data = ptr32(int(out) + 4 * at)
    while groups:
        r = data[2]
        i = data[3]
        data[2] = data[0] - r
        data[3] = data[1] - i
        data[0] = data[0] + r
        data[1] = data[1] + i
        data = ptr32(int(data) + 16)
        groups -= 1


@micropython.viper
def radix2(out: ptr32, at: int, angles: ptr16, m: int, groups: int, step: int, wide: int):
    # A stage that joins `groups` times 2 transforms of m points; angles lie `step` apart.
    w = angles
    column = ptr32(int(out) + 4 * at)
    j = m
    while j:
        c = w[0]
        s = w[1]
        p = column
        n = groups
        while n:
            q = ptr32(int(p) + 8 * m)
            xr = q[0] << wide >> wide
            xi = q[1] << wide >> wide
            hr = xr >> 14
            lr = xr & 16383
            hi = xi >> 14
            li = xi & 16383
            r = hr * c + (lr * c >> 14) + hi * s + (li * s >> 14) - xr - xi
            i = hi * c + (li * c >> 14) - hr * s - (lr * s >> 14) - xi + xr
            q[0] = p[0] - r
            q[1] = p[1] - i
            p[0] = p[0] + r
            p[1] = p[1] + i
            p = ptr32(int(p) + 16 * m)
            n -= 1
        w = ptr16(int(w) + 4 * step)
        column = ptr32(int(column) + 8)
        j -= 1


@micropython.viper
def radix3(out: ptr32, at: int, angles: ptr16, m: int, groups: int, step: int, wide: int):
    column = ptr32(int(out) + 4 * at)
    j = 0
    while j < m:
        w = ptr16(int(angles) + 4 * step * j)
        c1 = w[0]
        s1 = w[1]
        w = ptr16(int(w) + 4 * step * j)
        c2 = w[0]
        s2 = w[1]
        p = column
        n = groups
        while n:
            q = ptr32(int(p) + 8 * m)
            xr = q[0] << wide >> wide
            xi = q[1] << wide >> wide
            hr = xr >> 14
            lr = xr & 16383
            hi = xi >> 14
            li = xi & 16383
            ar = hr * c1 + (lr * c1 >> 14) + hi * s1 + (li * s1 >> 14) - xr - xi
            ai = hi * c1 + (li * c1 >> 14) - hr * s1 - (lr * s1 >> 14) - xi + xr
            t = ptr32(int(q) + 8 * m)
            xr = t[0] << wide >> wide
            xi = t[1] << wide >> wide
            hr = xr >> 14
            lr = xr & 16383
            hi = xi >> 14
            li = xi & 16383
            br = hr * c2 + (lr * c2 >> 14) + hi * s2 + (li * s2 >> 14) - xr - xi
            bi = hi * c2 + (li * c2 >> 14) - hr * s2 - (lr * s2 >> 14) - xi + xr
            xr = ar - br
            xi = ai - bi
            ar += br
            ai += bi
            # sin(60 degrees) in Q14.
            hr = (xr >> 14) * 14189 + ((xr & 16383) * 14189 >> 14)
            hi = (xi >> 14) * 14189 + ((xi & 16383) * 14189 >> 14)
            xr = p[0] - (ar >> 1)
            xi = p[1] - (ai >> 1)
            p[0] = p[0] + ar
            p[1] = p[1] + ai
            q[0] = xr + hi
            q[1] = xi - hr
            t[0] = xr - hi
            t[1] = xi + hr
            p = ptr32(int(p) + 24 * m)
            n -= 1
        column = ptr32(int(column) + 8)
        j += 1


@micropython.viper
def radix4(out: ptr32, at: int, angles: ptr16, m: int, groups: int, step: int, wide: int):
    column = ptr32(int(out) + 4 * at)
    j = 0
    while j < m:
        w = ptr16(int(angles) + 4 * step * j)
        c1 = w[0]
        s1 = w[1]
        w = ptr16(int(w) + 4 * step * j)
        c2 = w[0]
        s2 = w[1]
        w = ptr16(int(w) + 4 * step * j)
        c3 = w[0]
        s3 = w[1]
        p = column
        n = groups
        while n:
            q = ptr32(int(p) + 8 * m)
            xr = q[0] << wide >> wide
            xi = q[1] << wide >> wide
            hr = xr >> 14
            lr = xr & 16383
            hi = xi >> 14
            li = xi & 16383
            br = hr * c1 + (lr * c1 >> 14) + hi * s1 + (li * s1 >> 14) - xr - xi
            bi = hi * c1 + (li * c1 >> 14) - hr * s1 - (lr * s1 >> 14) - xi + xr
            q = ptr32(int(q) + 8 * m)
            xr = q[0] << wide >> wide
            xi = q[1] << wide >> wide
            hr = xr >> 14
            lr = xr & 16383
            hi = xi >> 14
            li = xi & 16383
            cr = hr * c2 + (lr * c2 >> 14) + hi * s2 + (li * s2 >> 14) - xr - xi
            ci = hi * c2 + (li * c2 >> 14) - hr * s2 - (lr * s2 >> 14) - xi + xr
            q = ptr32(int(q) + 8 * m)
            xr = q[0] << wide >> wide
            xi = q[1] << wide >> wide
            hr = xr >> 14
            lr = xr & 16383
            hi = xi >> 14
            li = xi & 16383
            dr = hr * c3 + (lr * c3 >> 14) + hi * s3 + (li * s3 >> 14) - xr - xi
            di = hi * c3 + (li * c3 >> 14) - hr * s3 - (lr * s3 >> 14) - xi + xr
            hr = p[0] + cr
            hi = p[1] + ci
            lr = p[0] - cr
            li = p[1] - ci
            xr = br - dr
            xi = bi - di
            br += dr
            bi += di
            q[0] = lr - xi
            q[1] = li + xr
            q = ptr32(int(q) - 8 * m)
            q[0] = hr - br
            q[1] = hi - bi
            q = ptr32(int(q) - 8 * m)
            q[0] = lr + xi
            q[1] = li - xr
            p[0] = hr + br
            p[1] = hi + bi
            p = ptr32(int(p) + 32 * m)
            n -= 1
        column = ptr32(int(column) + 8)
        j += 1


@micropython.viper
def radix5(out: ptr32, at: int, angles: ptr16, m: int, step: int, wide: int):
    # The last stage: one group. The products with the angles stay in place first.
    hop = 8 * m
    column = ptr32(int(out) + 4 * at)
    j = 0
    while j < m:
        p = column
        w = angles
        k = 4
        while k:
            w = ptr16(int(w) + 4 * step * j)
            c = w[0]
            s = w[1]
            p = ptr32(int(p) + hop)
            xr = p[0] << wide >> wide
            xi = p[1] << wide >> wide
            hr = xr >> 14
            lr = xr & 16383
            hi = xi >> 14
            li = xi & 16383
            p[0] = hr * c + (lr * c >> 14) + hi * s + (li * s >> 14) - xr - xi
            p[1] = hi * c + (li * c >> 14) - hr * s - (lr * s >> 14) - xi + xr
            k -= 1
        q1 = ptr32(int(column) + hop)
        q2 = ptr32(int(q1) + hop)
        q3 = ptr32(int(q2) + hop)
        # First the real parts, then the imaginary ones, of the sums and differences.
        ar = (q1[0] + p[0]) << wide >> wide
        br = (q2[0] + q3[0]) << wide >> wide
        dr = (q1[0] - p[0]) << wide >> wide
        er = (q2[0] - q3[0]) << wide >> wide
        ai = (q1[1] + p[1]) << wide >> wide
        bi = (q2[1] + q3[1]) << wide >> wide
        di = (q1[1] - p[1]) << wide >> wide
        ei = (q2[1] - q3[1]) << wide >> wide
        zr = column[0]
        zi = column[1]
        column[0] = zr + ar + br
        column[1] = zi + ai + bi
        # cos 72 = 5063, cos 144 = -13255, sin 72 = 15582, sin 144 = 9630, in Q14.
        hr = zr + (ar >> 14) * 5063 + ((ar & 16383) * 5063 >> 14)
        hr = hr - (br >> 14) * 13255 - ((br & 16383) * 13255 >> 14)
        hi = zi + (ai >> 14) * 5063 + ((ai & 16383) * 5063 >> 14)
        hi = hi - (bi >> 14) * 13255 - ((bi & 16383) * 13255 >> 14)
        lr = (di >> 14) * 15582 + ((di & 16383) * 15582 >> 14)
        lr = lr + (ei >> 14) * 9630 + ((ei & 16383) * 9630 >> 14)
        li = (dr >> 14) * 15582 + ((dr & 16383) * 15582 >> 14)
        li = li + (er >> 14) * 9630 + ((er & 16383) * 9630 >> 14)
        q1[0] = hr + lr
        q1[1] = hi - li
        p[0] = hr - lr
        p[1] = hi + li
        hr = zr - (ar >> 14) * 13255 - ((ar & 16383) * 13255 >> 14)
        hr = hr + (br >> 14) * 5063 + ((br & 16383) * 5063 >> 14)
        hi = zi - (ai >> 14) * 13255 - ((ai & 16383) * 13255 >> 14)
        hi = hi + (bi >> 14) * 5063 + ((bi & 16383) * 5063 >> 14)
        lr = (di >> 14) * 9630 + ((di & 16383) * 9630 >> 14)
        lr = lr - (ei >> 14) * 15582 - ((ei & 16383) * 15582 >> 14)
        li = (dr >> 14) * 9630 + ((dr & 16383) * 9630 >> 14)
        li = li - (er >> 14) * 15582 - ((er & 16383) * 15582 >> 14)
        q2[0] = hr + lr
        q2[1] = hi - li
        q3[0] = hr - lr
        q3[1] = hi + li
        column = ptr32(int(column) + 8)
        j += 1


@micropython.viper
def transform(out, at: int, n: int, plan: ptr8, angles, base: int, wide: int):
    # All stages of n points; plan has their radices, ended by 0; angles are of n * base points.
    m = int(plan[0])
    if m == 4:
        radix4_first(out, at, n >> 2)
    else:
        radix2_first(out, at, n >> 1)
    i = 1
    while plan[i]:
        radix = int(plan[i])
        groups = n // (m * radix)
        if radix == 4:
            radix4(out, at, angles, m, groups, groups * base, wide)
        elif radix == 3:
            radix3(out, at, angles, m, groups, groups * base, wide)
        elif radix == 2:
            radix2(out, at, angles, m, groups, groups * base, wide)
        else:
            radix5(out, at, angles, m, groups * base, wide)
        m *= radix
        i += 1
