"""The pitch pre-filter of a CELT encoder (RFC 6716 section 5.3)."""
# MIT License; see LICENSE

from array import array

from .celt_prefilter_viper import prefilter
from .celt_rates import POST_FILTER
from .celt_transform import WIDE

# How many bits are set in 0 to 511.
_COUNTS = b"\x00"
while len(_COUNTS) < 512:
    _COUNTS += bytes(count + 1 for count in _COUNTS)


class PreFilter:
    """Takes out of a voice what it has in common with itself a pitch period before.

    A decoder's post-filter puts that in again, and so keeps noise off the gaps between harmonics.
    Nothing below the constructor allocates.
    """

    def __init__(self, transform):
        self.factor = 120 // transform.short_bins
        each = transform.short_bins // 10
        # 20 ms, and 14 ms for the longest lag, and a little more that its neighbours take.
        length = 138 * each + 12
        past = array("i", bytes(4 * length))
        self.pitch = array("i", bytes(4 * 11))
        self.pitch[7] = transform.short_bins
        self.pitch[8] = each
        self.pitch[9] = length
        self._set_taps()
        levels = array("i", bytes(4 * 16))
        signs = array("i", bytes(4 * 85))
        work = array("i", bytes(4 * 72))
        window = transform.window
        self._arrays = past, signs, _COUNTS, work, self.pitch, window, levels

    # Lags are whole samples, so taps come in pairs. Of the filter at 48 kHz, those two samples
    # away count; of those fitted to lower rates, they are 30 dB below the rest.
    def _set_taps(self):
        table = POST_FILTER[self.factor]
        for i in range(3 if self.factor == 1 else 2):
            self.pitch[4 + i] = table[4 - 2 * i] | table[5 - 2 * i] << 8

    def reset(self):
        """Forget the sound before: without it, 20 ms are not filtered."""
        self.pitch[1] = self.pitch[10] = 0

    def skip(self):
        """The frame is not sent; decoders take what comes next as if it had not been filtered."""
        self.pitch[1] = 0

    def filter(self, signal, first, units, sums, room):
        """Filter units of 2.5 ms from signal[first] on, for a frame of `room` bytes.

        Nothing is filtered if that is 0. For signal and sums see celt_analysis_viper.py. Returns
        the sums of what was filtered; pitch[1] is the gain then, in steps of 0.09375, and pitch[0]
        the lag in samples, each of which is `factor` of 48 kHz.
        """
        past, signs, counts, work, pitch, window, levels = self._arrays
        if not room and not pitch[1]:
            pitch[10] = 0
            return sums
        prefilter(
            signal, first, units, past, signs, counts, work, pitch, window, sums, levels, room,
            WIDE,
        )  # fmt: skip
        return levels
