"""Gain with a ramp, and the DC blocker: in-place loops over signed 16-bit samples."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def scale(pcm: ptr16, count: int, start: int, stop: int):
    # Gain goes linearly from start to stop, both Q12 and 0 to 16384 (four-fold). It is carried
    # with 14 more bits, so that the ramp of a long frame is smooth, and rounded: a fade-out ends
    # at 0 although the step is cut.
    if count == 0:
        return
    gain = start << 14
    step = ((stop << 14) - gain) // count
    while count:
        gain += step
        v = (((pcm[0] ^ 32768) - 32768) * ((gain + 8192) >> 14) + 2048) >> 12
        if v > 32767:
            v = 32767
        if v < -32768:
            v = -32768
        pcm[0] = v
        pcm = ptr16(int(pcm) + 2)
        count -= 1


@micropython.viper
def block_dc(pcm: ptr16, count: int, state: ptr32, shift: int):
    # y = x - mean, where the mean follows x with a time constant of 1 << shift samples. The mean
    # is Q14 in state[0], plus 1 << 29: never negative, so a 64-bit load reads it as a 32-bit one.
    mean = state[0] - 536870912
    while count:
        x = (pcm[0] ^ 32768) - 32768
        v = x - (mean >> 14)
        mean += ((x << 14) - mean) >> shift
        if v > 32767:
            v = 32767
        if v < -32768:
            v = -32768
        pcm[0] = v
        pcm = ptr16(int(pcm) + 2)
        count -= 1
    state[0] = mean + 536870912
