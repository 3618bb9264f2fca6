"""The pitch pre-filter of a CELT encoder, which a decoder's post-filter undoes (RFC 6716 5.3)."""
# MIT License; see LICENSE

# past is an array("i") of samples as they are in signal, which celt_analysis_viper.py describes:
# 20 ms, the frame's last, and as many before as lags reach back. pitch is an array("i"): 0 lag in
# samples, 1 gain in steps, both of the frame before, 2 and 3 of this one; 4 taps (Q15) for a gain
# of 1: at the lag, one away, two away; 7 samples of 2.5 ms, 8 of 1/4000 s, 9 of past; 10 how many
# times 2.5 ms are kept, 8 or 12 if it is more. Where filtered, sound has other magnitudes: levels
# are as sums, for which see celt_analysis_viper.py.

import micropython

from .celt_pitch_viper import decide, find, keep_signs
from .celt_post_viper import move


@micropython.viper
def keep(p: ptr32, q: ptr32, at: int, first: int, n: int):
    # n samples q[first], ... to p[at] and on.
    p = ptr32(int(p) + 4 * at)
    q = ptr32(int(q) + 4 * first)
    while n:
        p[0] = q[0]
        p[1] = q[1]
        p[2] = q[2]
        p[3] = q[3]
        p = ptr32(int(p) + 16)
        q = ptr32(int(q) + 16)
        n -= 4


@micropython.viper
def fade(
    p: ptr32, q: ptr32, first: int, at: int, n: int, pitch: ptr32, window: ptr16, wide: int
) -> int:  # fmt: skip
    # As subtract(), n samples, from the filter of the frame before to that of this one.
    p = ptr32(int(p) + 4 * first)
    old = ptr32(int(q) + 4 * (at - pitch[0] - 2))
    q = ptr32(int(q) + 4 * (at - pitch[2] - 2))
    c0 = pitch[4] >> 5
    c1 = pitch[5] >> 5
    c2 = pitch[6] >> 5
    before = pitch[1] * 3
    now = pitch[3] * 3
    drop = wide + 13
    down = wide + 11
    sign = wide + 31
    all = 0
    while n:
        y = (old[1] + old[3]) * c1 + old[2] * c0
        z = (q[1] + q[3]) * c1 + q[2] * c0
        if c2:
            y += (old[0] + old[4]) * c2
            z += (q[0] + q[4]) * c2
        # The square of the window, in 9 bits.
        part = window[0] * window[0] >> 21
        y = (y << wide >> drop) * (512 - part) * before + (z << wide >> drop) * part * now
        y = p[0] - (y << wide >> down)
        p[0] = y
        all = (y << wide >> sign ^ y) + all
        window = ptr16(int(window) + 2)
        p = ptr32(int(p) + 4)
        q = ptr32(int(q) + 4)
        old = ptr32(int(old) + 4)
        n -= 1
    return all << wide >> wide


@micropython.viper
def subtract(
    p: ptr32, q: ptr32, first: int, at: int, i: int, unit: int, pitch: ptr32, levels: ptr32,
    wide: int,
):  # fmt: skip
    # Subtracts what lies a lag before them from samples p[first], ... of signal, which are
    # q[at], ... of past, in units for which levels[i:16] get the sums of the magnitudes.
    c0 = pitch[4] * pitch[3] * 3 + 512 >> 10
    c1 = pitch[5] * pitch[3] * 3 + 512 >> 10
    c2 = pitch[6] * pitch[3] * 3 + 512 >> 10
    down = wide + 10
    sign = wide + 31
    p = ptr32(int(p) + 4 * first)
    q = ptr32(int(q) + 4 * (at - pitch[2] - 2))
    if c2:
        n = unit * (16 - i)
        while n:
            n -= 1
            p[n] = p[n] - ((q[n] + q[n + 4]) * c2 << wide >> down)
    q = ptr32(int(q) + 4)
    while i < 16:
        all = 0
        n = unit
        while n:
            y = (q[0] + q[2]) * c1 + q[1] * c0
            y = p[0] - (y << wide >> down)
            p[0] = y
            all = (y << wide >> sign ^ y) + all
            y = (q[1] + q[3]) * c1 + q[2] * c0
            y = p[1] - (y << wide >> down)
            p[1] = y
            all = (y << wide >> sign ^ y) + all
            y = (q[2] + q[4]) * c1 + q[3] * c0
            y = p[2] - (y << wide >> down)
            p[2] = y
            all = (y << wide >> sign ^ y) + all
            y = (q[3] + q[5]) * c1 + q[4] * c0
            y = p[3] - (y << wide >> down)
            p[3] = y
            all = (y << wide >> sign ^ y) + all
            p = ptr32(int(p) + 16)
            q = ptr32(int(q) + 16)
            n -= 4
        levels[i] = (all << wide >> wide + 4) + unit
        i += 1


@micropython.viper
def prefilter(
    signal, first: int, units: int, past, signs, counts, work, state, window, sums, levels,
    room: int, wide: int,
) -> int:  # fmt: skip
    # Filters units of samples from signal[first] on, for a frame of `room` bytes, if these are
    # enough. Returns the gain in steps; pitch[0] has the lag.
    pitch = ptr32(state)
    level = ptr32(levels)
    sum = ptr32(sums)
    unit = pitch[7]
    each = pitch[8]
    length = pitch[9]
    n = units * unit
    at = length - n
    move(past, past, n, at)
    keep(past, signal, at, first, n)
    keep_signs(signs, past, length, each, n // each, wide)
    i = 16 - units
    level[i - 1] = level[15] if pitch[10] else sum[i - 1]
    pitch[2] = pitch[0]
    steps = 0
    if room > 12 and pitch[10] >= 8:
        lag = pitch[0] if pitch[1] else 0
        lag = int(find(past, work, length, each, sums, signs, counts, lag, wide))
        if lag:
            steps = int(decide(pitch[0], pitch[1], lag, ptr32(work)[66], room))
            pitch[2] = lag
    if pitch[10] < 8:
        pitch[10] = pitch[10] + units
    pitch[3] = steps
    if (steps or pitch[1]) and (steps != pitch[1] or pitch[0] != pitch[2]):
        n = int(fade(signal, past, first, at, unit, state, window, wide))
        level[i] = (n >> 4) + unit
        first += unit
        at += unit
        i += 1
    if steps:
        subtract(signal, past, first, at, i, unit, state, levels, wide)
        i = 16
    while i < 16:
        level[i] = sum[i]
        i += 1
    pitch[0] = pitch[2]
    pitch[1] = steps
    return steps
