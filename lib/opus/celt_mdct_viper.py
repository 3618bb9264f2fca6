"""CELT's inverse MDCT with overlap-add (RFC 6716 section 4.3.7), at the rate of the output."""
# MIT License; see LICENSE

import micropython

from .celt_fft_viper import transform


@micropython.viper
def turn_in(
    spectrum: ptr32, first: int, stride: int, n: int, out: ptr32, at: int, angles: ptr16,
    places: ptr16, wide: int,
):  # fmt: skip
    # n bins, `stride` apart, become n / 2 complex values in digit-reversed places from out[at].
    p = ptr32(int(spectrum) + 4 * first)
    q = ptr32(int(p) + 4 * stride * (n - 1))
    hop = 8 * stride
    base = int(out) + 4 * at
    left = n >> 1
    while left:
        c = angles[0]
        s = angles[1]
        xr = p[0] << wide >> wide
        xi = q[0] << wide >> wide
        hr = xr >> 14
        lr = xr & 16383
        hi = xi >> 14
        li = xi & 16383
        t = ptr32(base + 8 * places[0])
        t[0] = hr * c + (lr * c >> 14) + hi * s + (li * s >> 14) - xr - xi
        t[1] = hi * c + (li * c >> 14) - hr * s - (lr * s >> 14) - xi + xr
        p = ptr32(int(p) + hop)
        q = ptr32(int(q) - hop)
        angles = ptr16(int(angles) + 4)
        places = ptr16(int(places) + 2)
        left -= 1


@micropython.viper
def turn_out(n: int, out: ptr32, at: int, angles: ptr16, wide: int):
    # n / 2 complex values from out[at] on become n real ones, from both ends inwards.
    p = ptr32(int(out) + 4 * at)
    q = ptr32(int(p) + 4 * (n - 2))
    last = ptr16(int(angles) + 2 * (n - 2))
    left = n >> 2
    while left:
        c = angles[0]
        s = angles[1]
        xr = p[1] << wide >> wide
        xi = p[0] << wide >> wide
        hr = xr >> 14
        lr = xr & 16383
        hi = xi >> 14
        li = xi & 16383
        ar = hr * c + (lr * c >> 14) - hi * s - (li * s >> 14) - xr + xi
        ai = xr + xi - hr * s - (lr * s >> 14) - hi * c - (li * c >> 14)
        c = last[0]
        s = last[1]
        xr = q[1] << wide >> wide
        xi = q[0] << wide >> wide
        hr = xr >> 14
        lr = xr & 16383
        hi = xi >> 14
        li = xi & 16383
        p[0] = ar
        q[1] = ai
        q[0] = hr * c + (lr * c >> 14) - hi * s - (li * s >> 14) - xr + xi
        p[1] = xr + xi - hr * s - (lr * s >> 14) - hi * c - (li * c >> 14)
        p = ptr32(int(p) + 8)
        q = ptr32(int(q) - 8)
        angles = ptr16(int(angles) + 4)
        last = ptr16(int(last) - 4)
        left -= 1


@micropython.viper
def overlap(out: ptr32, at: int, n: int, window: ptr16, wide: int):
    # Joins the two halves of n samples from out[at] on: the end of one block, aliased, and the
    # begin of the next.
    p = ptr32(int(out) + 4 * at)
    q = ptr32(int(p) + 4 * (n - 1))
    rise = window
    fall = ptr16(int(window) + 2 * (n - 1))
    left = n >> 1
    while left:
        a = rise[0]
        b = fall[0]
        x = p[0] << wide >> wide
        y = q[0] << wide >> wide
        hx = x >> 15
        lx = x & 32767
        hy = y >> 15
        ly = y & 32767
        p[0] = hx * b + (lx * b >> 15) - hy * a - (ly * a >> 15)
        q[0] = hx * a + (lx * a >> 15) + hy * b + (ly * b >> 15)
        p = ptr32(int(p) + 4)
        q = ptr32(int(q) - 4)
        rise = ptr16(int(rise) + 2)
        fall = ptr16(int(fall) - 2)
        left -= 1


@micropython.viper
def inverse(
    spectrum, out, at: int, n: int, blocks: int, angles, places, plan, twiddles, base: int,
    window, lap: int, wide: int,
):  # fmt: skip
    # `blocks` interleaved blocks of n bins each, overlapped by `lap`, from out[at] on. The last
    # lap samples come out aliased; the next call's first join them.
    block = 0
    half = lap >> 1
    while block < blocks:
        turn_in(spectrum, block, blocks, n, out, at + half, angles, places, wide)
        transform(out, at + half, n >> 1, plan, twiddles, base, wide)
        turn_out(n, out, at + half, angles, wide)
        overlap(out, at, lap, window, wide)
        at += n
        block += 1
