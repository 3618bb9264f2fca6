"""Plain twin of lib/audio/resample48_viper.py."""
# MIT License; see LICENSE

# Taps 1, 2, 4, 5, .. 35 of the third band: Q14, and a third of it in Q14.
_UP = (
    (13525, 6720, -3275, -2571, 1744, 1478, -1093, -949, 722, 630, -480, -419)
    + (315, 272, -200, -170, 120, 100, -67, -54, 33, 25, -13, -9)
)  # fmt: skip
_DOWN = (
    (4507, 2240, -1092, -857, 581, 493, -364, -316, 241, 210, -160, -139)
    + (105, 91, -67, -57, 40, 33, -22, -18, 11, 8, -4, -3)
)  # fmt: skip


def _signed(value):
    return max(0, min(65535, value)) - 32768


def up3(work, out, count):
    for i in range(count):
        out[3 * i] = _signed(work[i + 11])
        for phase in (0, 1):
            total = 8192
            for j in range(12):
                total += work[i + 11 - j] * _UP[2 * j + phase]
                total += work[i + 12 + j] * _UP[2 * j + 1 - phase]
            out[3 * i + 1 + phase] = _signed(total >> 14)


def down3(work, out, count):
    for i in range(count):
        middle = 3 * i + 35
        total = 8192 + work[middle] * 5462
        for j, tap in enumerate(_DOWN):
            distance = j + j // 2 + 1
            total += (work[middle - distance] + work[middle + distance]) * tap
        out[i] = _signed(total >> 14)
