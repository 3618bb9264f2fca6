"""From a rate inside SILK to a lower rate of output."""
# MIT License; see LICENSE

# The arithmetic of the reference, bit by bit: RFC 6716 leaves this step free (section 4.2.9).

import micropython


# A resonator of two poles (taps[0], taps[1]) before decimation: `count` samples of Q8 into `work`.
@micropython.viper
def resonate(line: ptr16, first: int, count: int, state: ptr32, taps: ptr16, work: ptr32, to: int):
    one = 1
    sign = one << 31
    a0 = (taps[0] ^ 32768) - 32768
    a1 = (taps[1] ^ 32768) - 32768
    s0 = (state[0] ^ sign) - sign
    s1 = (state[1] ^ sign) - sign
    line = ptr16(int(line) + 2 * first)
    work = ptr32(int(work) + 4 * to)
    while count:
        y = s0 + (((line[0] ^ 32768) - 32768) << 8)
        work[0] = y
        y = y << 2
        s0 = s1 + (y >> 16) * a0 + (((y & 65535) * a0) >> 16)
        s1 = (y >> 16) * a1 + (((y & 65535) * a1) >> 16)
        line = ptr16(int(line) + 2)
        work = ptr32(int(work) + 4)
        count -= 1
    state[0] = s0
    state[1] = s1


# `total` samples out of `work`, one each `advance` / 65536 samples, by a filter of `order` taps of
# which the first half is given for each of `sets` fractions; then the last `order` words of
# `count` become the first.
@micropython.viper
def decimate(
    work: ptr32,
    count: int,
    taps: ptr16,
    order: int,
    sets: int,
    advance: int,
    total: int,
    out: ptr16,
    to: int,
    step: int,
):
    one = 1
    sign = one << 31
    out = ptr16(int(out) + 2 * to)
    half = order >> 1
    taps = ptr16(int(taps) + 4)
    place = 0
    while total:
        left = ptr32(int(work) + ((place >> 16) << 2))
        right = ptr32(int(left) + 4 * order)
        row = ((place & 65535) * sets) >> 16
        up = ptr16(int(taps) + 2 * half * row)
        down = ptr16(int(taps) + 2 * half * (sets - 1 - row))
        y = 0
        n = 0
        while n < half:
            right = ptr32(int(right) - 4)
            if sets == 1:
                x = ((left[n] ^ sign) - sign) + ((right[0] ^ sign) - sign)
            else:
                x = (right[0] ^ sign) - sign
                tap = (down[n] ^ 32768) - 32768
                y += (x >> 16) * tap + (((x & 65535) * tap) >> 16)
                x = (left[n] ^ sign) - sign
            tap = (up[n] ^ 32768) - 32768
            y += (x >> 16) * tap + (((x & 65535) * tap) >> 16)
            n += 1
        y = (y + 32) >> 6
        if y > 32767:
            y = 32767
        if y < -32768:
            y = -32768
        out[0] = y
        out = ptr16(int(out) + step)
        place += advance
        total -= 1
    left = ptr32(int(work) + 4 * count)
    while order:
        work[0] = left[0]
        left = ptr32(int(left) + 4)
        work = ptr32(int(work) + 4)
        order -= 1
