"""What follows CELT's transform: pitch post-filter and de-emphasis (RFC 6716 section 4.3.7)."""
# MIT License; see LICENSE

# Samples are words of an array("i"), Q12 of 16-bit sound, emphasised. `wide` is that of
# celt_fft_viper.py.

import micropython


@micropython.viper
def move(p: ptr32, q: ptr32, source: int, n: int):
    # n samples from p[source] on to p[0], downwards. p and q are both the samples.
    q = ptr32(int(p) + 4 * source)
    while n >= 8:
        p[0] = q[0]
        p[1] = q[1]
        p[2] = q[2]
        p[3] = q[3]
        p[4] = q[4]
        p[5] = q[5]
        p[6] = q[6]
        p[7] = q[7]
        p = ptr32(int(p) + 32)
        q = ptr32(int(q) + 32)
        n -= 8
    while n:
        p[0] = q[0]
        p = ptr32(int(p) + 4)
        q = ptr32(int(q) + 4)
        n -= 1


@micropython.viper
def filter_pitch(p: ptr32, d: int, at: int, n: int, taps: ptr32, wide: int):
    # Adds to n samples from p[at] on, an even number, what lies a lag before them. A sample of
    # the past is loaded once: s1 to s5 are sums of those that are still to come. d is any number.
    c0 = taps[0]
    c1 = taps[1]
    c2 = taps[2]
    c3 = taps[3]
    c4 = taps[4]
    c5 = taps[5]
    drop = wide + 10
    down = wide + 3
    # What the cut bits of all six lack on average.
    half = c0 + c1 + c2 + c3 + c4 + c5 << wide >> wide + 1
    s1 = s2 = s3 = s4 = s5 = 0
    q = ptr32(int(p) + 4 * (at - 3 - taps[6]))
    p = ptr32(int(p) + 4 * (at - 5))
    last = int(p) + 20
    while int(p) != last:
        d = q[0] << wide >> drop
        s1 = d * c1 + s2
        s2 = d * c2 + s3
        s3 = d * c3 + s4
        s4 = d * c4 + s5
        s5 = d * c5 + half
        p = ptr32(int(p) + 4)
        q = ptr32(int(q) + 4)
    last += 4 * n
    while int(p) != last:
        d = q[0] << wide >> drop
        p[0] = (d * c0 + s1 << wide >> down) + p[0]
        s1 = d * c1 + s2
        s2 = d * c2 + s3
        s3 = d * c3 + s4
        s4 = d * c4 + s5
        s5 = d * c5 + half
        d = q[1] << wide >> drop
        p[1] = (d * c0 + s1 << wide >> down) + p[1]
        s1 = d * c1 + s2
        s2 = d * c2 + s3
        s3 = d * c3 + s4
        s4 = d * c4 + s5
        s5 = d * c5 + half
        p = ptr32(int(p) + 8)
        q = ptr32(int(q) + 8)


@micropython.viper
def change_pitch(p: ptr32, d: int, at: int, n: int, taps: ptr32, window: ptr16, wide: int):
    # Fades from the filter of taps[7:] to that of taps[:7] over n samples; as filter_pitch().
    drop = wide + 10
    down = wide + 9
    s1 = s2 = s3 = s4 = s5 = 0
    r1 = r2 = r3 = r4 = r5 = 0
    q = ptr32(int(p) + 4 * (at - 3 - taps[6]))
    r = ptr32(int(p) + 4 * (at - 3 - taps[13]))
    p = ptr32(int(p) + 4 * (at - 5))
    left = n + 5
    while left:
        d = q[0] << wide >> drop
        more = d * taps[0] + s1
        s1 = d * taps[1] + s2
        s2 = d * taps[2] + s3
        s3 = d * taps[3] + s4
        s4 = d * taps[4] + s5
        s5 = d * taps[5]
        d = r[0] << wide >> drop
        sum = d * taps[7] + r1
        r1 = d * taps[8] + r2
        r2 = d * taps[9] + r3
        r3 = d * taps[10] + r4
        r4 = d * taps[11] + r5
        r5 = d * taps[12]
        if left <= n:
            # The square of the window, in 9 bits.
            d = window[0] * window[0] >> 21
            more = (more << wide >> down) * d
            more = more + (sum << wide >> down) * (512 - d)
            p[0] = p[0] + (more << wide >> wide + 3)
            window = ptr16(int(window) + 2)
        p = ptr32(int(p) + 4)
        q = ptr32(int(q) + 4)
        r = ptr32(int(r) + 4)
        left -= 1


