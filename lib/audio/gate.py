"""A noise gate: what is not voice is turned down."""
# MIT License; see LICENSE

from .gain_viper import scale
from .level import Meter

_UNITY = 4096  # Q12


class Gate:
    """Turns frames without voice down by depth_db (6 to 60), with a ramp of one frame.

    Voice is what Meter says it is: 9 dB above the noise and above -55 dBov, with 240 ms of
    hang-over. Raises ValueError for another depth or rate. A stage of Chain; allocation-free.
    """

    def __init__(self, rate_hz, depth_db=18):
        if not 6 <= depth_db <= 60:
            raise ValueError(f"a gate's depth is 6 to 60 dB, not {depth_db}")
        self._closed = round(_UNITY * 10 ** (-depth_db / 20))
        self._meter = Meter(rate_hz)
        self._gain = _UNITY

    @property
    def open(self):
        """Whether the last frame was voice."""
        return self._meter.voice

    def process(self, pcm):
        """Turn down a frame, array('h') or its memoryview, unless it is voice."""
        self._meter.measure(pcm)
        start = self._gain
        self._gain = _UNITY if self._meter.voice else self._closed
        if start != _UNITY or self._gain != _UNITY:
            scale(pcm, len(pcm), start, self._gain)
