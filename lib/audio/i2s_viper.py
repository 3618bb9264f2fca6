"""Between 16-bit samples and I2S slots: loops over a whole piece of sound."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def unpack(slots: ptr16, pcm: ptr16, side: int, at: int, count: int, state: ptr32):
    # One slot of each frame (side 0 left, 2 right) of two 32-bit slots, 24 bits left-aligned, to
    # pcm[at..]: offset taken off, gain, saturation, in one pass; count is even. Slots are read as
    # halves: ptr32 loads aren't signed on 64 bits.
    # state: mean, Q6, plus 1 << 29 for the same reason; its time constant in pairs of samples, as
    # a shift; the gain, 32 to 63, so that a product has 31 bits; and the right shift after it.
    mean = state[0] - 536870912
    settle = state[1]
    gain = state[2]
    shift = state[3]
    offset = mean >> 6
    slots = ptr16(int(slots) + 2 * side)
    pcm = ptr16(int(pcm) + 2 * at)
    while count > 0:
        x = (((slots[1] ^ 32768) - 32768) << 8) | (slots[0] >> 8)
        v = ((x - offset) * gain) >> shift
        if (v + 32768) >> 16:
            v = (v >> 30) ^ 32767
        pcm[0] = v
        y = (((slots[5] ^ 32768) - 32768) << 8) | (slots[4] >> 8)
        v = ((y - offset) * gain) >> shift
        if (v + 32768) >> 16:
            v = (v >> 30) ^ 32767
        pcm[1] = v
        mean += (((x + y) << 5) - mean) >> settle
        offset = mean >> 6
        slots = ptr16(int(slots) + 16)
        pcm = ptr16(int(pcm) + 4)
        count -= 2
    state[0] = mean + 536870912


@micropython.viper
def widen16(pcm: ptr16, at: int, slots: ptr16, count: int):
    # Each sample to both of two 16-bit slots.
    pcm = ptr16(int(pcm) + 2 * at)
    while count >= 4:
        v = pcm[0]
        slots[0] = v
        slots[1] = v
        v = pcm[1]
        slots[2] = v
        slots[3] = v
        v = pcm[2]
        slots[4] = v
        slots[5] = v
        v = pcm[3]
        slots[6] = v
        slots[7] = v
        pcm = ptr16(int(pcm) + 8)
        slots = ptr16(int(slots) + 16)
        count -= 4
    while count:
        v = pcm[0]
        slots[0] = v
        slots[1] = v
        pcm = ptr16(int(pcm) + 2)
        slots = ptr16(int(slots) + 4)
        count -= 1


@micropython.viper
def widen32(pcm: ptr16, at: int, slots: ptr16, count: int):
    # Each sample to the upper halves of two 32-bit slots; the lower ones stay 0.
    pcm = ptr16(int(pcm) + 2 * at)
    while count:
        v = pcm[0]
        slots[1] = v
        slots[3] = v
        pcm = ptr16(int(pcm) + 2)
        slots = ptr16(int(slots) + 8)
        count -= 1


@micropython.viper
def silence(pcm: ptr16, at: int, count: int):
    pcm = ptr16(int(pcm) + 2 * at)
    while count:
        pcm[0] = 0
        pcm = ptr16(int(pcm) + 2)
        count -= 1
