"""Loops of pitch search, extrapolation and cross-fade over signed 16-bit samples."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def remember(history: ptr16, size: int, pcm: ptr16, count: int):
    # Keeps the last `size` samples of history + pcm.
    if count > size:
        pcm = ptr16(int(pcm) + 2 * (count - size))
        count = size
    n = size - count
    source = ptr16(int(history) + 2 * count)
    while n >= 8:
        history[0] = source[0]
        history[1] = source[1]
        history[2] = source[2]
        history[3] = source[3]
        history[4] = source[4]
        history[5] = source[5]
        history[6] = source[6]
        history[7] = source[7]
        history = ptr16(int(history) + 16)
        source = ptr16(int(source) + 16)
        n -= 8
    while n:
        history[0] = source[0]
        history = ptr16(int(history) + 2)
        source = ptr16(int(source) + 2)
        n -= 1
    while count >= 8:
        history[0] = pcm[0]
        history[1] = pcm[1]
        history[2] = pcm[2]
        history[3] = pcm[3]
        history[4] = pcm[4]
        history[5] = pcm[5]
        history[6] = pcm[6]
        history[7] = pcm[7]
        history = ptr16(int(history) + 16)
        pcm = ptr16(int(pcm) + 16)
        count -= 8
    while count:
        history[0] = pcm[0]
        history = ptr16(int(history) + 2)
        pcm = ptr16(int(pcm) + 2)
        count -= 1


@micropython.viper
def find_period(
    pcm: ptr16, start: int, window: int, direction: int, shortest: int, longest: int, step: int
) -> int:
    # The lag by which the `window` samples at start differ least from those that lie the lag
    # before (direction -1) or after (1) them. Every `step`-th lag and sample is looked at, then
    # the lags between. 960 differences of at most 65535 stay within 31 bits.
    tail = int(pcm) + 2 * start
    direction = 2 * direction
    best = 0x3FFFFFFF
    period = longest
    lag = longest
    last = shortest
    stride = 2 * step
    hop = step
    while hop:
        while lag >= last:
            a = ptr16(tail)
            b = ptr16(tail + direction * lag)
            total = 0
            n = window
            while n > 0:
                d = (a[0] ^ 32768) - (b[0] ^ 32768)
                if d < 0:
                    d = 0 - d
                total += d
                a = ptr16(int(a) + stride)
                b = ptr16(int(b) + stride)
                n -= step
            if total < best:
                best = total
                period = lag
            lag -= hop
        if hop == 1:
            hop = 0
        else:
            lag = period + hop - 1
            if lag > longest:
                lag = longest
            last = period - hop + 1
            if last < shortest:
                last = shortest
            hop = 1
    return period


@micropython.viper
def extend(history: ptr16, size: int, period: int, pcm: ptr16, count: int, smooth: int):
    # Repeats the last `period` samples. The first 1 << smooth of them take up the step between
    # the end of history and the start of the period, so that there is no click; 0 for no step.
    n = count
    if n > period:
        n = period
    end = int(history) + 2 * size
    p = ptr16(end - 2)
    step = p[0] ^ 32768
    p = ptr16(end - 2 * period - 2)
    step -= p[0] ^ 32768
    left = 0
    if smooth:
        left = 1 << smooth
    out = int(pcm)
    p = ptr16(end - 2 * period)
    q = ptr16(out)
    while n:
        v = (p[0] ^ 32768) - 32768
        if left:
            v += (step * left) >> smooth
            left -= 1
            if v > 32767:
                v = 32767
            if v < -32768:
                v = -32768
        q[0] = v
        p = ptr16(int(p) + 2)
        q = ptr16(int(q) + 2)
        n -= 1
        count -= 1
    p = ptr16(out)
    while count:
        q[0] = p[0]
        p = ptr16(int(p) + 2)
        q = ptr16(int(q) + 2)
        count -= 1


@micropython.viper
def crossfade(
    pcm: ptr16, old_at: int, other: ptr16, new_at: int, out: ptr16, out_at: int, count: int
):
    # out[out_at..] goes linearly from pcm[old_at..] to other[new_at..] within count (1 to 16383)
    # samples. May be in place where it does not overwrite what it has yet to read.
    old = ptr16(int(pcm) + 2 * old_at)
    new = ptr16(int(other) + 2 * new_at)
    out = ptr16(int(out) + 2 * out_at)
    weight = 0
    step = 16384 // (count + 1)
    while count:
        weight += step
        a = (old[0] ^ 32768) - 32768
        b = (new[0] ^ 32768) - 32768
        out[0] = a + (((b - a) * weight + 8192) >> 14)
        old = ptr16(int(old) + 2)
        new = ptr16(int(new) + 2)
        out = ptr16(int(out) + 2)
        count -= 1
