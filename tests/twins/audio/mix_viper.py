"""Plain twin of lib/audio/mix_viper.py."""
# MIT License; see LICENSE


def _saturate(value):
    return max(-32768, min(32767, value))


def add2(out, first, second, count):
    for i in range(count):
        out[i] = _saturate(first[i] + second[i])


def add3(out, first, second, third, count):
    for i in range(count):
        out[i] = _saturate(first[i] + second[i] + third[i])
