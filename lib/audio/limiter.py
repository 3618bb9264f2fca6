"""Gain that gives way before anything clips: no sample passes the ceiling."""
# MIT License; see LICENSE

from array import array

from .limiter_viper import limit


class Limiter:
    """Amplifies frames in place; what would be louder than the ceiling turns the gain down.

    Down at the very sample, up again within about release_ms. gain_db: 0 to 12; a microphone that
    has so much less gain leaves it room, for what has saturated before is broken already.
    ceiling_db: -12 to 0 dB of full scale. release_ms: 20 to 2000. ValueError for anything else.
    A stage of Chain; allocation-free.
    """

    def __init__(self, rate_hz, gain_db=0, ceiling_db=-1, release_ms=200):
        if not 0 <= gain_db <= 12:
            raise ValueError(f"a limiter's gain is 0 to 12 dB, not {gain_db}")
        if not -12 <= ceiling_db <= 0:
            raise ValueError(f"a limiter's ceiling is -12 to 0 dB, not {ceiling_db}")
        if not 20 <= release_ms <= 2000:
            raise ValueError(f"a limiter's release is 20 to 2000 ms, not {release_ms}")
        rest = round(4096 * 10 ** (gain_db / 20))
        shift = 1
        while (1 << shift) * 1500 < rate_hz * release_ms:  # the nearest power of two
            shift += 1
        ceiling = round(32767 * 10 ** (ceiling_db / 20))
        self._state = array("i", (rest << 10, rest, ceiling, shift))

    def process(self, pcm):
        """Amplify and limit a frame, array('h') or its memoryview, of any length."""
        limit(pcm, len(pcm), self._state)
