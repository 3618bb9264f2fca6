"""Plain twin of lib/audio/level_viper.py."""
# MIT License; see LICENSE


def mean_square(pcm, count):
    if not count:
        return 0
    return min(sum(pcm[i] * pcm[i] for i in range(count)) // count, 0x3FFFFFFF)
