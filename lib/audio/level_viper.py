"""Mean square of a frame, in integers of 31 bits."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def mean_square(pcm: ptr16, count: int) -> int:
    # Squares have up to 31 bits: their upper 16 and lower 14 bits are summed apart, which holds
    # for 16383 samples. The largest mean, of -32768 alone, is cut to a small int.
    if count == 0:
        return 0
    high = 0
    low = 0
    n = count
    while n >= 4:
        v = (pcm[0] ^ 32768) - 32768
        v = v * v
        high += v >> 14
        low += v & 16383
        v = (pcm[1] ^ 32768) - 32768
        v = v * v
        high += v >> 14
        low += v & 16383
        v = (pcm[2] ^ 32768) - 32768
        v = v * v
        high += v >> 14
        low += v & 16383
        v = (pcm[3] ^ 32768) - 32768
        v = v * v
        high += v >> 14
        low += v & 16383
        pcm = ptr16(int(pcm) + 8)
        n -= 4
    while n:
        v = (pcm[0] ^ 32768) - 32768
        v = v * v
        high += v >> 14
        low += v & 16383
        pcm = ptr16(int(pcm) + 2)
        n -= 1
    whole = high // count
    if whole > 65535:
        return 0x3FFFFFFF
    return (whole << 14) + (((high - whole * count) << 14) + low) // count
