"""How a CELT band is split into halves or into mid and side (RFC 6716 section 4.3.4.4)."""
# MIT License; see LICENSE

# Words of `frame`, an array("i") shared by the functions that decode bands:
#  0 32 where a word has 64 bits, else 0: what a loaded word is shifted by to get its sign
#  1 band                     5 eighths of bits left         9 side is inverted
#  2 first intensity band     6 random seed                 10 mid, 11 side, Q15
#  3 spread                   7 inversion is not allowed     12 eighths that mid gets less
#  4 time-frequency change    8 vectors are wanted          13 theta, 14 its eighths of bits
# 15 eighths of bits for the band, 16 which blocks may be filled: read and changed by theta().

import micropython

from .range_viper import bit, frequency, tell_eighths, uniform, update, wide


@micropython.viper
def exact_cosine(x: int) -> int:
    # cos(pi / 2 * x), x in Q14 and the result in Q15, the same on every machine.
    square = 4096 + x * x >> 13
    y = 8277 + (16384 - 626 * square >> 15)
    y = -7651 + (16384 + square * y >> 15)
    return 32768 - square + (16384 + square * y >> 15)


@micropython.viper
def log_tangent(sine: int, cosine: int) -> int:
    # log2(sine / cosine) in Q11, the same on every machine; both from 1 to 32767.
    result = 0
    while not sine & 16384:
        sine <<= 1
        result -= 2048
    while not cosine & 16384:
        cosine <<= 1
        result += 2048
    a = 7932 + (16384 - 2597 * sine >> 15)
    b = 7932 + (16384 - 2597 * cosine >> 15)
    return result + (16384 + sine * a >> 15) - (16384 + cosine * b >> 15)


@micropython.viper
def root(x: int) -> int:
    # floor(sqrt(x)), x from 1 to 2^18.
    result = 0
    step = 256
    while step:
        if (result + step) * (result + step) <= x:
            result += step
        step >>= 1
    return result


@micropython.viper
def angles(log_width: int, n: int, bits: int, level: int, stereo: int) -> int:
    # The number of steps that theta is coded in, 1 to 256.
    cap = log_width + 8 * level
    freedom = 2 * n - 1
    offset = (cap >> 1) - 4
    if stereo and n == 2:
        freedom -= 1
        offset = (cap >> 1) - 16
    eighths = (bits + freedom * offset) // freedom
    if eighths > bits - cap - 32:
        eighths = bits - cap - 32
    if eighths > 64:
        eighths = 64
    if eighths < 4:
        return 1
    # 2^14 * 2^(i / 8): section 4.3.4.4.
    part = eighths & 7
    steps = 16384
    if part & 4:
        steps = 23170
        if part & 2:
            steps = 30048 if part & 1 else 27554
        elif part & 1:
            steps = 25267
    elif part & 2:
        steps = 21247 if part & 1 else 19483
    elif part & 1:
        steps = 17866
    return ((steps >> 14 - (eighths >> 3)) + 1) >> 1 << 1


@micropython.viper
def read_angle(coder, data, steps: int, n: int, blocks: int, stereo: int) -> int:
    half = steps >> 1
    if stereo and n > 2:
        # A step: 3 up to half, then 1.
        total = 3 * (half + 1) + half
        at = int(frequency(coder, total))
        if at < 3 * (half + 1):
            angle = at // 3
            update(coder, data, 3 * angle, 3 * angle + 3, total)
            return angle
        update(coder, data, at, at + 1, total)
        return at - 2 * (half + 1)
    if blocks > 1 or stereo:
        if steps < 256:
            return int(uniform(coder, data, steps + 1))
        ptr32(coder)[12] = 257
        wide(coder, data)
        return ptr32(coder)[12]
    # A triangle.
    total = (half + 1) * (half + 1)
    at = int(frequency(coder, total))
    if at < half * (half + 1) >> 1:
        angle = int(root(8 * at + 1)) - 1 >> 1
        low = angle * (angle + 1) >> 1
        update(coder, data, low, low + angle + 1, total)
        return angle
    angle = 2 * (steps + 1) - int(root(8 * (total - at - 1) + 1)) >> 1
    size = steps + 1 - angle
    low = total - (size * (size + 1) >> 1)
    update(coder, data, low, low + size, total)
    return angle


@micropython.viper
def theta(
    words, coder, data, tables: ptr8, n: int, blocks: int, whole: int, level: int, stereo: int
):
    # Reads the angle between two vectors of n values, of `blocks` blocks each, `whole` before a
    # split.
    frame = ptr32(words)
    bits = frame[15]
    fill = frame[16]
    band = frame[1]
    steps = 1
    if not stereo or band < frame[2]:
        steps = int(angles(tables[band], n, bits, level, stereo))
    before = int(tell_eighths(coder))
    angle = 0
    inverted = 0
    if steps != 1:
        angle = int(read_angle(coder, data, steps, n, whole, stereo)) * 16384 // steps
    elif stereo and bits > 16 and (frame[5] << frame[0] >> frame[0]) > 16:
        inverted = int(bit(coder, data, 2))
        if frame[7]:
            inverted = 0
    spent = int(tell_eighths(coder)) - before
    frame[9] = inverted
    frame[13] = angle
    frame[14] = spent
    frame[15] = bits - spent
    mid = 32767
    side = 0
    delta = -16384
    if angle == 0:
        fill &= (1 << blocks) - 1
    elif angle == 16384:
        mid = 0
        side = 32767
        delta = 16384
        fill &= ((1 << blocks) - 1) << blocks
    else:
        mid = int(exact_cosine(angle))
        side = int(exact_cosine(16384 - angle))
        delta = 16384 + ((n - 1) << 7) * int(log_tangent(side, mid)) >> 15
    frame[10] = mid
    frame[11] = side
    frame[12] = delta
    frame[16] = fill
