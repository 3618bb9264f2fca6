"""What follows CELT's transform: pitch post-filter and de-emphasis (RFC 6716 section 4.3.7)."""
# MIT License; see LICENSE

# Samples are words of an array("i"), Q12 of 16-bit sound, emphasised. `wide` is that of
# celt_fft_viper.py.

import micropython


@micropython.viper
def move(out: ptr32, at: int, source: int, n: int):
    # Downwards only.
    p = ptr32(int(out) + 4 * at)
    q = ptr32(int(out) + 4 * source)
    while n >= 4:
        p[0] = q[0]
        p[1] = q[1]
        p[2] = q[2]
        p[3] = q[3]
        p = ptr32(int(p) + 16)
        q = ptr32(int(q) + 16)
        n -= 4
    while n:
        p[0] = q[0]
        p = ptr32(int(p) + 4)
        q = ptr32(int(q) + 4)
        n -= 1


@micropython.viper
def set_taps(taps: ptr32, at: int, table: ptr8, row: int, gain: int, lag: int):
    # Eight taps (Q13) to taps[at], and the lag in samples to taps[at + 8]. Taps that would reach
    # samples not yet filtered are left out.
    i = 0
    while i < 8:
        tap = int(table[row]) | int(table[row + 1]) << 8
        tap = (tap ^ 32768) - 32768
        taps[at + i] = tap * gain + 65536 >> 17 if i + lag > 3 else 0
        row += 2
        i += 1
    taps[at + 8] = lag


@micropython.viper
def filter_pitch(out: ptr32, at: int, n: int, taps: ptr32, wide: int):
    # Adds to n samples from out[at] on what lies a lag before them.
    p = ptr32(int(out) + 4 * at)
    q = ptr32(int(p) + 4 * (3 - taps[8]))
    c0 = taps[0] << wide >> wide
    c1 = taps[1] << wide >> wide
    c2 = taps[2] << wide >> wide
    c3 = taps[3] << wide >> wide
    c4 = taps[4] << wide >> wide
    c5 = taps[5] << wide >> wide
    c6 = taps[6] << wide >> wide
    c7 = taps[7] << wide >> wide
    drop = wide + 10
    while n:
        sum = (q[0] << wide >> drop) * c0 + (q[-1] << wide >> drop) * c1
        sum = sum + (q[-2] << wide >> drop) * c2 + (q[-3] << wide >> drop) * c3
        sum = sum + (q[-4] << wide >> drop) * c4 + (q[-5] << wide >> drop) * c5
        sum = sum + (q[-6] << wide >> drop) * c6 + (q[-7] << wide >> drop) * c7
        p[0] = p[0] + (sum >> 3)
        p = ptr32(int(p) + 4)
        q = ptr32(int(q) + 4)
        n -= 1


@micropython.viper
def change_pitch(out: ptr32, at: int, n: int, taps: ptr32, window: ptr16, wide: int):
    # Fades from the filter of taps[9:] to that of taps[:9] over n samples.
    p = ptr32(int(out) + 4 * at)
    new = ptr32(int(p) + 4 * (3 - taps[8]))
    old = ptr32(int(p) + 4 * (3 - taps[17]))
    drop = wide + 10
    while n:
        more = 0
        less = 0
        t = taps
        q = new
        r = old
        i = 8
        while i:
            more += (q[0] << wide >> drop) * (t[0] << wide >> wide)
            less += (r[0] << wide >> drop) * (t[9] << wide >> wide)
            t = ptr32(int(t) + 4)
            q = ptr32(int(q) - 4)
            r = ptr32(int(r) - 4)
            i -= 1
        # The square of the window, in 9 bits.
        fade = window[0] * window[0] >> 21
        p[0] = p[0] + ((more >> 9) * fade + (less >> 9) * (512 - fade) >> 3)
        window = ptr16(int(window) + 2)
        p = ptr32(int(p) + 4)
        new = ptr32(int(new) + 4)
        old = ptr32(int(old) + 4)
        n -= 1


@micropython.viper
def deemphasize(
    out: ptr32, at: int, n: int, memory: ptr32, shape: ptr32, pcm: ptr16, to: int, step: int,
    add: int, wide: int,
):  # fmt: skip
    # n samples of 16 bits, `step` apart from pcm[to] on, added to what is there if `add`. shape:
    # two coefficients in Q11 for the samples before, and the pole in Q15; memory: these two
    # samples, and the pole's.
    b1 = shape[0] << wide >> wide
    b2 = shape[1] << wide >> wide
    pole = shape[2]
    x1 = memory[0] << wide >> wide
    x2 = memory[1] << wide >> wide
    m = memory[2] << wide >> wide
    p = ptr32(int(out) + 4 * at)
    q = ptr16(int(pcm) + 2 * to)
    hop = 2 * step
    while n:
        x = p[0] << wide >> wide
        y = x + m
        if b1:
            y += x1 * b1 + x2 * b2 >> 3
            x2 = x1
            x1 = x >> 8
        m = (y >> 15) * pole + ((y & 32767) * pole >> 15)
        y = y + 2048 >> 12
        if add:
            y += (q[0] ^ 32768) - 32768
        if y > 32767:
            y = 32767
        if y < -32768:
            y = -32768
        q[0] = y
        p = ptr32(int(p) + 4)
        q = ptr16(int(q) + hop)
        n -= 1
    memory[0] = x1
    memory[1] = x2
    memory[2] = m


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
