"""From a rate inside SILK to a higher rate of output."""
# MIT License; see LICENSE

# The arithmetic of the reference, bit by bit: RFC 6716 leaves this step free (section 4.2.9).

import micropython


# Twice as many samples by two chains of three all-pass filters; `state` has six words in Q10. `y`
# and `x` get registers; callers give 0.
@micropython.viper
def double(
    y: int,
    x: int,
    line: ptr16,
    first: int,
    count: int,
    state: ptr32,
    out: ptr16,
    to: int,
    step: int,
):
    one = 1
    sign = one << 31
    s0 = (state[0] ^ sign) - sign
    s1 = (state[1] ^ sign) - sign
    s2 = (state[2] ^ sign) - sign
    s3 = (state[3] ^ sign) - sign
    s4 = (state[4] ^ sign) - sign
    s5 = (state[5] ^ sign) - sign
    line = ptr16(int(line) + 2 * first)
    out = ptr16(int(out) + 2 * to)
    while count:
        value = ((line[0] ^ 32768) - 32768) << 10
        y = value - s0
        x = (y >> 16) * 1746 + (((y & 65535) * 1746) >> 16)
        a = s0 + x
        s0 = value + x
        y = a - s1
        x = (y >> 16) * 14986 + (((y & 65535) * 14986) >> 16)
        b = s1 + x
        s1 = a + x
        y = b - s2
        x = y - ((y >> 16) * 26453 - (((y & 65535) * -26453) >> 16))
        a = s2 + x
        s2 = b + x
        a = (a + 512) >> 10
        if a > 32767:
            a = 32767
        if a < -32768:
            a = -32768
        out[0] = a
        out = ptr16(int(out) + step)
        y = value - s3
        x = (y >> 16) * 6854 + (((y & 65535) * 6854) >> 16)
        a = s3 + x
        s3 = value + x
        y = a - s4
        x = (y >> 16) * 25769 + (((y & 65535) * 25769) >> 16)
        b = s4 + x
        s4 = a + x
        y = b - s5
        x = y - ((y >> 16) * 9994 - (((y & 65535) * -9994) >> 16))
        a = s5 + x
        s5 = b + x
        a = (a + 512) >> 10
        if a > 32767:
            a = 32767
        if a < -32768:
            a = -32768
        out[0] = a
        out = ptr16(int(out) + step)
        line = ptr16(int(line) + 2)
        count -= 1
    state[0] = s0
    state[1] = s1
    state[2] = s2
    state[3] = s3
    state[4] = s4
    state[5] = s5


# `total` samples out of `work`, one each `advance` / 65536 samples, by 8 taps out of 12 sets;
# then the last 8 of the `count` samples become the first.
@micropython.viper
def interpolate(
    work: ptr16,
    count: int,
    taps: ptr16,
    advance: int,
    total: int,
    out: ptr16,
    to: int,
    step: int,
):
    out = ptr16(int(out) + 2 * to)
    place = 0
    while total:
        x = ptr16(int(work) + ((place >> 16) << 1))
        row = ((place & 65535) * 12) >> 16
        up = ptr16(int(taps) + (row << 3))
        down = ptr16(int(taps) + ((11 - row) << 3))
        y = ((x[0] ^ 32768) - 32768) * ((up[0] ^ 32768) - 32768)
        y += ((x[1] ^ 32768) - 32768) * ((up[1] ^ 32768) - 32768)
        y += ((x[2] ^ 32768) - 32768) * ((up[2] ^ 32768) - 32768)
        y += ((x[3] ^ 32768) - 32768) * ((up[3] ^ 32768) - 32768)
        y += ((x[4] ^ 32768) - 32768) * ((down[3] ^ 32768) - 32768)
        y += ((x[5] ^ 32768) - 32768) * ((down[2] ^ 32768) - 32768)
        y += ((x[6] ^ 32768) - 32768) * ((down[1] ^ 32768) - 32768)
        y += ((x[7] ^ 32768) - 32768) * ((down[0] ^ 32768) - 32768)
        y = (y + 16384) >> 15
        if y > 32767:
            y = 32767
        if y < -32768:
            y = -32768
        out[0] = y
        out = ptr16(int(out) + step)
        place += advance
        total -= 1
    x = ptr16(int(work) + 2 * count)
    count = 8
    while count:
        work[0] = x[0]
        x = ptr16(int(x) + 2)
        work = ptr16(int(work) + 2)
        count -= 1
