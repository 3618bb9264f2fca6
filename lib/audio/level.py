"""Level in dBov and voice activity of a frame (RFC 6464 section 3)."""
# MIT License; see LICENSE

from micropython import const

from .level_viper import mean_square

_SILENCE = const(-127)
_DECADE = const(95697865)  # 2**30 * 10 ** -1.05: below it, ten times as much still fits 31 bits
_MAX_SAMPLES = const(16383)  # what mean_square sums without overflow

# 2**30 * 10 ** -((n + 0.5) / 10): above the n-th, a mean square rounds to -n dBov.
_STEPS = (
    956978655, 760153009, 603809053, 479621019, 380974903,
    302617824, 240376780, 190937219, 151666115, 120472068,
)  # fmt: skip

_QUIETEST_VOICE = const(-55)  # dBov; below it nothing counts as voice
_ABOVE_NOISE = const(9)  # dB
_HANGOVER_MS = const(240)  # voice lasts over the gaps between words
_NOISE_RISE_MS = const(160)  # the noise floor rises by 1 dB in this time, and falls at once


class Meter:
    """Measures one stream, frame by frame; allocation-free.

    rate_hz turns samples into time, 8000 to 48000, else ValueError. `level_dbov` is the last
    level, `voice` tells whether it holds speech (with a hang-over of 240 ms), `noise_dbov` is the
    level without speech.
    """

    def __init__(self, rate_hz=8000):
        if not 8000 <= rate_hz <= 48000:
            raise ValueError(f"a level meter needs 8000 to 48000 Hz, not {rate_hz}")
        self._ms = rate_hz // 1000
        self.reset()

    def reset(self):
        """Forget the noise floor and the hang-over, as for a new stream."""
        self.level_dbov = _SILENCE
        self.voice = False
        self.noise_dbov = _QUIETEST_VOICE
        self._hangover_ms = 0
        self._rise_ms = 0

    def measure(self, pcm):
        """Return the level of pcm: 0 (a full-scale square wave) to -127 (silence) dBov.

        RFC 6464 sends the negated value. No more than 16383 samples are looked at.
        """
        count = min(len(pcm), _MAX_SAMPLES)
        self.level_dbov = level = to_dbov(mean_square(pcm, count))
        self._detect_voice(level, count // self._ms)
        return level

    def _detect_voice(self, level, ms):
        if level > max(_QUIETEST_VOICE, self.noise_dbov + _ABOVE_NOISE):
            self._hangover_ms = _HANGOVER_MS
        else:
            self._hangover_ms = max(0, self._hangover_ms - ms)
        self.voice = self._hangover_ms > 0
        if level < self.noise_dbov:
            self.noise_dbov = level
            self._rise_ms = 0
            return
        self._rise_ms += ms
        if self._rise_ms >= _NOISE_RISE_MS:
            self._rise_ms = 0
            self.noise_dbov += 1


def to_dbov(mean):
    """Return a mean square (0 to 2**30 - 1, of 16-bit samples) as dBov, rounded, 0 to -127."""
    if not mean:
        return _SILENCE
    level = 0
    while mean <= _DECADE:
        mean *= 10
        level -= 10
    for step in _STEPS:
        if mean > step:
            return level
        level -= 1
    return level
