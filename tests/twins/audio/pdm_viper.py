"""Plain twin of lib/audio/pdm_viper.py."""
# MIT License; see LICENSE


def decimate(bits, tables, work, at, count, state):
    raw = bytes(bits)
    for i in range(count):
        sums = [0, 0, 0, 0]
        for byte in range(4):
            entry = 512 * byte + raw[4 * i + 3 - byte]
            for later in (0, 1):
                for half in (0, 1):
                    sums[2 * later + half] += tables[2 * (entry + 256 * later) + half]
        work[at + i] = (state[0] + sums[0]) >> 1
        state[0], state[1], state[2] = state[1] + sums[1], state[2] + sums[2], sums[3]


def amplify(pcm, count, state):
    mean = state[0] - (1 << 29)
    settle, gain = state[1], state[2]
    for i in range(count):
        x = pcm[i]
        v = ((x - (mean >> 14)) * gain) >> 5
        mean += ((x << 14) - mean) >> settle
        pcm[i] = max(-32768, min(32767, v))
    state[0] = mean + (1 << 29)
