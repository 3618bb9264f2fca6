"""Half-duplex ducking: one direction is always turned down, so that nothing howls (ITU-T P.340).

The direction goes to who is louder than what the other explains: the far end's sound comes back
into the microphone as an echo, and how loud is learned. Between turns the loss is shared. It is
the same at any time: a loop of less gain than that can't build up.
"""
# MIT License; see LICENSE

from micropython import const

from .gain_viper import scale
from .level import Meter, to_dbov
from .level_viper import mean_square

IDLE = const(0)
TALK = const(1)
LISTEN = const(2)

_UNITY = const(4096)  # Q12
_FRAME_MS = const(20)
_SILENCE = const(-127)  # dBov
_FAR_QUIET = const(-50)  # dBov; below it the far end is silent
_NEAR_QUIET = const(-55)
_ABOVE_NOISE = const(9)  # dB
_ABOVE_ECHO = const(6)
# An echo comes this long after its sound: DMA both ways, and the room's first answers.
_ECHO_MS = const(180)
_ECHO_DECAY = const(2)  # dB a frame, thereafter
_BREAK_IN_FRAMES = const(2)
# Echo in the microphone against sound to the speaker, in dB: before it is known, and its limits.
_COUPLING = const(12)
_COUPLING_MIN = const(-40)
_COUPLING_MAX = const(40)


class _Hold:
    # The loudest of the last 180 ms, falling slowly after that.
    def __init__(self):
        self.dbov = _SILENCE
        self._ms = 0

    def see(self, dbov):
        if dbov >= self.dbov:
            self.dbov = dbov
            self._ms = 0
        elif self._ms < _ECHO_MS:
            self._ms += _FRAME_MS
        else:
            self.dbov = max(self.dbov - _ECHO_DECAY, dbov)


class Ducker:
    """Turns down the microphone while the far end is heard, and the speaker while one speaks.

    rate_hz: of the microphone, 8000 to 48000. loss_db: 12 to 60, between both directions; must be
    more than the gain from the speaker to the far end and back. hold_ms: how long a speaker keeps
    the direction over a pause. Raises ValueError for anything else.

    `direction`: IDLE, TALK or LISTEN. `coupling_db`: how much louder the echo is in the microphone
    than the sound to the speaker, as learned. A stage of Chain; allocation-free.
    """

    def __init__(self, rate_hz, loss_db=40, hold_ms=240):
        if not 12 <= loss_db <= 60:
            raise ValueError(f"a ducker's loss is 12 to 60 dB, not {loss_db}")
        full = round(_UNITY * 10 ** (-loss_db / 20))
        half = round(_UNITY * 10 ** (-loss_db / 40))
        self._near_gains = (half, _UNITY, full)
        self._far_gains = (half, full, _UNITY)
        self._near_gain = self._far_gain = half
        self._hold_ms = hold_ms
        self.direction = IDLE
        self.coupling_db = _COUPLING
        self._meter = Meter(rate_hz)
        self._far = _Hold()  # as it came: is somebody speaking there?
        self._out = _Hold()  # as it goes to the speaker: what echo is there to expect?
        self._near_ms = 0
        self._break_in = 0

    def process(self, pcm):
        """See and turn down a captured frame of 20 ms, array('h') or its memoryview."""
        level = self._meter.measure(pcm)
        self._learn(level)
        if self._speaks(level):
            self._break_in += 1
            if self.direction != LISTEN or self._break_in >= _BREAK_IN_FRAMES:
                self._near_ms = self._hold_ms
        else:
            self._break_in = 0
        self._decide()
        start = self._near_gain
        self._near_gain = self._near_gains[self.direction]
        if start != _UNITY or self._near_gain != _UNITY:
            scale(pcm, len(pcm), start, self._near_gain)

    def played(self, pcm, delay_ms):
        """See and turn down a frame of 20 ms on its way to the speaker."""
        level = to_dbov(mean_square(pcm, len(pcm)))
        self._far.see(level)
        self._near_ms = max(self._near_ms - _FRAME_MS, 0)
        self._decide()
        start = self._far_gain
        self._far_gain = self._far_gains[self.direction]
        if start != _UNITY or self._far_gain != _UNITY:
            scale(pcm, len(pcm), start, self._far_gain)
            level = to_dbov(mean_square(pcm, len(pcm)))
        self._out.see(level)

    def _speaks(self, level):
        return (
            level > _NEAR_QUIET
            and level > self._meter.noise_dbov + _ABOVE_NOISE
            and level > self._out.dbov + self.coupling_db + _ABOVE_ECHO
        )

    # Only while the far end alone is heard does the microphone tell of the echo.
    def _learn(self, level):
        if self.direction != LISTEN or self._far.dbov <= _FAR_QUIET:
            return
        found = level - self._out.dbov
        if found > self.coupling_db:
            self.coupling_db = min(self.coupling_db + 2, _COUPLING_MAX)
        elif found < self.coupling_db:
            self.coupling_db = max(self.coupling_db - 1, _COUPLING_MIN)

    def _decide(self):
        if self._near_ms:
            self.direction = TALK
        elif self._far.dbov > _FAR_QUIET:
            self.direction = LISTEN
        else:
            self.direction = IDLE
