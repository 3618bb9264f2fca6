"""Concealment of lost frames by repeating the last pitch period and fading out."""
# MIT License; see LICENSE

from array import array

from micropython import const

from .conceal_viper import crossfade, extend, find_period, remember
from .gain_viper import scale

_UNITY = const(4096)  # gains are Q12
_HOLD_MS = const(10)  # heard at full level before the fade begins
_FADE_MS = const(60)  # from full level to silence
_SHORTEST_MS = const(5)  # pitch periods searched: 200 Hz down to 66 Hz, as in G.711 appendix I
_LONGEST_MS = const(15)
_WINDOW_MS = const(10)
_HEAL_MS = const(5)  # cross-fade into the first good frame


class Concealer:
    """Remembers what was heard and continues it where nothing arrived; allocation-free.

    rate_hz is 8000, 16000 or 48000; another one raises ValueError.
    """

    def __init__(self, rate_hz):
        if rate_hz not in (8000, 16000, 48000):
            raise ValueError(f"concealment needs 8000, 16000 or 48000 Hz, not {rate_hz}")
        ms = rate_hz // 1000
        self._ms = ms
        self._size = (_LONGEST_MS + _WINDOW_MS) * ms
        self._history = array("h", bytes(2 * self._size))
        self._tail = array("h", bytes(2 * _HEAL_MS * ms))
        self._period = 0  # 0 while nothing is concealed
        self._hold = 0
        self._gain = _UNITY

    def heal(self, pcm, count):
        """Take note of `count` good samples of pcm; smooth their start after a concealment."""
        if self._period:
            n = min(count, _HEAL_MS * self._ms)
            extend(self._history, self._size, self._period, self._tail, n, 0)
            scale(self._tail, n, self._gain, self._gain)
            crossfade(self._tail, 0, pcm, 0, pcm, 0, n)
            self._period = 0
        remember(self._history, self._size, pcm, count)

    def conceal_into(self, pcm):
        """Fill pcm with the continuation of what was heard. Returns the number of samples."""
        count = len(pcm)
        smooth = 0
        if not self._period:
            self._period = find_period(
                self._history,
                self._size - _WINDOW_MS * self._ms,
                _WINDOW_MS * self._ms,
                -1,
                _SHORTEST_MS * self._ms,
                _LONGEST_MS * self._ms,
                self._ms // 4,
            )
            self._gain = _UNITY
            self._hold = _HOLD_MS * self._ms
            smooth = 5
        extend(self._history, self._size, self._period, pcm, count, smooth)
        remember(self._history, self._size, pcm, count)
        self._fade(pcm, count)
        return count

    def _fade(self, pcm, count):
        start = self._gain
        fading = max(0, count - self._hold)
        self._hold = max(0, self._hold - count)
        self._gain = max(0, start - fading * _UNITY // (_FADE_MS * self._ms))
        scale(pcm, count, start, self._gain)