@micropython.viper
def add_pitch(
    out, at: int, n: int, short: int, pitch: ptr32, taps, rows: ptr8, factor: int, window,
    wide: int,
):  # fmt: skip
    # Section 4.3.7.1: a short block still fades from the filter before to that of now, all after
    # it to the next. pitch has lag (at 48 kHz), gain and tapset of the three; of the two at hand
    # taps get six each (Q13) and the lag in samples.
    i = 0
    while i < 6 and n:
        length = short if i == 0 else n
        if pitch[i + 1] or pitch[i + 4]:
            start = at
            left = length
            fades = 0
            if pitch[i] != pitch[i + 3] or pitch[i + 1] != pitch[i + 4]:
                fades = 1
            if pitch[i + 2] != pitch[i + 5]:
                fades = 1
            one = i if fades else i + 3
            fir = ptr32(taps)
            fir = ptr32(int(fir) + 28 * fades)
            while one < i + 6:
                lag = pitch[one]
                if lag < 15:
                    lag = 15
                row = ptr8(int(rows) + 12 * (pitch[one + 2] * factor + lag % factor))
                lag //= factor
                k = 0
                while k < 6:
                    tap = (int(row[0]) | int(row[1]) << 8) ^ 32768
                    fir[k] = (tap - 32768) * pitch[one + 1] + 65536 >> 17
                    row = ptr8(int(row) + 2)
                    k += 1
                if lag < 3:
                    # The first would reach samples not yet filtered: they count from the next.
                    k = 0
                    while k < 5:
                        fir[k] = fir[k + 1]
                        k += 1
                    fir[5] = 0
                    lag = 3
                fir[6] = lag
                fir = ptr32(int(fir) - 28)
                one += 3
            if fades:
                change_pitch(out, 0, at, short, taps, window, wide)
                start += short
                left -= short
            if pitch[i + 4] and left:
                filter_pitch(out, 0, start, left, taps, wide)
        at += length
        n -= length
        i += 3


@micropython.viper
def deemphasize(
    p: ptr32, y: int, q: ptr16, at: int, n: int, memory: ptr32, shape: ptr32, to: int, step: int,
    add: int, wide: int,
):  # fmt: skip
    # n samples (an even number) of 16 bits, `step` apart from q[to] on, added to what is there if
    # `add`. shape: two coefficients in Q11 for the samples before, and the pole in Q11, or in Q15
    # if these are 0; memory: these two samples, and the pole's.
    p = ptr32(int(p) + 4 * at)
    q = ptr16(int(q) + 2 * to)
    step <<= 1
    drop = wide + 10
    down = wide + 1
    last = wide + 12
    n = int(p) + 4 * n
    b1 = shape[0] << wide
    if b1 == 0:
        pole = shape[2]
        y = memory[2] << wide >> wide
        while int(p) != n:
            y = (y >> 15) * pole + ((y & 32767) * pole >> 15) + p[0] << wide >> wide
            s = y + 2048 << wide >> last
            if add:
                s += (q[0] ^ 32768) - 32768
            if s + 32768 >> 16:
                s = 32767 if s > 0 else -32768
            q[0] = s
            p = ptr32(int(p) + 4)
            q = ptr16(int(q) + step)
        memory[2] = y
        return
    # Where words have 64 bits, y and what is summed stand in the upper half.
    b2 = shape[1] << wide
    pole = shape[2] << wide
    x1 = memory[0] << wide >> wide
    x2 = memory[1] << wide >> wide
    y = memory[2] << wide
    # What the cut bits lack on average, at rest.
    half = b1 + b2 + pole >> wide
    half = 2048 + 512 * half // (2048 - shape[2]) << wide
    while int(p) != n:
        # Two at a time: each is in turn the last but one of the next.
        y = ((y >> drop) * pole + x1 * b1 + x2 * b2 >> down) + p[0] << wide
        x2 = p[0] << wide >> drop
        s = y + half >> last
        if add:
            s += (q[0] ^ 32768) - 32768
        if s + 32768 >> 16:
            s = 32767 if s > 0 else -32768
        q[0] = s
        q = ptr16(int(q) + step)
        y = ((y >> drop) * pole + x2 * b1 + x1 * b2 >> down) + p[1] << wide
        x1 = p[1] << wide >> drop
        s = y + half >> last
        if add:
            s += (q[0] ^ 32768) - 32768
        if s + 32768 >> 16:
            s = 32767 if s > 0 else -32768
        q[0] = s
        q = ptr16(int(q) + step)
        p = ptr32(int(p) + 8)
    memory[0] = x1
    memory[1] = x2
    memory[2] = y >> wide


@micropython.viper
def average(spectrum: ptr32, out: ptr32, at: int, n: int, wide: int):
    # The mean of n words of spectrum and of out[at:].
    p = spectrum
    q = ptr32(int(out) + 4 * at)
    drop = wide + 1
    while n:
        p[0] = (p[0] << wide >> drop) + (q[0] << wide >> drop)
        p = ptr32(int(p) + 4)
        q = ptr32(int(q) + 4)
        n -= 1
