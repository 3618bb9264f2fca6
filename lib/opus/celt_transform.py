"""Tables of CELT's transforms at one rate: angles, windows, digit reversal."""
# MIT License; see LICENSE

import sys
from array import array

# Digits of the transforms' sizes, first stage first, ended by 0.
_PLANS = {
    480: b"\x04\x04\x02\x03\x05\x00",
    240: b"\x04\x04\x03\x05\x00",
    160: b"\x04\x04\x02\x05\x00",
    120: b"\x04\x02\x03\x05\x00",
    80: b"\x04\x04\x05\x00",
    60: b"\x04\x03\x05\x00",
    40: b"\x04\x02\x05\x00",
    30: b"\x02\x03\x05\x00",
    20: b"\x04\x05\x00",
    10: b"\x02\x05\x00",
}
# By rate: the tables of its transforms, which decoders and encoders share.
_made = {}
_ONE = 1 << 40
_HALF_PI = 1727108826179  # in Q40
# By what words loaded in viper are shifted for their sign; celt_theta_viper.py.
WIDE = 0 if sys.maxsize < 1 << 32 else 32


def _sine(x):
    # sin(pi / 2 * x), x and result in Q40, x from 0 to 1. Integers: the same on every machine.
    if x > _ONE // 2:
        return _cosine(_ONE - x)
    x = x * _HALF_PI >> 40
    square = x * x >> 40
    term = total = x
    for n in (6, 20, 42, 72, 110):
        term = -(term * square >> 40) // n
        total += term
    return total


def _cosine(x):
    if x > _ONE // 2:
        return _sine(_ONE - x)
    x = x * _HALF_PI >> 40
    square = x * x >> 40
    term = total = _ONE
    for n in (2, 12, 30, 56, 90, 132):
        term = -(term * square >> 40) // n
        total += term
    return total


def _put_angle(table, at, numerator, denominator):
    # Cosine and sine of numerator / denominator of a turn, below 1, in Q12 plus 4096.
    quarter, part = divmod((numerator * 4 << 40) // denominator, _ONE)
    cosine = _cosine(part) + (1 << 27) >> 28
    sine = _sine(part) + (1 << 27) >> 28
    for _ in range(quarter):
        cosine, sine = -sine, cosine
    table[at] = cosine + 4096
    table[at + 1] = sine + 4096


def _place(n, plan, size):
    # Where value n of `size` has to lie before the first stage.
    place = 0
    for i in range(len(plan) - 2, -1, -1):
        size //= plan[i]
        place += n % plan[i] * size
        n //= plan[i]
    return place


class _Size:
    def __init__(self, bins):
        points = bins // 2
        self.plan = _PLANS[points]
        self.angles = array("H", bytes(4 * points))
        self.places = array("H", bytes(2 * points))
        for i in range(points):
            _put_angle(self.angles, 2 * i, 8 * i + 1, 16 * bins)
            self.places[i] = 8 * _place(i, self.plan, points)  # in bytes


class Transform:
    """The inverse MDCTs of 2.5, 5, 10 and 20 ms at rate_hz: 8000, 16000, 24000 or 48000.

    The RFC's transforms are of 48 kHz. With the bins above half of rate_hz left out, the same sum
    at every 48000 / rate_hz-th instant (between two samples of 48 kHz if that is even) is a
    smaller transform, with the window at these instants. celt_mdct_viper.inverse() is called
    with these tables.
    """

    def __init__(self, rate_hz):
        self.short_bins = rate_hz // 400
        self.overlap = rate_hz // 400
        if rate_hz not in _made:
            _made[rate_hz] = _tables(self.short_bins)
        self.twiddles, self.window, self.sizes = _made[rate_hz]


def _tables(short_bins):
    points = 4 * short_bins
    twiddles = array("H", bytes(4 * points))
    for i in range(points):
        _put_angle(twiddles, 2 * i, i, points)
    window = array("H", bytes(2 * short_bins))
    for i in range(short_bins):
        # Section 4.3.7.
        part = _sine((2 * i + 1 << 40) // (2 * short_bins))
        value = _sine(part * part >> 40) + (1 << 24) >> 25
        window[i] = min(value, 32767)
    return twiddles, window, [_Size(short_bins << size) for size in range(4)]
