"""Plain twin of lib/audio/resample_viper.py."""
# MIT License; see LICENSE

# Taps 1, 3, .. 23 of the half band, Q13.
_SIDE = (5193, -1666, 925, -588, 389, -259, 169, -106, 63, -35, 17, -6)


def _signed(value):
    return max(0, min(65535, value)) - 32768


def feed(work, past, previous, pcm, count):
    for i in range(past):
        work[i] = work[previous + i]
    for i in range(count):
        work[past + i] = pcm[i] + 32768


def up2(work, out, count):
    for i in range(count):
        out[2 * i] = _signed(work[i + 11])
        total = 4096
        for j, tap in enumerate(_SIDE):
            total += (work[i + 11 - j] + work[i + 12 + j]) * tap
        out[2 * i + 1] = _signed(total >> 13)


def down2(work, out, count):
    for i in range(count):
        middle = 2 * i + 23
        total = 8192 + work[middle] * 8192
        for j, tap in enumerate(_SIDE):
            total += (work[middle - 2 * j - 1] + work[middle + 2 * j + 1]) * tap
        out[i] = _signed(total >> 14)
