"""Resampling between 16 and 48 kHz by a third-band filter."""
# MIT License; see LICENSE

import micropython

# Coefficients by tools/audio/derive_resampler.py. Samples in `work` are offset binary (x ^ 32768):
# no sign extension, the same on 32 and 64 bits; partial sums stay below 2**31.


@micropython.viper
def up3(work: ptr16, out: ptr16, count: int):
    # Three samples out for each of `count` in; needs 23 past samples.
    while count:
        out[0] = work[11] ^ 32768
        v = (
            work[11] * 13525
            + work[12] * 6720
            - work[10] * 3275
            - work[13] * 2571
            + work[9] * 1744
            + work[14] * 1478
            - work[8] * 1093
            - work[15] * 949
            + work[7] * 722
            + work[16] * 630
            - work[6] * 480
            - work[17] * 419
            + work[5] * 315
            + work[18] * 272
            - work[4] * 200
            - work[19] * 170
            + work[3] * 120
            + work[20] * 100
            - work[2] * 67
            - work[21] * 54
            + work[1] * 33
            + work[22] * 25
            - work[0] * 13
            - work[23] * 9
            + 8192
        ) >> 14
        if v > 65535:
            v = 65535
        if v < 0:
            v = 0
        out[1] = v ^ 32768
        v = (
            work[11] * 6720
            + work[12] * 13525
            - work[10] * 2571
            - work[13] * 3275
            + work[9] * 1478
            + work[14] * 1744
            - work[8] * 949
            - work[15] * 1093
            + work[7] * 630
            + work[16] * 722
            - work[6] * 419
            - work[17] * 480
            + work[5] * 272
            + work[18] * 315
            - work[4] * 170
            - work[19] * 200
            + work[3] * 100
            + work[20] * 120
            - work[2] * 54
            - work[21] * 67
            + work[1] * 25
            + work[22] * 33
            - work[0] * 9
            - work[23] * 13
            + 8192
        ) >> 14
        if v > 65535:
            v = 65535
        if v < 0:
            v = 0
        out[2] = v ^ 32768
        work = ptr16(int(work) + 2)
        out = ptr16(int(out) + 6)
        count -= 1


@micropython.viper
def down3(work: ptr16, out: ptr16, count: int):
    # One of `count` samples out for three in; needs 70 past samples.
    while count:
        v = (
            work[35] * 5462
            + (work[34] + work[36]) * 4507
            + (work[33] + work[37]) * 2240
            - (work[31] + work[39]) * 1092
            - (work[30] + work[40]) * 857
            + (work[28] + work[42]) * 581
            + (work[27] + work[43]) * 493
            - (work[25] + work[45]) * 364
            - (work[24] + work[46]) * 316
            + (work[22] + work[48]) * 241
            + (work[21] + work[49]) * 210
            - (work[19] + work[51]) * 160
            - (work[18] + work[52]) * 139
            + (work[16] + work[54]) * 105
            + (work[15] + work[55]) * 91
            - (work[13] + work[57]) * 67
            - (work[12] + work[58]) * 57
            + (work[10] + work[60]) * 40
            + (work[9] + work[61]) * 33
            - (work[7] + work[63]) * 22
            - (work[6] + work[64]) * 18
            + (work[4] + work[66]) * 11
            + (work[3] + work[67]) * 8
            - (work[1] + work[69]) * 4
            - (work[0] + work[70]) * 3
            + 8192
        ) >> 14
        if v > 65535:
            v = 65535
        if v < 0:
            v = 0
        out[0] = v ^ 32768
        work = ptr16(int(work) + 6)
        out = ptr16(int(out) + 2)
        count -= 1
