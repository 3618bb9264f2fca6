"""Plain twin of lib/audio/gain_viper.py."""
# MIT License; see LICENSE


def _saturate(value):
    return max(-32768, min(32767, value))


def scale(pcm, count, start, stop):
    if not count:
        return
    step = ((stop - start) << 14) // count
    for i in range(count):
        gain = ((start << 14) + (i + 1) * step + 8192) >> 14
        pcm[i] = _saturate((pcm[i] * gain + 2048) >> 12)


def block_dc(pcm, count, state, shift):
    mean = state[0] - (1 << 29)
    for i in range(count):
        sample = pcm[i]
        pcm[i] = _saturate(sample - (mean >> 14))
        mean += ((sample << 14) - mean) >> shift
    state[0] = mean + (1 << 29)
