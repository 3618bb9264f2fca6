"""Time to samples, in one call."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def advance(state: ptr32, now: int) -> int:
    # Samples since the last call. now: ticks of 1 us modulo 2**30.
    # state: the last ticks; thousandths of a sample left over; samples since the last correction;
    # samples a ms; the correction, 0 to 2 for -1 to 1, every 8192 samples.
    us = (now - state[0]) & 1073741823
    state[0] = now
    if us > 10000000:
        us = 10000000
    rest = state[1] + us * state[3]
    samples = rest // 1000
    state[1] = rest - samples * 1000
    counted = state[2] + samples
    if counted >= 8192:
        samples += (state[4] - 1) * (counted >> 13)
        counted &= 8191
    state[2] = counted
    return samples
