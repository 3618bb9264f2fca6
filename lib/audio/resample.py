"""Resampling between 8, 16 and 48 kHz: flat to 85 % of the band (0.03 dB), aliases 61 dB down."""
# MIT License; see LICENSE

from array import array

from .resample_viper import down2, feed, up2

_MAX_FRAME = 2880  # 60 ms at 48 kHz


class _Stage:
    # One filter with its window of past samples; up or down by an integer.
    def __init__(self, kernel, past, up, down, frame_samples):
        self._kernel = kernel
        self._past = past
        self._up = up
        self._down = down
        self._filled = 0
        self._work = array("H", bytes(2 * (past + frame_samples)))
        self.reset()

    def reset(self):
        self._filled = 0
        for i in range(self._past):
            self._work[i] = 32768

    def run(self, pcm_in, count, pcm_out):
        feed(self._work, self._past, self._filled, pcm_in, count)
        self._filled = count
        count //= self._down
        self._kernel(self._work, pcm_out, count)
        return count * self._up


def _stages(from_hz, to_hz, frame_samples):
    if (from_hz, to_hz) == (8000, 16000):
        return (_Stage(up2, 23, 2, 1, frame_samples),)
    if (from_hz, to_hz) == (16000, 8000):
        return (_Stage(down2, 46, 1, 2, frame_samples),)
    from .resample48_viper import down3, up3  # late: most boards run at 16 kHz

    if (from_hz, to_hz) == (16000, 48000):
        return (_Stage(up3, 23, 3, 1, frame_samples),)
    if (from_hz, to_hz) == (48000, 16000):
        return (_Stage(down3, 70, 1, 3, frame_samples),)
    if (from_hz, to_hz) == (8000, 48000):
        return (_Stage(up2, 23, 2, 1, frame_samples), _Stage(up3, 23, 3, 1, 2 * frame_samples))
    return (
        _Stage(down3, 70, 1, 3, frame_samples),
        _Stage(down2, 46, 1, 2, frame_samples // 3),
    )


class Resampler:
    """Turns one stream from from_hz into to_hz (both 8000, 16000 or 48000, not the same).

    frame_samples (1 to 2880) is the most that one call takes. ValueError for any other argument.
    The delay is 1.4 ms between 8 and 16 kHz, 0.7 ms between 16 and 48 kHz.
    """

    def __init__(self, from_hz, to_hz, frame_samples):
        rates = (8000, 16000, 48000)
        if from_hz not in rates or to_hz not in rates or from_hz == to_hz:
            raise ValueError(f"cannot resample from {from_hz} Hz to {to_hz} Hz")
        if not 1 <= frame_samples <= _MAX_FRAME:
            raise ValueError(f"a frame has 1 to {_MAX_FRAME} samples, not {frame_samples}")
        self._up = max(to_hz // from_hz, 1)
        self._down = max(from_hz // to_hz, 1)
        self._frame_samples = frame_samples
        self._stages = _stages(from_hz, to_hz, frame_samples)
        self._middle = None
        if len(self._stages) == 2:
            self._middle = array("h", bytes(4 * frame_samples if self._up > 1 else frame_samples))
        self.dropped = 0

    def reset(self):
        """Forget past samples, as for a new stream."""
        for stage in self._stages:
            stage.reset()

    def process_into(self, pcm_in, pcm_out):
        """Resample all of pcm_in (array('h') or its memoryview) into pcm_out; allocation-free.

        Returns the number of samples written. When pcm_in is longer than a frame or no multiple of
        the ratio, or pcm_out is too short, nothing is written, `dropped` counts it: returns 0.
        """
        count = len(pcm_in)
        if (
            count > self._frame_samples
            or count % self._down
            or len(pcm_out) * self._down < count * self._up
        ):
            self.dropped += 1
            return 0
        if self._middle is None:
            return self._stages[0].run(pcm_in, count, pcm_out)
        count = self._stages[0].run(pcm_in, count, self._middle)
        return self._stages[1].run(self._middle, count, pcm_out)
