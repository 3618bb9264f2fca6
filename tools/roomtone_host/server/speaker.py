"""Who is speaking: the loudest, with hysteresis, so that a cough does not change the picture."""
# MIT License; see LICENSE

from __future__ import annotations

from collections.abc import Mapping

_VOICE_DBOV = -50.0  # below is room noise
_LOUDER_DB = 6.0  # a challenger must be this much louder
_TAKE_OVER_TICKS = 15  # for 300 ms
_FIRST_TICKS = 5  # 100 ms when nobody speaks
_RELEASE_TICKS = 50  # 1 s of silence, then nobody speaks
_RISE = 0.5
# Whoever speaks falls slowly, so that a breath costs nothing; a challenger falls quickly, so
# that the tail of a cough does not count as speech.
_FALL = 0.04
_CHALLENGER_FALL = 0.2


class ActiveSpeaker:
    """Decides from the levels of each 20 ms frame."""

    def __init__(self) -> None:
        self.current: str | None = None
        self._smooth: dict[str, float] = {}
        self._challenger: str | None = None
        self._since = 0
        self._silent = 0

    def update(self, levels: Mapping[str, int]) -> bool:
        """Take one frame's levels (dBov, of those who are present); returns whether it changed."""
        before = self.current
        self._follow(levels)
        if self.current is not None and self.current not in levels:
            self.current = None
        self._silent = self._silent + 1 if self._level(self.current) < _VOICE_DBOV else 0
        if self._silent >= _RELEASE_TICKS:
            self.current = None
        self._challenge()
        return self.current != before

    def _level(self, name: str | None) -> float:
        return self._smooth.get(name, -127.0) if name is not None else -127.0

    def _follow(self, levels: Mapping[str, int]) -> None:
        smooth = {}
        for name, level in levels.items():
            old = self._smooth.get(name, -127.0)
            fall = _FALL if name == self.current else _CHALLENGER_FALL
            smooth[name] = old + (level - old) * (_RISE if level > old else fall)
        self._smooth = smooth

    def _challenge(self) -> None:
        loudest = max(self._smooth, key=self._smooth.__getitem__, default=None)
        level = self._level(loudest)
        if (
            loudest == self.current
            or level < _VOICE_DBOV
            or (self.current is not None and level < self._level(self.current) + _LOUDER_DB)
        ):
            self._challenger, self._since = None, 0
            return
        self._since = self._since + 1 if loudest == self._challenger else 1
        self._challenger = loudest
        if self._since >= (_FIRST_TICKS if self.current is None else _TAKE_OVER_TICKS):
            self.current = loudest
            self._since = self._silent = 0
