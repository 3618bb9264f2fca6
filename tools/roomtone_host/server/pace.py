"""How much sound to keep: enough that each packet is here when it is needed, and no more."""
# MIT License; see LICENSE

from __future__ import annotations

from collections import deque

from . import dsp

_FRAME_MS = 1000 * dsp.FRAME_S
# A packet must be here this long before the mixer takes it; less, and one more frame is kept.
_SLACK_LOW_MS = 2.0
# What must be left when a frame less is kept.
_SLACK_LEFT_MS = 5.0
_WINDOW_TICKS = 50
_ENOUGH_TICKS = 25  # before anything is taken away
_FIRST_TICKS = 3  # nobody hears where a stream begins
# A frame that was needed once is kept so long, lest sound is broken each time that it is needed.
_HOLD_TICKS = 400
_REST_TICKS = 10  # quiet frames in a row, longer than between two words
_MANY_FRAMES = 4  # to be changed without waiting for a rest
_PATIENCE_TICKS = 250  # a tone never has a quiet frame
_QUIET_DBOV = -55
_QUIET_DB = 25  # below the loudest of late
_FORGET_DB = 0.06  # a frame
_SPELL_S = 0.03
_ISOLATED_S = 3.0


class Pace:
    """Watches how long packets wait for the mixer; says when to keep a frame more or less.

    A change is heard least in a rest, so a few frames more or less wait for that, and many for a
    quiet frame: `now` is how many to add or take away at once, `slowly` the same when there is
    never a good time.
    `isolated` says that nothing was late for seconds before the last time that something was:
    then a hole is better than more delay.
    """

    def __init__(self) -> None:
        self._waits: deque[float] = deque(maxlen=_WINDOW_TICKS)  # the shortest of each tick
        self._shortest = float("inf")
        self._loudest_dbov = -127.0
        self._quiet_ticks = 0  # in a row
        self._ticks = 0
        self._hold = 0
        self._impatience = 0
        self._dry_at = float("-inf")
        self.isolated = True

    def observe(self, waited_ms: float) -> None:
        """A packet had waited so long when it was taken."""
        self._shortest = min(self._shortest, waited_ms)

    def tick(self, level_dbov: int) -> None:
        """A frame of this level is next."""
        if self._shortest < float("inf"):
            self._waits.append(self._shortest)
            self._shortest = float("inf")
        self._hold = max(0, self._hold - 1)
        self._ticks += 1
        self._loudest_dbov = max(level_dbov, self._loudest_dbov - _FORGET_DB)
        quiet_dbov = max(_QUIET_DBOV, self._loudest_dbov - _QUIET_DB)
        self._quiet_ticks = self._quiet_ticks + 1 if level_dbov < quiet_dbov else 0
        self._impatience = self._impatience + 1 if self._wanted() else 0

    @property
    def quiet(self) -> bool:
        """Whether the next frame is a pause, or as good as one."""
        return self._quiet_ticks > 0

    def now(self) -> int:
        """Frames to add (+) or take away (-) at once."""
        wanted = self._wanted()
        good = self._quiet_ticks >= (1 if abs(wanted) >= _MANY_FRAMES else _REST_TICKS)
        return wanted if good or self._ticks <= _FIRST_TICKS else 0

    def slowly(self) -> int:
        """A frame to add or take away so that a tone does not break."""
        if self._impatience < _PATIENCE_TICKS:
            return 0
        return max(-1, min(1, self._wanted()))

    def changed(self, frames: int) -> None:
        """So many frames were added or taken away: what waits next waits so much longer."""
        self._waits = deque((w + frames * _FRAME_MS for w in self._waits), maxlen=_WINDOW_TICKS)
        self._impatience = 0
        if frames > 0:
            self._hold = _HOLD_TICKS

    def ran_dry(self, now: float) -> None:
        """There was nothing to take."""
        if now - self._dry_at > _SPELL_S:
            self.isolated = now - self._dry_at > _ISOLATED_S
        self._dry_at = now
        self._hold = _HOLD_TICKS
        if not self.isolated:
            self._waits.clear()
            self._shortest = float("inf")

    def _wanted(self) -> int:
        if not self._waits:
            return 0
        least = min(self._waits)
        if least < _SLACK_LOW_MS:
            return 1
        if len(self._waits) < _ENOUGH_TICKS:
            return 0
        spare = int((least - _SLACK_LEFT_MS) // _FRAME_MS)
        return 0 if spare < 1 or (spare == 1 and self._hold) else -spare
