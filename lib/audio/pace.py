"""When a jitter buffer may change its delay: in pauses, else as seldom as it can."""
# MIT License; see LICENSE

from micropython import const

from .level_viper import mean_square

ABOVE_MS = const(10)  # in a rest, shrink beyond it: room for most pitch periods
_BELOW_MS = const(5)  # in a rest, stretch below it
_FAR_ABOVE_MS = const(20)  # the same in speech, where each change costs a little
_FAR_BELOW_MS = const(10)
_HURRY_MS = const(60)  # off by more than that: in every second frame, loud or not
_PAUSE_FRAMES = const(4)  # else this many frames lie between two changes
_REST_FRAMES = const(10)  # quiet frames in a row, longer than between two words
_PATIENCE_FRAMES = const(75)  # speech has a quiet frame every few syllables, a tone never has one
_QUIET = const(3395)  # mean square of -55 dBov; or
_QUIET_SHIFT = const(8)  # 24 dB below the loudest of late
_FORGET_SHIFT = const(6)  # which falls by 3.4 dB in a second


class Pace:
    """Listens to what is played and says when the delay may change; allocation-free."""

    def __init__(self, ticks_per_ms):
        self._ticks_per_ms = ticks_per_ms
        self._loudest = 0
        self._quiet_frames = _REST_FRAMES  # in a row, up to the last one
        self._patience = _PATIENCE_FRAMES
        self._pause = 0

    def restart(self):
        """The first change may come at once."""
        self._pause = 0

    def listen(self, pcm, count):
        """Take note of a frame that is played."""
        power = mean_square(pcm, count)
        loudest = self._loudest - (self._loudest >> _FORGET_SHIFT)
        if power > loudest:
            loudest = power
        self._loudest = loudest
        if power >= _QUIET and power >= loudest >> _QUIET_SHIFT:
            self._quiet_frames = 0
        elif self._quiet_frames < _REST_FRAMES:
            self._quiet_frames += 1

    def allows(self, excess):
        """Return whether to change a delay that is so many ticks too long, once a frame."""
        if self._pause:
            self._pause -= 1
            return False
        if not self._is_worth_it(excess):
            return False
        ms = self._ticks_per_ms
        hurry = not -_HURRY_MS * ms < excess < _HURRY_MS * ms
        if not (hurry or self._is_unheard()):
            return False
        self._pause = 1 if hurry else _PAUSE_FRAMES
        return True

    def _is_worth_it(self, excess):
        ms = self._ticks_per_ms
        if self._quiet_frames == _REST_FRAMES:
            return not -_BELOW_MS * ms <= excess <= ABOVE_MS * ms
        if -_FAR_BELOW_MS * ms <= excess <= _FAR_ABOVE_MS * ms:
            self._patience = _PATIENCE_FRAMES
            return False
        return True

    def _is_unheard(self):
        if self._quiet_frames or not self._patience:
            return True
        self._patience -= 1
        return False
