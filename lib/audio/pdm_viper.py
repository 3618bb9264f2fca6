"""The decimator of PDM microphones: 128 taps over single bits, by table."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def decimate(bits: ptr8, tables: ptr16, pcm: ptr16, count: int, state: ptr32):
    # One sample for each word of 32 bits, from it and the three words before. Words are little
    # endian with the oldest bit on top. tables: 16 of 256 sums, for the oldest byte first, that
    # add up to 1 << 18 for ones alone.
    # state: mean, Q12, plus 1 << 29 (never negative, so a 64-bit load reads it as a 32-bit one);
    # its time constant as a shift; coarse gain as a left shift 0 to 8; fine gain, Q12, 4096 to
    # 8191.
    mean = state[0] - 536870912
    settle = state[1]
    shift = state[2]
    fine = state[3]
    while count:
        x = (
            tables[bits[3]]
            + tables[bits[2] + 256]
            + tables[bits[1] + 512]
            + tables[bits[0] + 768]
            + tables[bits[7] + 1024]
            + tables[bits[6] + 1280]
            + tables[bits[5] + 1536]
            + tables[bits[4] + 1792]
            + tables[bits[11] + 2048]
            + tables[bits[10] + 2304]
            + tables[bits[9] + 2560]
            + tables[bits[8] + 2816]
            + tables[bits[15] + 3072]
            + tables[bits[14] + 3328]
            + tables[bits[13] + 3584]
            + tables[bits[12] + 3840]
            - 131072
        )
        v = ((x - (mean >> 12)) << shift) >> 2
        mean += ((x << 12) - mean) >> settle
        if v > 65535:
            v = 65535
        if v < -65536:
            v = -65536
        v = (v * fine + 2048) >> 12
        if v > 32767:
            v = 32767
        if v < -32768:
            v = -32768
        pcm[0] = v
        bits = ptr8(int(bits) + 4)
        pcm = ptr16(int(pcm) + 2)
        count -= 1
    state[0] = mean + 536870912
