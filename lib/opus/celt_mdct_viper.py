"""CELT's inverse MDCT with overlap-add (RFC 6716 section 4.3.7), at the rate of the output."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def turn_in(
    p: ptr32, q: ptr32, first: int, stride: int, n: int, out: ptr32, at: int, angles: ptr16,
    places: ptr16, scale: int, wide: int,
):  # fmt: skip
    # n bins p[first], p[first + stride], ... times 2^-scale become n / 2 complex values in
    # digit-reversed places from out[at] on; and so as many blocks as are interleaved, one after
    # the other, but only one if stride is negative. p and q are both the spectrum.
    source = int(p) + 4 * first
    blocks = stride if stride > 0 else 1
    far = 4 * stride * (n - 1)
    hop = 8 * stride
    base = int(out) + 4 * at
    drop = wide + scale
    half = (1 << scale) >> 1
    last = int(places) + n
    while blocks:
        p = ptr32(source)
        q = ptr32(source + far)
        angle = angles
        place = places
        while int(place) != last:
            # Two at a time.
            c = angle[0] - 4096
            s = angle[1] - 4096
            x = p[0] + half << wide >> drop
            y = q[0] + half << wide >> drop
            t = ptr32(base + place[0])
            t[0] = x * c + y * s + 2048 >> 12
            t[1] = y * c - x * s + 2048 >> 12
            p = ptr32(int(p) + hop)
            q = ptr32(int(q) - hop)
            c = angle[2] - 4096
            s = angle[3] - 4096
            x = p[0] + half << wide >> drop
            y = q[0] + half << wide >> drop
            t = ptr32(base + place[1])
            t[0] = x * c + y * s + 2048 >> 12
            t[1] = y * c - x * s + 2048 >> 12
            p = ptr32(int(p) + hop)
            q = ptr32(int(q) - hop)
            angle = ptr16(int(angle) + 8)
            place = ptr16(int(place) + 4)
        source += 4
        base += 4 * n
        blocks -= 1


@micropython.viper
def turn_out(
    p: ptr32, q: ptr32, at: int, n: int, blocks: int, angles: ptr16, scale: int, wide: int
):
    # n / 2 complex values from p[at] on become n real ones times 2^scale, from both ends inwards;
    # and so `blocks` times, one after the other. p and q are both the samples.
    base = int(p) + 4 * at
    down = wide + 12 - scale
    while blocks:
        p = ptr32(base)
        base += 4 * n
        q = ptr32(base - 8)
        angle = angles
        last = ptr16(int(angles) + 2 * (n - 2))
        left = n >> 2
        while left:
            c = angle[0] - 4096
            s = angle[1] - 4096
            a = p[1] * c - p[0] * s << wide >> down
            b = 0 - p[1] * s - p[0] * c << wide >> down
            c = last[0] - 4096
            s = last[1] - 4096
            p[0] = a
            a = q[1]
            p[1] = 0 - a * s - q[0] * c << wide >> down
            q[1] = b
            q[0] = a * c - q[0] * s << wide >> down
            p = ptr32(int(p) + 8)
            q = ptr32(int(q) - 8)
            angle = ptr16(int(angle) + 4)
            last = ptr16(int(last) - 4)
            left -= 1
        blocks -= 1


@micropython.viper
def overlap(p: ptr32, q: ptr32, at: int, hop: int, blocks: int, n: int, window: ptr16, wide: int):
    # Joins the two halves of n samples from p[at] on: the end of one block, aliased, and the
    # begin of the next; and so `blocks` times, `hop` apart. p and q are both the samples. Products
    # are of 18 by 12 bits.
    base = int(p) + 4 * at
    fall = int(window) + 2 * (n - 1)
    drop = wide + 10
    down = wide + 2
    while blocks:
        p = ptr32(base)
        q = ptr32(base + 4 * (n - 1))
        rise = window
        back = ptr16(fall)
        last = base + 2 * n
        while int(p) != last:
            a = rise[0] + 4 >> 3
            b = back[0] + 4 >> 3
            x = p[0] + 512 << wide >> drop
            y = q[0] + 512 << wide >> drop
            p[0] = x * b - y * a + 2 << wide >> down
            q[0] = x * a + y * b + 2 << wide >> down
            p = ptr32(int(p) + 4)
            q = ptr32(int(q) - 4)
            rise = ptr16(int(rise) + 2)
            back = ptr16(int(back) - 2)
        base += 4 * hop
        blocks -= 1
