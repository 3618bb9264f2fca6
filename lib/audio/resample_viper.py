"""Resampling between 8 and 16 kHz by a half-band filter, and the window of all resamplers."""
# MIT License; see LICENSE

import micropython

# Coefficients by tools/audio/derive_resampler.py. Samples in `work` are offset binary (x ^ 32768):
# no sign extension, the same on 32 and 64 bits; partial sums stay below 2**31.


@micropython.viper
def feed(work: ptr16, past: int, previous: int, pcm: ptr16, count: int):
    # Keep the last `past` samples of the `previous` ones, then append pcm in offset binary.
    if previous:
        source = ptr16(int(work) + 2 * previous)
        while past:
            work[0] = source[0]
            work = ptr16(int(work) + 2)
            source = ptr16(int(source) + 2)
            past -= 1
    else:
        work = ptr16(int(work) + 2 * past)
    while count >= 4:
        work[0] = pcm[0] ^ 32768
        work[1] = pcm[1] ^ 32768
        work[2] = pcm[2] ^ 32768
        work[3] = pcm[3] ^ 32768
        work = ptr16(int(work) + 8)
        pcm = ptr16(int(pcm) + 8)
        count -= 4
    while count:
        work[0] = pcm[0] ^ 32768
        work = ptr16(int(work) + 2)
        pcm = ptr16(int(pcm) + 2)
        count -= 1


@micropython.viper
def up2(work: ptr16, out: ptr16, count: int):
    # Two samples out for each of `count` in; needs 23 past samples.
    while count:
        out[0] = work[11] ^ 32768
        v = (
            (work[11] + work[12]) * 5193
            - (work[10] + work[13]) * 1666
            + (work[9] + work[14]) * 925
            - (work[8] + work[15]) * 588
            + (work[7] + work[16]) * 389
            - (work[6] + work[17]) * 259
            + (work[5] + work[18]) * 169
            - (work[4] + work[19]) * 106
            + (work[3] + work[20]) * 63
            - (work[2] + work[21]) * 35
            + (work[1] + work[22]) * 17
            - (work[0] + work[23]) * 6
            + 4096
        ) >> 13
        if v > 65535:
            v = 65535
        if v < 0:
            v = 0
        out[1] = v ^ 32768
        work = ptr16(int(work) + 2)
        out = ptr16(int(out) + 4)
        count -= 1


@micropython.viper
def down2(work: ptr16, out: ptr16, count: int):
    # One of `count` samples out for two in; needs 46 past samples.
    while count:
        v = (
            work[23] * 8192
            + (work[22] + work[24]) * 5193
            - (work[20] + work[26]) * 1666
            + (work[18] + work[28]) * 925
            - (work[16] + work[30]) * 588
            + (work[14] + work[32]) * 389
            - (work[12] + work[34]) * 259
            + (work[10] + work[36]) * 169
            - (work[8] + work[38]) * 106
            + (work[6] + work[40]) * 63
            - (work[4] + work[42]) * 35
            + (work[2] + work[44]) * 17
            - (work[0] + work[46]) * 6
            + 8192
        ) >> 14
        if v > 65535:
            v = 65535
        if v < 0:
            v = 0
        out[0] = v ^ 32768
        work = ptr16(int(work) + 4)
        out = ptr16(int(out) + 2)
        count -= 1
