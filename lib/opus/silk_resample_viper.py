"""From the rates inside SILK to those of the output; the filters of the reference, bit for bit."""
# MIT License; see LICENSE

# RFC 6716 leaves this step free (section 4.2.9); equal arithmetic makes the output comparable.

import micropython


# `count` samples from number `first` of `line` to number `to` of `out`.
@micropython.viper
def copy(line: ptr16, out: ptr16, first: int, count: int, to: int):
    line = ptr16(int(line) + 2 * first)
    out = ptr16(int(out) + 2 * to)
    while count >= 8:
        out[0] = line[0]
        out[1] = line[1]
        out[2] = line[2]
        out[3] = line[3]
        out[4] = line[4]
        out[5] = line[5]
        out[6] = line[6]
        out[7] = line[7]
        line = ptr16(int(line) + 16)
        out = ptr16(int(out) + 16)
        count -= 8
    while count:
        out[0] = line[0]
        line = ptr16(int(line) + 2)
        out = ptr16(int(out) + 2)
        count -= 1


# The same `delay` samples later: those of `line` come first, the last ones go there.
@micropython.viper
def pass_on(sound: ptr16, out: ptr16, first: int, count: int, to: int, line: ptr16, delay: int):
    sound = ptr16(int(sound) + 2 * first)
    out = ptr16(int(out) + 2 * to)
    count -= delay
    i = 0
    while i < delay:
        out[0] = line[i]
        line[i] = sound[count + i]
        out = ptr16(int(out) + 2)
        i += 1
    while count >= 4:
        out[0] = sound[0]
        out[1] = sound[1]
        out[2] = sound[2]
        out[3] = sound[3]
        sound = ptr16(int(sound) + 8)
        out = ptr16(int(out) + 8)
        count -= 4


# Like copy(), to samples that are `step` bytes apart.
@micropython.viper
def scatter(line: ptr16, out: ptr16, first: int, count: int, to: int, step: int):
    line = ptr16(int(line) + 2 * first)
    out = ptr16(int(out) + 2 * to)
    while count:
        out[0] = line[0]
        line = ptr16(int(line) + 2)
        out = ptr16(int(out) + step)
        count -= 1


# Twice as many samples by two chains of three all-pass filters; `state` has six words in Q10.
@micropython.viper
def double(line: ptr16, first: int, count: int, state: ptr32, out: ptr16, to: int, step: int):
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
