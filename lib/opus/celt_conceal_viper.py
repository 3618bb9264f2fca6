"""What sounds where a CELT frame is lost: pitch periods repeated, then noise."""
# MIT License; see LICENSE

# Samples are as in celt_post_viper.py, `frame` is described in celt_bands_viper.py.

import micropython

from .celt_pvq_viper import renormalize


@micropython.viper
def distance(out: ptr32, end: int, lag: int, window: int, step: int, most: int, wide: int) -> int:
    # How much every step-th of `window` samples before `end` differs from that a lag before it.
    # Samples are taken to 16 bits; given up above `most`.
    p = ptr32(int(out) + 4 * (end - window))
    q = ptr32(int(p) - 4 * lag)
    drop = wide + 12
    sum = 0
    hop = 4 * step
    while window > 0 and sum < most:
        d = (p[0] << wide >> drop) - (q[0] << wide >> drop)
        sum += d if d > 0 else 0 - d
        p = ptr32(int(p) + hop)
        q = ptr32(int(q) + hop)
        window -= step
    return sum


@micropython.viper
def find_lag(out, end: int, window: int, shortest: int, longest: int, wide: int) -> int:
    # Every other lag first, then those beside the best.
    best = 0x3FFFFFFF
    found = longest
    lag = shortest
    while lag <= longest:
        d = int(distance(out, end, lag, window, 2, best, wide))
        if d < best:
            best = d
            found = lag
        lag += 2
    best = 0x3FFFFFFF
    lag = found - 1 if found > shortest else shortest
    last = found + 1 if found < longest else longest
    while lag <= last:
        d = int(distance(out, end, lag, window, 1, best, wide))
        if d < best:
            best = d
            found = lag
        lag += 1
    return found


@micropython.viper
def extrapolate(out: ptr32, at: int, n: int, lag: int, fade: int, wide: int):
    # n samples from out[at] on repeat those a lag before, times fade (Q15). They are emphasised:
    # a step from the last to the first is a click no more, and a ramp over it would be a thump.
    p = ptr32(int(out) + 4 * at)
    q = ptr32(int(p) - 4 * lag)
    while n:
        x = q[0] << wide >> wide
        p[0] = (x >> 15) * fade + ((x & 32767) * fade >> 15)
        p = ptr32(int(p) + 4)
        q = ptr32(int(q) + 4)
        n -= 1


@micropython.viper
def fold(out: ptr32, at: int, lap: int, window: ptr16, wide: int):
    # Makes of `lap` samples from out[at] on what the transform of the lost frame would have
    # left there, to be joined by the next frame's.
    p = ptr32(int(out) + 4 * at)
    q = ptr32(int(p) + 4 * (lap - 1))
    rise = window
    fall = ptr16(int(window) + 2 * (lap - 1))
    left = lap >> 1
    while left:
        x = p[0] << wide >> wide
        y = q[0] << wide >> wide
        a = rise[0]
        b = fall[0]
        p[0] = (x >> 15) * b + ((x & 32767) * b >> 15) + (y >> 15) * a + ((y & 32767) * a >> 15)
        p = ptr32(int(p) + 4)
        q = ptr32(int(q) - 4)
        rise = ptr16(int(rise) + 2)
        fall = ptr16(int(fall) - 2)
        left -= 1


@micropython.viper
def noise(words, x, edges: ptr8):
    # Unit vectors of noise for all bands.
    frame = ptr32(words)
    seed = uint(frame[6])
    size = frame[18]
    channel = 0
    while channel < frame[17]:
        i = frame[20]
        while i < frame[21] and i < frame[29]:
            at = (frame[19] if channel else 0) + (int(edges[i]) << size)
            n = (int(edges[i + 1]) - int(edges[i])) << size
            p = ptr16(int(ptr16(x)) + 2 * at)
            left = n
            while left:
                seed = seed * uint(1664525) + uint(1013904223)
                p[0] = ((int(seed >> uint(20)) & 4095) ^ 2048) - 2048
                p = ptr16(int(p) + 2)
                left -= 1
            renormalize(x, 0, at, n, 32767)
            i += 1
        channel += 1
    frame[6] = seed
