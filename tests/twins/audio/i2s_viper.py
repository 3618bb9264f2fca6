"""Plain twin of lib/audio/i2s_viper.py."""
# MIT License; see LICENSE


def _signed(half):
    return (half ^ 32768) - 32768


def unpack(slots, pcm, side, at, count, state):
    mean = state[0] - (1 << 29)
    settle, gain, shift = state[1], state[2], state[3]
    for i in range(0, count, 2):
        pair = 0
        offset = mean >> 6
        for j in (i, i + 1):
            x = _signed(slots[4 * j + side + 1]) * 256 + (slots[4 * j + side] >> 8)
            pair += x
            pcm[at + j] = max(-32768, min(32767, ((x - offset) * gain) >> shift))
        mean += ((pair << 5) - mean) >> settle
    state[0] = mean + (1 << 29)


def widen16(pcm, at, slots, count):
    for i in range(count):
        slots[2 * i] = slots[2 * i + 1] = pcm[at + i] & 0xFFFF


def widen32(pcm, at, slots, count):
    for i in range(count):
        slots[4 * i + 1] = slots[4 * i + 3] = pcm[at + i] & 0xFFFF


def silence(pcm, at, count):
    for i in range(at, at + count):
        pcm[i] = 0
