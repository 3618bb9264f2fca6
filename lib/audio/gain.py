"""Volume with a ramp and saturation, and a high-pass that removes DC and rumble."""
# MIT License; see LICENSE

from array import array

from micropython import const

from .gain_viper import block_dc, scale

_UNITY = const(4096)  # Q12
_MAX_GAIN = const(16384)
_ZERO = const(1 << 29)  # how a mean of 0 is stored, see block_dc


class Gain:
    """A gain that moves to a new value within one frame, without clicks; allocation-free."""

    def __init__(self, volume=100):
        self._gain = self._target = 0
        self.volume = volume
        self._gain = self._target

    @property
    def volume(self):
        """Loudness 0 (silent) to 100 (as it came) to 200 (four-fold, +12 dB); a square law."""
        return self._volume

    @volume.setter
    def volume(self, volume):
        """Raise ValueError when volume is not an integer from 0 to 200."""
        if not isinstance(volume, int) or not 0 <= volume <= 200:
            raise ValueError(f"volume must be an integer from 0 to 200, not {volume!r}")
        self._volume = volume
        self._target = volume * volume * _UNITY // 10000

    def duck(self, volume):
        """Move to a lower volume (0 to 200) for a while; `volume` stays; setting it ends it."""
        self._target = min(max(volume * volume * _UNITY // 10000, 0), _MAX_GAIN)

    def apply(self, pcm):
        """Scale pcm (array('h') or its memoryview) in place; beyond 16 bits it saturates."""
        start = self._gain
        self._gain = self._target
        if start != _UNITY or self._target != _UNITY:
            scale(pcm, len(pcm), start, self._target)


class HighPass:
    """First-order high-pass in place, for microphones with DC offset; 6 dB per octave.

    rate_hz 8000, 16000 or 48000; the corner is near 80 Hz (60 Hz at 48 kHz). Else ValueError.
    """

    def __init__(self, rate_hz):
        if rate_hz not in (8000, 16000, 48000):
            raise ValueError(f"high-pass needs 8000, 16000 or 48000 Hz, not {rate_hz}")
        self._shift = {8000: 4, 16000: 5, 48000: 7}[rate_hz]
        self._state = array("i", (_ZERO,))

    def apply(self, pcm):
        """Filter pcm (array('h') or its memoryview) in place."""
        block_dc(pcm, len(pcm), self._state, self._shift)
