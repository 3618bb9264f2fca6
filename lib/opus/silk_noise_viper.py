"""Comfort noise for lost and untransmitted SILK frames, like that of the last inactive ones."""
# MIT License; see LICENSE

# The arithmetic of the reference, like silk_conceal_viper.py.

import micropython
from micropython import const

# Words of a channel (silk_channel.py).
_RATE = const(0)
_SUBFRAMES = const(1)
_GAINS = const(20)

# Words of its concealment (silk_conceal.py).
_GAIN = const(0)
_NOISE = const(5)
_LEVEL = const(17)  # smoothed gain of inactive frames, Q16
_SEED = const(18)
_LOUDNESS = const(20)  # gain of the noise to add, Q16


# Learn from an inactive frame: line frequencies, gain, and the excitation of its loudest subframe
# in front of what `past` holds.
@micropython.viper
def learn(
    words: ptr32,
    loss: ptr32,
    nlsf: ptr16,
    smooth: ptr16,
    order: int,
    excitation: ptr16,
    past: ptr16,
):
    one = 1
    sign = one << 31
    while order:
        order -= 1
        smooth[order] += ((nlsf[order] - smooth[order]) * 16348) >> 16
    subframes = words[_SUBFRAMES]
    length = 5 * words[_RATE]
    loudest = 0
    most = 0
    level = (loss[_LEVEL] ^ sign) - sign
    k = 0
    while k < subframes:
        gain = words[_GAINS + k]
        if gain > most:
            most = gain
            loudest = k
        level += ((gain - level) >> 16) * 4634 + ((((gain - level) & 65535) * 4634) >> 16)
        if (level >> 16) * 46396 + int(uint((level & 65535) * 46396) >> uint(16)) > gain:
            level = gain
        k += 1
    loss[_LEVEL] = level
    k = (subframes - 1) * length
    target = ptr16(int(past) + 2 * (k + length))
    source = ptr16(int(past) + 2 * k)
    while k:
        target = ptr16(int(target) - 2)
        source = ptr16(int(source) - 2)
        target[0] = source[0]
        k -= 1
    source = ptr16(int(excitation) + 2 * loudest * length)
    while length:
        past[0] = source[0]
        past = ptr16(int(past) + 2)
        source = ptr16(int(source) + 2)
        length -= 1


# The gain of the noise that brings concealed sound up to the learned level.
@micropython.viper
def loudness(loss: ptr32):
    one = 1
    sign = one << 31
    mask = (sign << 1) - 1
    level = loss[_LEVEL]
    gain = loss[_GAIN + 1]
    scale = loss[_NOISE]
    have = (gain >> 16) * scale + (((gain & 65535) * scale) >> 16)
    shift = 8
    if have >= 0x200000 or level > 0x800000:
        have = (have >> 16) * (have >> 16)
        want = (level >> 16) * (level >> 16)
        shift = 16
    else:
        want = level & 65535
        level = level >> 16
        want = ((level << 16) + 2 * want) * level + int(uint(want * want) >> uint(16))
        gain = have & 65535
        have = have >> 16
        have = ((have << 16) + 2 * gain) * have + int(uint(gain * gain) >> uint(16))
    want = want - (have << 5)
    want = ((want & mask) ^ sign) - sign
    gain = 0
    if want > 0:
        # Square root, to some 2 %.
        room = 1
        while want <= 0x3FFFFFFF:
            want = want << 1
            room += 1
        gain = (32768 if room & 1 else 46214) >> (room >> 1)
        gain += (gain * (213 * ((want >> 23) & 127))) >> 16
        # Only a stream that is not sane gets beyond this.
        gain = (gain if gain < 32768 else 32767) << shift
    loss[_LOUDNESS] = gain


# `count` numbers of the learned excitation in random order, to the states of a short-term
# predictor from word `to` on.
@micropython.viper
def shuffle(loss: ptr32, past: ptr16, states: ptr32, to: int, count: int):
    states = ptr32(int(states) + 4 * to)
    mask = 255
    while mask > count:
        mask = mask >> 1
    seed = loss[_SEED]
    while count:
        seed = seed * 196314165 + 907633515
        states[0] = (past[(seed >> 24) & mask] << 6) + 0x1FF00000
        states = ptr32(int(states) + 4)
        count -= 1
    loss[_SEED] = seed


# `count` samples with the sign bit inverted are added to those of `sound`.
@micropython.viper
def add(noise: ptr16, sound: ptr16, first: int, count: int):
    sound = ptr16(int(sound) + 2 * first)
    while count:
        x = noise[0] - 32768 + ((sound[0] ^ 32768) - 32768)
        if x > 32767:
            x = 32767
        if x < -32768:
            x = -32768
        sound[0] = x
        noise = ptr16(int(noise) + 2)
        sound = ptr16(int(sound) + 2)
        count -= 1
