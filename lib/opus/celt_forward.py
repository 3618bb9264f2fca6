"""CELT's forward MDCTs at one rate (RFC 6716 section 5.3)."""
# MIT License; see LICENSE

from . import celt_analysis_viper
from .celt_transform import WIDE, Transform

# log2 of half of the bins of 2.5 ms, Q10, by rate.
_HALF_LOGS = {8000: 3402, 16000: 4426, 24000: 5025, 48000: 6049}
# By rate: 1 - a z^-1 + b z^-2 with a and b in Q14, and log2 of what is left to multiply it with,
# Q10: 48 kHz emphasis (1 - 0.85 z^-1) up to half of the rate, within 0.6 dB up to 0.96 of that.
EMPHASIS = {
    8000: (8912, 1811, -1905),
    16000: (12734, 2161, -1205),
    24000: (14159, 2012, -745),
    48000: (13926, 0, 0),
}


class ForwardTransform(Transform):
    """The transforms of 2.5, 5, 10 and 20 ms of sound at rate_hz, and their inverses."""

    def __init__(self, rate_hz):
        super().__init__(rate_hz)
        # By how much forward() makes the bins of 2.5 ms too large, log2 in Q10; 1024 more for
        # each next size.
        self.half_log = _HALF_LOGS[rate_hz]

    def forward(self, samples, sums, spectrum, size, blocks):
        """Transform `blocks` blocks, of 2.5 ms << size each, from samples[0] on.

        All are array('i'); for sums see celt_analysis_viper.py. The samples are `overlap` that
        the last call's ended with, and then those of the blocks; where blocks overlap, they are
        changed. The bins of one block come after those of another, the last bin first.
        """
        tables = self.sizes[size]
        celt_analysis_viper.forward(
            samples,
            self.short_bins << size,
            blocks,
            sums,
            1 << size,
            spectrum,
            tables.angles,
            tables.places,
            tables.plan,
            self.twiddles,
            8 >> size,
            self.window,
            self.overlap,
            WIDE,
        )
