"""Excitation to sound: all subframes of a SILK frame (RFC 6716 section 4.2.7.9)."""
# MIT License; see LICENSE

# Forms of numbers, and why code is written as it is, are those of silk_synthesis_viper.py.

import micropython
from micropython import const

from .silk_synthesis_viper import whiten

# Words of a channel (silk_channel.py).
_RATE = const(0)
_SUBFRAMES = const(1)
_ORDER = const(2)
_LOST = const(5)
_PREVIOUS_SIGNAL = const(6)
_PREVIOUS_LAG = const(7)
_PREVIOUS_GAIN = const(10)
_SIGNAL = const(11)
_INTERPOLATION = const(13)
_SCALE = const(16)
_GAINS = const(20)
_LAGS = const(24)

# Places in what a channel hands to the functions here (silk_channel.py).
_PAST = const(1)
_EXCITATION = const(2)
_EARLY = const(5)
_LATE = const(6)
_PITCH = const(9)
_TAPS = const(12)
_CONTROL = const(14)
_STATE = const(18)
_STATES = const(19)

_VOICED = const(2)
_ORDER_MOST = const(16)

# Words of `control`: of a subframe 2^47 / gain, and in Q16 the former gain over this one.
_INVERSE = const(0)
_CHANGE = const(1)
_UNCHANGED = const(65536)


# Reciprocal and change of gain number k, by the divisions of the reference.
@micropython.viper
def gain(words: ptr32, control: ptr32, k: int):
    now = words[_GAINS + k]
    before = words[_PREVIOUS_GAIN]
    words[_PREVIOUS_GAIN] = now
    room = 0
    norm = now
    while norm < 0x20000000:
        norm = norm << 2
        room += 2
    if norm <= 0x3FFFFFFF:
        norm = norm << 1
        room += 1
    upper = norm >> 16
    lower = norm & 65535
    quotient = 0x1FFFFFFF // upper
    error = (0x20000000 - (upper * quotient + ((lower * quotient) >> 16))) << 3
    inverse = (quotient << 16) + (error >> 16) * quotient + (((error & 65535) * quotient) >> 16)
    control[_INVERSE] = inverse >> (14 - room)
    if now == before:
        control[_CHANGE] = _UNCHANGED
        return
    shift = 13 - room
    while before <= 0x3FFFFFFF:
        before = before << 1
        shift += 1
    change = (before >> 16) * quotient + (((before & 65535) * quotient) >> 16)
    # What is left of `before`: change * norm, its high word, times 8.
    part = (change & 65535) * upper + int(uint((change & 65535) * lower) >> uint(16))
    error = (change >> 16) * lower + (part & 65535)
    error = before - (((change >> 16) * upper + (part >> 16) + (error >> 16)) << 3)
    change += (error >> 16) * quotient + (((error & 65535) * quotient) >> 16)
    if shift < 0:
        # 2^31 and more is cut.
        change = 0x3FFFFFFF if change > 0x3FFFFFFF else change
        change = change << 1
    else:
        change = change >> shift
    control[_CHANGE] = change


