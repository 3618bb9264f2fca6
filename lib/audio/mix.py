"""Mixing of up to three streams, where no server does it."""
# MIT License; see LICENSE

from .copy_viper import copy_samples
from .mix_viper import add2, add3


class Mixer:
    """Adds frames of one to three streams; sums beyond 16 bits saturate. Allocation-free.

    A wrong size is dropped and counted in `dropped`.
    """

    def __init__(self):
        self.dropped = 0

    def mix_into(self, pcm, first, second=None, third=None):
        """Fill pcm with the sum of the streams, all array('h') or memoryviews of equal length.

        pcm may be one of the streams. Returns the number of samples; 0 when a stream is shorter
        than pcm, and pcm is left alone.
        """
        count = len(pcm)
        if second is None:
            second, third = third, None
        if (
            len(first) < count
            or (second is not None and len(second) < count)
            or (third is not None and len(third) < count)
        ):
            self.dropped += 1
            return 0
        if second is None:
            copy_samples(first, 0, pcm, 0, count)
        elif third is None:
            add2(pcm, first, second, count)
        else:
            add3(pcm, first, second, third, count)
        return count
