"""Complex Fourier transforms of 2^a 3^b 5^c points, a stage a call."""
# MIT License; see LICENSE

# Data are pairs (real, imaginary) from out[at] on of an array("i"), in digit-reversed order before
# the first stage. The sum of their magnitudes is below 2^18, so no stage can exceed it, and one
# product of 19 by 13 bits serves: no stage has to scale. Angles are an array("H") of (cosine,
# sine) in Q12 plus 4096.
#
# `wide` is 32 where a word has 64 bits, else 0. A loaded word has no sign there; sums and products
# are right in their low 32 bits, and shifting by `wide` first gives them their sign.
#
# The first two arguments are what the inner loop walks with: only these lie in registers.

import micropython


@micropython.viper
def transform_blocks(
    p: ptr32, q: ptr32, at: int, n: int, blocks: int, plan: ptr8, angles: ptr16, base: int,
    wide: int,
):  # fmt: skip
    # All stages of `blocks` transforms of n points each, one after the other, from p[at] on, which
    # q is as well; plan has their radices, ended by 0; angles are of n * base points.
    begin = int(p) + 4 * at
    down = wide + 12
    p = ptr32(begin)
    m = int(plan[0])
    groups = n // m * blocks
    while groups:
        # No angles yet: 4 or 2 points.
        if m == 4:
            ar = p[0] + p[4]
            br = p[0] - p[4]
            ai = p[1] + p[5]
            bi = p[1] - p[5]
            cr = p[2] + p[6]
            dr = p[2] - p[6]
            ci = p[3] + p[7]
            di = p[3] - p[7]
            p[0] = ar + cr
            p[1] = ai + ci
            p[2] = br + di
            p[3] = bi - dr
            p[4] = ar - cr
            p[5] = ai - ci
            p[6] = br - di
            p[7] = bi + dr
            p = ptr32(int(p) + 32)
        else:
            r = p[2]
            i = p[3]
            p[2] = p[0] - r
            p[3] = p[1] - i
            p[0] = p[0] + r
            p[1] = p[1] + i
            p = ptr32(int(p) + 16)
        groups -= 1
    while plan[1]:
        plan = ptr8(int(plan) + 1)
        radix = int(plan[0])
        step = n // (m * radix)
        # Joins `groups` times so many transforms of m points each, `hop` bytes apart.
        groups = step * blocks
        step *= 4 * base
        hop = 8 * m
        skip = hop * radix
        column = begin
        turn = 0
        left = m
        while left and radix < 5:
            # A column of butterflies with the same angles.
            w = ptr16(int(angles) + turn)
            c1 = w[0] - 4096
            s1 = w[1] - 4096
            p = ptr32(column)
            if radix == 2:
                count = groups
                while count:
                    q = ptr32(int(p) + hop)
                    r = q[0] * c1 + q[1] * s1 + 2048 << wide >> down
                    i = q[1] * c1 - q[0] * s1 + 2048 << wide >> down
                    q[0] = p[0] - r
                    q[1] = p[1] - i
                    p[0] = p[0] + r
                    p[1] = p[1] + i
                    p = ptr32(int(p) + skip)
                    count -= 1
            elif radix == 3:
                w = ptr16(int(w) + turn)
                c2 = w[0] - 4096
                s2 = w[1] - 4096
                count = groups
                while count:
                    q = ptr32(int(p) + hop)
                    ar = q[0] * c1 + q[1] * s1 + 2048 << wide >> down
                    ai = q[1] * c1 - q[0] * s1 + 2048 << wide >> down
                    q = ptr32(int(q) + hop)
                    br = q[0] * c2 + q[1] * s2 + 2048 << wide >> down
                    bi = q[1] * c2 - q[0] * s2 + 2048 << wide >> down
                    # sin(60 degrees) in Q12.
                    dr = (ar - br) * 3547 + 2048 << wide >> down
                    di = (ai - bi) * 3547 + 2048 << wide >> down
                    ar += br
                    ai += bi
                    br = p[0] - (ar >> 1)
                    bi = p[1] - (ai >> 1)
                    p[0] = p[0] + ar
                    p[1] = p[1] + ai
                    q[0] = br - di
                    q[1] = bi + dr
                    q = ptr32(int(p) + hop)
                    q[0] = br + di
                    q[1] = bi - dr
                    p = ptr32(int(p) + skip)
                    count -= 1
            else:
                w = ptr16(int(w) + turn)
                c2 = w[0] - 4096
                s2 = w[1] - 4096
                w = ptr16(int(w) + turn)
                c3 = w[0] - 4096
                s3 = w[1] - 4096
                count = groups
                while count:
                    q = ptr32(int(p) + hop)
                    br = q[0] * c1 + q[1] * s1 + 2048 << wide >> down
                    bi = q[1] * c1 - q[0] * s1 + 2048 << wide >> down
                    q = ptr32(int(q) + hop)
                    cr = q[0] * c2 + q[1] * s2 + 2048 << wide >> down
                    ci = q[1] * c2 - q[0] * s2 + 2048 << wide >> down
                    q = ptr32(int(q) + hop)
                    dr = q[0] * c3 + q[1] * s3 + 2048 << wide >> down
                    di = q[1] * c3 - q[0] * s3 + 2048 << wide >> down
                    r = p[0] - cr
                    i = p[1] - ci
                    q[0] = r - bi + di
                    q[1] = i + br - dr
                    q = ptr32(int(p) + hop)
                    q[0] = r + bi - di
                    q[1] = i - br + dr
                    q = ptr32(int(q) + hop)
                    r = p[0] + cr
                    i = p[1] + ci
                    br += dr
                    bi += di
                    q[0] = r - br
                    q[1] = i - bi
                    p[0] = r + br
                    p[1] = i + bi
                    p = ptr32(int(p) + skip)
                    count -= 1
            column += 8
            turn += step
            left -= 1
        while left and groups:
            # Of 5 points, the last stage: one transform after the other.
            p = ptr32(column + hop)
            q = ptr32(int(p) + 3 * hop)
            w = ptr16(int(angles) + turn)
            c = w[0] - 4096
            s = w[1] - 4096
            ar = p[0] * c + p[1] * s + 2048 << wide >> down
            ai = p[1] * c - p[0] * s + 2048 << wide >> down
            p = ptr32(int(p) + hop)
            w = ptr16(int(w) + turn)
            c = w[0] - 4096
            s = w[1] - 4096
            br = p[0] * c + p[1] * s + 2048 << wide >> down
            bi = p[1] * c - p[0] * s + 2048 << wide >> down
            p = ptr32(int(p) + hop)
            w = ptr16(int(w) + turn)
            c = w[0] - 4096
            s = w[1] - 4096
            er = p[0] * c + p[1] * s + 2048 << wide >> down
            ei = p[1] * c - p[0] * s + 2048 << wide >> down
            w = ptr16(int(w) + turn)
            c = w[0] - 4096
            s = w[1] - 4096
            dr = q[0] * c + q[1] * s + 2048 << wide >> down
            di = q[1] * c - q[0] * s + 2048 << wide >> down
            # Sums and differences of the first and fourth, and of the second and third.
            r = ar - dr
            i = ai - di
            ar += dr
            ai += di
            dr = br - er
            di = bi - ei
            br += er
            bi += ei
            # sin 72 = 3896, sin 144 = 2408, cos 72 = 1266, cos 144 = -3314, in Q12.
            c = i * 3896 + di * 2408 + 2048 << wide >> down
            s = r * 3896 + dr * 2408 + 2048 << wide >> down
            di = i * 2408 - di * 3896 + 2048 << wide >> down
            dr = r * 2408 - dr * 3896 + 2048 << wide >> down
            p = ptr32(column)
            r = p[0]
            i = p[1]
            p[0] = r + ar + br
            p[1] = i + ai + bi
            er = r + (ar * 1266 - br * 3314 + 2048 << wide >> down)
            ei = i + (ai * 1266 - bi * 3314 + 2048 << wide >> down)
            r += br * 1266 - ar * 3314 + 2048 << wide >> down
            i += bi * 1266 - ai * 3314 + 2048 << wide >> down
            q[0] = er - c
            q[1] = ei + s
            p = ptr32(int(p) + hop)
            p[0] = er + c
            p[1] = ei - s
            p = ptr32(int(p) + hop)
            p[0] = r + di
            p[1] = i - dr
            p = ptr32(int(p) + hop)
            p[0] = r - di
            p[1] = i + dr
            column += 8
            turn += step
            left -= 1
            if left == 0:
                column += 4 * hop
                turn = 0
                left = m
                groups -= 1
        m *= radix
