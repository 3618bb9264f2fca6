"""The limiter's loop over signed 16-bit samples."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def limit(pcm: ptr16, count: int, state: ptr32):
    # Gain down at once where a sample would pass the ceiling, up again slowly.
    # state: gain now, Q22 (a slow rise needs the bits); gain at rest, Q12, up to 16383; ceiling;
    # rise a sample, as a right shift of what is missing.
    gain = state[0]
    rest = state[1] << 10
    ceiling = state[2]
    shift = state[3]
    while count:
        x = (pcm[0] ^ 32768) - 32768
        v = (x * (gain >> 10)) >> 12
        a = v
        if a < 0:
            a = 0 - a
        if a > ceiling:
            a = x
            if a < 0:
                a = 0 - a
            gain = ((ceiling << 12) // a) << 10
            v = (x * (gain >> 10)) >> 12
        pcm[0] = v
        gain += (rest - gain) >> shift
        pcm = ptr16(int(pcm) + 2)
        count -= 1
    state[0] = gain
