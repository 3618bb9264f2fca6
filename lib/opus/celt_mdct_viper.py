"""CELT's inverse MDCT with overlap-add (RFC 6716 section 4.3.7), at the rate of the output."""
# MIT License; see LICENSE

import micropython

from .celt_fft_viper import transform_blocks


@micropython.viper
def turn_in(
    p: ptr32, q: ptr32, first: int, stride: int, n: int, out: ptr32, at: int, angles: ptr16,
    places: ptr16, scale: int, wide: int,
):  # fmt: skip
    # n bins p[first], p[first + stride], ... times 2^-scale become n / 2 complex values in
    # digit-reversed places from out[at] on. p and q are both the spectrum.
    p = ptr32(int(p) + 4 * first)
    q = ptr32(int(p) + 4 * stride * (n - 1))
    hop = 8 * stride
    base = int(out) + 4 * at
    drop = wide + scale
    half = (1 << scale) >> 1
    last = int(places) + n
    while int(places) != last:
        c = angles[0] - 4096
        s = angles[1] - 4096
        x = p[0] + half << wide >> drop
        y = q[0] + half << wide >> drop
        t = ptr32(base + 8 * places[0])
        t[0] = x * c + y * s + 2048 >> 12
        t[1] = y * c - x * s + 2048 >> 12
        p = ptr32(int(p) + hop)
        q = ptr32(int(q) - hop)
        angles = ptr16(int(angles) + 4)
        places = ptr16(int(places) + 2)


@micropython.viper
def turn_out(p: ptr32, q: ptr32, at: int, n: int, angles: ptr16, scale: int, wide: int):
    # n / 2 complex values from p[at] on become n real ones times 2^scale, from both ends inwards.
    # p and q are both the samples.
    p = ptr32(int(p) + 4 * at)
    q = ptr32(int(p) + 4 * (n - 2))
    last = ptr16(int(angles) + 2 * (n - 2))
    down = wide + 12 - scale
    left = n >> 2
    while left:
        c = angles[0] - 4096
        s = angles[1] - 4096
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
        angles = ptr16(int(angles) + 4)
        last = ptr16(int(last) - 4)
        left -= 1


@micropython.viper
def overlap(p: ptr32, q: ptr32, at: int, n: int, window: ptr16, wide: int):
    # Joins the two halves of n samples from p[at] on: the end of one block, aliased, and the
    # begin of the next. p and q are both the samples.
    p = ptr32(int(p) + 4 * at)
    q = ptr32(int(p) + 4 * (n - 1))
    fall = ptr16(int(window) + 2 * (n - 1))
    last = int(p) + 2 * n
    while int(p) != last:
        a = window[0]
        b = fall[0]
        x = p[0] << wide >> wide
        y = q[0] << wide >> wide
        hx = x >> 15
        x &= 32767
        hy = y >> 15
        y &= 32767
        p[0] = hx * b + (x * b >> 15) - hy * a - (y * a >> 15)
        q[0] = hx * a + (x * a >> 15) + hy * b + (y * b >> 15)
        p = ptr32(int(p) + 4)
        q = ptr32(int(q) - 4)
        window = ptr16(int(window) + 2)
        fall = ptr16(int(fall) - 2)


@micropython.viper
def inverse(
    spectrum, out, at: int, n: int, blocks: int, angles, places, plan, twiddles, base: int,
    window, lap: int, scale: int, wide: int,
):  # fmt: skip
    # `blocks` interleaved blocks of n bins each, overlapped by `lap`, from out[at] on. The last
    # lap samples come out aliased; the next call's first join them. The magnitudes of a block's
    # bins add up to less than 2^(18 + scale); scale is 0 to 12.
    half = lap >> 1
    block = 0
    to = at + half
    while block < blocks:
        turn_in(spectrum, spectrum, block, blocks, n, out, to, angles, places, scale, wide)
        to += n
        block += 1
    transform_blocks(out, at + half, n >> 1, blocks, plan, twiddles, base, wide)
    while block:
        turn_out(out, out, at + half, n, angles, scale, wide)
        overlap(out, out, at, lap, window, wide)
        at += n
        block -= 1
