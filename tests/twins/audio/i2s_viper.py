"""Plain twin of lib/audio/i2s_viper.py."""
# MIT License; see LICENSE


def _signed(half):
    return (half ^ 32768) - 32768


def unpack(slots, side, pcm, at, count, state):
    mean = state[0] - (1 << 29)
    settle, shift, fine = state[1], state[2], state[3]
    for i in range(count):
        low, high = slots[4 * i + side], slots[4 * i + side + 1]
        x = _signed(high) * 256 + (low >> 8)
        v = max(-65536, min(65535, (x - (mean >> 6)) >> shift))
        mean += ((x << 6) - mean) >> settle
        pcm[at + i] = max(-32768, min(32767, (v * fine + 2048) >> 12))
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
