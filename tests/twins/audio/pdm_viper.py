"""Plain twin of lib/audio/pdm_viper.py."""
# MIT License; see LICENSE

# Where the bytes of four little-endian words are, in the order of time.
_ORDER = (3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)


def decimate(bits, tables, pcm, count, state):
    raw = bytes(bits)
    mean = state[0] - (1 << 29)
    settle, shift, fine = state[1], state[2], state[3]
    for i in range(count):
        x = -(1 << 17)
        for row, place in enumerate(_ORDER):
            x += tables[256 * row + raw[4 * i + place]]
        v = max(-65536, min(65535, ((x - (mean >> 12)) << shift) >> 2))
        mean += ((x << 12) - mean) >> settle
        pcm[i] = max(-32768, min(32767, (v * fine + 2048) >> 12))
    state[0] = mean + (1 << 29)
