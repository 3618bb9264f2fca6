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
def filter_pitch(p: ptr32, q: ptr32, at: int, n: int, taps: ptr32, wide: int):
    # Adds to n samples from p[at] on what lies a lag before them. p and q are both the samples.
    p = ptr32(int(p) + 4 * at)
    q = ptr32(int(p) + 4 * (2 - taps[6]))
    c0 = taps[0] << wide >> wide
    c1 = taps[1] << wide >> wide
    c2 = taps[2] << wide >> wide
    c3 = taps[3] << wide >> wide
    c4 = taps[4] << wide >> wide
    c5 = taps[5] << wide >> wide
    drop = wide + 10
    down = wide + 3
    # What the cut bits of all six lack on average.
    half = c0 + c1 + c2 + c3 + c4 + c5 >> 1
    n = int(p) + 4 * n
    while int(p) != n:
        sum = (q[0] << wide >> drop) * c0 + half + (q[-1] << wide >> drop) * c1
        sum = sum + (q[-2] << wide >> drop) * c2 + (q[-3] << wide >> drop) * c3
        sum = sum + (q[-4] << wide >> drop) * c4 + (q[-5] << wide >> drop) * c5
        p[0] = p[0] + (sum << wide >> down)
        p = ptr32(int(p) + 4)
        q = ptr32(int(q) + 4)


@micropython.viper
def change_pitch(p: ptr32, q: ptr32, at: int, n: int, taps: ptr32, window: ptr16, wide: int):
    # Fades from the filter of taps[7:] to that of taps[:7] over n samples.
    p = ptr32(int(p) + 4 * at)
    drop = wide + 10
    while n:
        q = ptr32(int(p) + 4 * (2 - taps[6]))
        sum = (q[0] << wide >> drop) * (taps[0] << wide >> wide)
        sum = sum + (q[-1] << wide >> drop) * (taps[1] << wide >> wide)
        sum = sum + (q[-2] << wide >> drop) * (taps[2] << wide >> wide)
        sum = sum + (q[-3] << wide >> drop) * (taps[3] << wide >> wide)
        sum = sum + (q[-4] << wide >> drop) * (taps[4] << wide >> wide)
        more = sum + (q[-5] << wide >> drop) * (taps[5] << wide >> wide)
        q = ptr32(int(p) + 4 * (2 - taps[13]))
        sum = (q[0] << wide >> drop) * (taps[7] << wide >> wide)
        sum = sum + (q[-1] << wide >> drop) * (taps[8] << wide >> wide)
        sum = sum + (q[-2] << wide >> drop) * (taps[9] << wide >> wide)
        sum = sum + (q[-3] << wide >> drop) * (taps[10] << wide >> wide)
        sum = sum + (q[-4] << wide >> drop) * (taps[11] << wide >> wide)
        sum = sum + (q[-5] << wide >> drop) * (taps[12] << wide >> wide)
        # The square of the window, in 9 bits.
        fade = window[0] * window[0] >> 21
        more = (more << wide >> wide + 9) * fade
        more = more + (sum << wide >> wide + 9) * (512 - fade)
        p[0] = p[0] + (more << wide >> wide + 3)
        window = ptr16(int(window) + 2)
        p = ptr32(int(p) + 4)
        n -= 1


@micropython.viper
def set_taps(taps: ptr32, at: int, pitch: ptr32, i: int, table: ptr8, factor: int):
    # The filter pitch[i:] (lag at 48 kHz, gain, tapset): six taps (Q13) to taps[at], and the lag
    # in samples to taps[at + 6]. Taps that would reach samples not yet filtered are left out.
    lag = pitch[i]
    if lag < 15:
        lag = 15
    row = 12 * (pitch[i + 2] * factor + lag % factor)
    lag //= factor
    gain = pitch[i + 1]
    i = 0
    while i < 6:
        tap = int(table[row]) | int(table[row + 1]) << 8
        tap = (tap ^ 32768) - 32768
        taps[at + i] = tap * gain + 65536 >> 17 if i + lag > 2 else 0
        row += 2
        i += 1
    taps[at + 6] = lag


@micropython.viper
def add_pitch(
    out, at: int, n: int, short: int, pitch: ptr32, taps, table, factor: int, window, wide: int
):
    # Section 4.3.7.1: a short block still fades from the filter before to that of now, all after
    # it to the next. pitch has lag, gain and tapset of the three.
    i = 0
    while i < 6 and n:
        length = short if i == 0 else n
        if pitch[i + 1] or pitch[i + 4]:
            start = at
            left = length
            set_taps(taps, 0, pitch, i + 3, table, factor)
            if (
                pitch[i] != pitch[i + 3]
                or pitch[i + 1] != pitch[i + 4]
                or pitch[i + 2] != pitch[i + 5]
            ):
                set_taps(taps, 7, pitch, i, table, factor)
                change_pitch(out, out, at, short, taps, window, wide)
                start += short
                left -= short
            if pitch[i + 4] and left:
                filter_pitch(out, out, start, left, taps, wide)
        at += length
        n -= length
        i += 3


@micropython.viper
def deemphasize(
    p: ptr32, y: int, q: ptr16, at: int, n: int, memory: ptr32, shape: ptr32, to: int, step: int,
    add: int, wide: int,
):  # fmt: skip
    # n samples of 16 bits, `step` apart from q[to] on, added to what is there if `add`. shape:
    # two coefficients in Q11 for the samples before, and the pole in Q15; memory: these two
    # samples, and the pole's.
    b1 = shape[0] << wide >> wide
    b2 = shape[1] << wide >> wide
    pole = shape[2]
    x1 = memory[0] << wide >> wide
    x2 = memory[1] << wide >> wide
    y = memory[2] << wide >> wide
    p = ptr32(int(p) + 4 * at)
    q = ptr16(int(q) + 2 * to)
    step <<= 1
    drop = wide + 8
    down = wide + 3
    last = wide + 12
    n = int(p) + 4 * n
    while int(p) != n:
        y = (y >> 15) * pole + ((y & 32767) * pole >> 15) + p[0]
        if b1:
            y += x1 * b1 + x2 * b2 << wide >> down
            x2 = x1
            x1 = p[0] << wide >> drop
        y = y << wide >> wide
        s = y + 2048 << wide >> last
        if add:
            s += (q[0] ^ 32768) - 32768
        if (s + 32768) >> 16:
            s = 32767 if s > 0 else -32768
        q[0] = s
        p = ptr32(int(p) + 4)
        q = ptr16(int(q) + step)
    memory[0] = x1
    memory[1] = x2
    memory[2] = y


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