# All subframes of a frame, one after the other: from excitation to sound behind 20 ms of the past.
# One function, since a call for each step of a subframe costs as much as several samples. `parts`
# are those of a channel (silk_channel.py).
@micropython.viper
def synthesize(x: ptr16, y: int, parts):
    one = 1
    sign = one << 31
    mask = (sign << 1) - 1
    words = parts[0]
    past = parts[_PAST]
    pitch = parts[_PITCH]
    control = parts[_CONTROL]
    word = ptr32(words)
    change = ptr32(control)
    excitation = ptr16(parts[_EXCITATION])
    taps = ptr16(parts[_TAPS])
    at = 20 * word[_RATE]
    length = 5 * word[_RATE]
    sound = ptr16(int(ptr16(past)) + 2 * at)
    out = ptr32(int(ptr32(pitch)) + 4 * at)
    voiced = 1 if word[_SIGNAL] == _VOICED else 0
    # After a lost voiced frame an unvoiced one starts with 10 ms of that pitch, at a quarter.
    fading = 0
    if word[_LOST] and word[_PREVIOUS_SIGNAL] == _VOICED:
        fading = 2
    kept = ptr32(parts[_STATE])
    states = ptr32(parts[_STATES])
    y = _ORDER_MOST
    while y:
        states[0] = kept[0]
        kept = ptr32(int(kept) + 4)
        states = ptr32(int(states) + 4)
        y -= 1
    start = 0
    k = 0
    while k < word[_SUBFRAMES]:
        makes = 0  # a new state of the long-term predictor
        if k == 0 or (k == 2 and word[_INTERPOLATION] < 4):
            makes = 1
            filter = parts[_EARLY] if word[_INTERPOLATION] < 4 and k == 0 else parts[_LATE]
            a = ptr16(filter)
            a0 = (a[0] ^ 32768) - 32768
            a1 = (a[1] ^ 32768) - 32768
            a2 = (a[2] ^ 32768) - 32768
            a3 = (a[3] ^ 32768) - 32768
            a4 = (a[4] ^ 32768) - 32768
            a5 = (a[5] ^ 32768) - 32768
            a6 = (a[6] ^ 32768) - 32768
            a7 = (a[7] ^ 32768) - 32768
            a8 = (a[8] ^ 32768) - 32768
            a9 = (a[9] ^ 32768) - 32768
            a10 = (a[10] ^ 32768) - 32768
            a11 = (a[11] ^ 32768) - 32768
            a12 = (a[12] ^ 32768) - 32768
            a13 = (a[13] ^ 32768) - 32768
            a14 = (a[14] ^ 32768) - 32768
            a15 = (a[15] ^ 32768) - 32768
            start = a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7
            start += a8 + a9 + a10 + a11 + a12 + a13 + a14 + a15
            start = (word[_ORDER] >> 1) - (start << 15) - 0x2000000
        if k < fading and not voiced:
            taps[0] = 0
            taps[1] = 0
            taps[2] = 4096
            taps[3] = 0
            taps[4] = 0
            word[_LAGS + k] = word[_PREVIOUS_LAG]
        pitched = 1 if voiced or k < fading else 0
        changed = 0 if word[_GAINS + k] == word[_PREVIOUS_GAIN] else 1
        if changed or (makes and pitched):
            gain(words, control, k)
        lag = word[_LAGS + k]
        if changed:
            upper = change[_CHANGE] >> 16
            lower = change[_CHANGE] & 65535
            x = ptr16(int(states) - 4 * _ORDER_MOST)
            end = int(states)
            while True:
                while int(x) != end:
                    y = x[1] - 32768
                    y = ((y << 16) + x[0]) * upper + y * lower
                    y = int(uint(x[0] * lower) >> uint(16)) + y
                    ptr32(x)[0] = y ^ sign
                    x = ptr16(int(x) + 4)
                if makes or not pitched or end == int(out):
                    break
                # The same for the state of the long-term predictor.
                end = int(out)
                x = ptr16(end - 4 * (lag + 2))
        if pitched:
            if makes:
                # Anew from the sound, as the short-term predictor is new.
                scale = -1 if k else word[_SCALE]
                whiten(past, 0, at, filter, pitch, at, lag + 2, control, scale)
            t0 = (taps[0] ^ 32768) - 32768
            t1 = (taps[1] ^ 32768) - 32768
            t2 = (taps[2] ^ 32768) - 32768
            t3 = (taps[3] ^ 32768) - 32768
            t4 = (taps[4] ^ 32768) - 32768
            bias = 2 - ((t0 + t1 + t2 + t3 + t4) << 15)
            x = ptr16(int(out) - 4 * (lag - 2))
            end = int(x) + 4 * length
            while int(x) != end:
                y = bias
                y = x[1] * t0 + y
                y = (x[0] * t0 >> 16) + y
                y = x[-1] * t1 + y
                y = (x[-2] * t1 >> 16) + y
                y = x[-3] * t2 + y
                y = (x[-4] * t2 >> 16) + y
                y = x[-5] * t3 + y
                y = (x[-6] * t3 >> 16) + y
                y = x[-7] * t4 + y
                y = (x[-8] * t4 >> 16) + y
                y = (y << 1) + (excitation[0] << 6) - 0x100000
                states[0] = y + 0x20000000
                out[0] = (y << 1) ^ sign
                x = ptr16(int(x) + 4)
                out = ptr32(int(out) + 4)
                excitation = ptr16(int(excitation) + 2)
                states = ptr32(int(states) + 4)
        else:
            y = length
            while y:
                states[0] = (excitation[0] << 6) + 0x1FF00000
                states[1] = (excitation[1] << 6) + 0x1FF00000
                states[2] = (excitation[2] << 6) + 0x1FF00000
                states[3] = (excitation[3] << 6) + 0x1FF00000
                excitation = ptr16(int(excitation) + 8)
                states = ptr32(int(states) + 16)
                y -= 4
            out = ptr32(int(out) + 4 * length)
        end = int(states)
        x = ptr16(end - 4 * length)
        gained = word[_GAINS + k] >> 6
        # In two parts a state is multiplied with the gain, of which the lower one has as many
        # bits as leave its product in 31.
        split = 20
        upper = gained >> 11
        while upper:
            split -= 1
            upper = upper >> 1
        # A state of this and more saturates the sound in any case.
        bits = split + 10
        most = one << (bits - 1)
        rest = (one << split) - 1
        shift = 24 - split
        middle = (65537 << shift) >> 1  # rounded, and 32768
        # In three parts, for a gain with which the product of the upper one would not fit.
        upper = gained >> 15
        lower = gained & 32767
        while int(x) != end:
            y = start
            y = x[-1] * a0 + y
            y = (x[-2] * a0 >> 16) + y
            y = x[-3] * a1 + y
            y = (x[-4] * a1 >> 16) + y
            y = x[-5] * a2 + y
            y = (x[-6] * a2 >> 16) + y
            y = x[-7] * a3 + y
            y = (x[-8] * a3 >> 16) + y
            y = x[-9] * a4 + y
            y = (x[-10] * a4 >> 16) + y
            y = x[-11] * a5 + y
            y = (x[-12] * a5 >> 16) + y
            y = x[-13] * a6 + y
            y = (x[-14] * a6 >> 16) + y
            y = x[-15] * a7 + y
            y = (x[-16] * a7 >> 16) + y
            y = x[-17] * a8 + y
            y = (x[-18] * a8 >> 16) + y
            y = x[-19] * a9 + y
            y = (x[-20] * a9 >> 16) + y
            y = x[-21] * a10 + y
            y = (x[-22] * a10 >> 16) + y
            y = x[-23] * a11 + y
            y = (x[-24] * a11 >> 16) + y
            y = x[-25] * a12 + y
            y = (x[-26] * a12 >> 16) + y
            y = x[-27] * a13 + y
            y = (x[-28] * a13 >> 16) + y
            y = x[-29] * a14 + y
            y = (x[-30] * a14 >> 16) + y
            y = x[-31] * a15 + y
            y = (x[-32] * a15 >> 16) + y
            y = (y << 4) + ptr32(x)[0]
            ptr32(x)[0] = y ^ sign
            if (y + most) >> bits:
                y = ((y & mask) ^ sign) - sign
                if y >= most:
                    y = most - 1
                if y < 0 - most:
                    y = 0 - most
            if split > 9:
                y = ((y >> split) * gained + ((y & rest) * gained >> split) + middle) >> shift
            else:
                low = y & 65535
                y = (y >> 16) * gained + ((low * upper + (low * lower >> 15)) >> 1)
                y = (y + 0x800080) >> 8
            if y >> 16:
                y = 0 if y < 0 else 65535
            sound[0] = y
            x = ptr16(int(x) + 4)
            sound = ptr16(int(sound) + 2)
        taps = ptr16(int(taps) + 10)
        at += length
        k += 1
    kept = ptr32(parts[_STATE])
    states = ptr32(end - 4 * _ORDER_MOST)
    y = _ORDER_MOST
    while y:
        kept[0] = states[0]
        kept = ptr32(int(kept) + 4)
        states = ptr32(int(states) + 4)
        y -= 1
