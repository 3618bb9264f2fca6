"""The decimator of PDM microphones: 128 taps over single bits, by table."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def decimate(bits: ptr8, tables: ptr32, work: ptr16, at: int, count: int, state: ptr32):
    # One sample for each word of 32 bits, to work[at..] in offset binary. Words are little endian
    # with the oldest bit on top. The filter is 4 words long: each word adds to the sample that
    # ends with it and to the three that follow, whose sums wait in state[0..2].
    # tables: for each byte of a word, oldest first, 256 pairs of sums for the first two samples,
    # lower and upper half of an entry, and 256 for the other two. No half overflows, and masks
    # make the halves the same whether loads are signed or not.
    later = ptr32(int(tables) + 1024)
    work = ptr16(int(work) + 2 * at)
    first = state[0]
    second = state[1]
    third = state[2]
    while count:
        a = (
            tables[bits[3]]
            + tables[bits[2] + 512]
            + tables[bits[1] + 1024]
            + tables[bits[0] + 1536]
        )
        b = later[bits[3]] + later[bits[2] + 512] + later[bits[1] + 1024] + later[bits[0] + 1536]
        work[0] = (first + (a & 65535)) >> 1
        first = second + ((a >> 16) & 65535)
        second = third + (b & 65535)
        third = (b >> 16) & 65535
        bits = ptr8(int(bits) + 4)
        work = ptr16(int(work) + 2)
        count -= 1
    state[0] = first
    state[1] = second
    state[2] = third


@micropython.viper
def amplify(pcm: ptr16, count: int, state: ptr32):
    # Offset taken off, gain, saturation, in place.
    # state: mean, Q14, plus 1 << 29 (never negative, so a 64-bit load reads it as a 32-bit one);
    # its time constant as a shift; gain, Q5, 32 to 8191, so that a product has 31 bits.
    mean = state[0] - 536870912
    settle = state[1]
    gain = state[2]
    while count:
        x = (pcm[0] ^ 32768) - 32768
        v = ((x - (mean >> 14)) * gain) >> 5
        mean += ((x << 14) - mean) >> settle
        if (v + 32768) >> 16:
            v = (v >> 30) ^ 32767
        pcm[0] = v
        pcm = ptr16(int(pcm) + 2)
        count -= 1
    state[0] = mean + 536870912
