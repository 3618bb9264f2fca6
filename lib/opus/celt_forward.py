"""CELT's forward MDCTs at one rate (RFC 6716 section 5.3)."""
# MIT License; see LICENSE

from . import celt_analysis_viper
from .celt_transform import WIDE, Transform

# log2 of half of the bins of 2.5 ms, Q10, by rate.
_HALF_LOGS = {8000: 3402, 16000: 4426, 24000: 5025, 48000: 6049}


class ForwardTransform(Transform):
    """The transforms of 2.5, 5, 10 and 20 ms of sound at rate_hz, and their inverses."""

    def __init__(self, rate_hz):
        super().__init__(rate_hz)
        self._half_log = _HALF_LOGS[rate_hz]

    def gain(self, size):
        """Return by how much forward() makes the bins too large, log2 in Q10."""
        return self._half_log + (size << 10)

    def forward(self, samples, spectrum, size, blocks):
        """Transform `blocks` blocks, of 2.5 ms << size each, from samples[0] on.

        Both are array('i'). The samples are `overlap` that the last call's ended with, and then
        those of the blocks; where blocks overlap, they are changed. The bins of one block come
        after those of another, the last bin first.
        """
        tables = self._sizes[size]
        celt_analysis_viper.forward(
            samples,
            self.short_bins << size,
            blocks,
            spectrum,
            tables.angles,
            tables.places,
            tables.plan,
            self._twiddles,
            8 >> size,
            self.window,
            self.overlap,
            WIDE,
        )
