"""From 8, 12 or 16 kHz inside SILK to 8, 16, 24 or 48 kHz of output."""
# MIT License; see LICENSE

from array import array

from micropython import const

from . import silk_resample_viper as viper

_COPY = const(0)
_DOUBLE = const(1)
_INTERPOLATE = const(2)
_DECIMATE = const(3)

_MOST_MS = const(10)  # of input that goes through a fractional filter at a time

# Samples of input to wait so that all pairs of rates come out with one delay.
_DELAYS = {
    (8, 8): 4,
    (8, 16): 2,
    (8, 24): 0,
    (8, 48): 0,
    (12, 8): 0,
    (12, 16): 4,
    (12, 24): 7,
    (12, 48): 4,
    (16, 8): 0,
    (16, 16): 12,
    (16, 24): 7,
    (16, 48): 7,
}

# Halves of symmetric filters for the fractions 1/24, 3/24 ... 23/24, behind `double`.
_FRACTIONS = (
    (189, -600, 617, 30567, 117, -159, -1070, 29704, 52, 221, -2392, 28276)
    + (-4, 529, -3350, 26341, -48, 758, -3956, 23973, -80, 905, -4235, 21254)
    + (-99, 972, -4222, 18278, -107, 967, -3957, 15143, -103, 896, -3487, 11950)
    + (-91, 773, -2865, 8798, -71, 611, -2143, 5784, -46, 425, -1375, 2996)
)
# Two taps of a resonator, then halves of filters behind it: 2:1 (24 taps), 3:2 (two of 18).
_TWO_TO_ONE = (616, -14323, -10, 39, 58, -46, -84, 120, 184, -315, -541, 1284, 5380, 9024)
_THREE_TO_TWO = (-14457, -14019, 64, 128, -122, 36, 310, -768, 584, 9267, 17733) + (
    12,
    128,
    18,
    -142,
    288,
    -117,
    -865,
    4123,
    14459,
)


class Resampler:
    """Continues from frame to frame between two rates, in kHz; `start` sets them and forgets."""

    def __init__(self):
        self.from_khz = 0
        self.to_khz = 0
        self._kind = _COPY
        self._filters = None
        self.delay = 0
        self._advance = 65536
        self.line = array("h", bytes(2 * (12 + 320)))
        self._state = array("i", bytes(24))
        self._work = None
        self._taps = None
        self._order = 8
        self._sets = 1

    def start(self, from_khz, to_khz):
        """Begin anew; a pair of rates that needs a filter loads and allocates it."""
        self.from_khz = from_khz
        self.to_khz = to_khz
        self.delay = _DELAYS[(from_khz, to_khz)]
        self._clear(self.line)
        self._clear(self._state)
        if from_khz == to_khz:
            self._kind = _COPY
        elif from_khz < to_khz:
            from . import silk_upsample_viper

            self._filters = silk_upsample_viper
            self._kind = _DOUBLE
        else:
            from . import silk_downsample_viper

            self._filters = silk_downsample_viper
            self._kind = _DECIMATE
        if self._kind == _DOUBLE and 2 * from_khz != to_khz:
            self._kind = _INTERPOLATE
            self._filter(_FRACTIONS, 8, 1)
            self._work = array("h", bytes(2 * (8 + 2 * 160)))
        if self._kind == _DECIMATE:
            if from_khz == 16:
                self._filter(_TWO_TO_ONE, 24, 1)
            else:
                self._filter(_THREE_TO_TWO, 18, 2)
            self._work = array("i", bytes(4 * (24 + 160)))
        # Input samples for each of output in Q16, a little up so that it never falls behind.
        doubled = from_khz << (self._kind == _INTERPOLATE)
        self._advance = (doubled * 16384 // to_khz) << 2
        while self._advance * to_khz < doubled << 16:
            self._advance += 1

    def _clear(self, words):
        for i in range(len(words)):
            words[i] = 0

    def _filter(self, taps, order, sets):
        self._taps = array("h", taps)
        self._order = order
        self._sets = sets

    def follow(self, other):
        """Take the state of another resampler between the same rates."""
        self._take(self.line, other.line)
        self._take(self._state, other._state)
        if self._work:
            self._take(self._work, other._work)

    def _take(self, mine, its):
        for i in range(len(mine)):
            mine[i] = its[i]

    def process(self, sound, first, count, out, to, step):
        """Resample `count` samples (whole ms, at most 20) from sound[first] on.

        They go to out[to] and on, `step` bytes apart. Returns how many were written.
        """
        line = self.line
        delay = self.delay
        if self._kind == _COPY and step == 2:
            viper.pass_on(sound, out, first, count, to, line, delay)
            return count
        viper.copy(sound, line, first, count, delay)
        if self._kind == _COPY:
            viper.scatter(line, out, 0, count, to, step)
        elif self._kind == _DOUBLE:
            self._filters.double(0, 0, line, 0, count, self._state, out, to, step)
        else:
            self._fractional(count, out, to, step)
        viper.copy(line, line, count, delay, 0)
        return count * self.to_khz // self.from_khz

    # As the reference does, 1 ms first and then 10 ms at most: fractions start anew at each.
    def _fractional(self, count, out, to, step):
        filters = self._filters
        work = self._work
        taps = self._taps
        state = self._state
        order = self._order
        advance = self._advance
        first = 0
        length = self.from_khz
        while first < count:
            total = length * self.to_khz // self.from_khz
            if self._kind == _INTERPOLATE:
                filters.double(0, 0, self.line, first, length, state, work, order, 2)
                filters.interpolate(work, 2 * length, taps, advance, total, out, to, step)
            else:
                filters.resonate(self.line, first, length, state, taps, work, order)
                sets = self._sets
                filters.decimate(work, length, taps, order, sets, advance, total, out, to, step)
            to += total * step >> 1
            first += length
            length = min(count - first, _MOST_MS * self.from_khz)
