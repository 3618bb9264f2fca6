"""The virtual board's speaker: a converter with a small queue that plays into a WAV file."""
# MIT License; see LICENSE

from array import array

import wav
from micropython import const
from sim_host import Clock, now_us, option, record

_RATE_HZ = const(16000)
# Four buffers of 256 frames, as an I2S driver queues them.
_DEPTH = const(1024)
# What counts as sound rather than dither, of 32767.
_AUDIBLE = const(300)
# A converter takes whole words of its bus; the media loop counts on multiples of this.
_GRAIN = const(16)


class Speaker:
    """Plays at real pace: sample n of the file is heard n / 16000 s after `speaker-started`.

    What comes too late leaves a gap of silence in the file, as a real queue that runs dry does.
    `path` None plays to nowhere, at the same pace.
    """

    rate_hz = _RATE_HZ

    def __init__(self, path):
        self._wav = wav.Writer(path, _RATE_HZ) if path else None
        self._silence = array("h", bytes(2 * 256))
        self._clock = Clock(_RATE_HZ, option("speaker_ppm", 0))
        self._written = 0
        self._heard = False
        self.running = False
        self.gaps = self.gap_samples = 0

    def start(self):
        """Begin to play; the file goes on where it was."""
        self._clock.start()
        self._written = 0
        self._heard = False
        self.running = True
        frame = self._wav.frames if self._wav else 0
        record("speaker-started", {"rate_hz": _RATE_HZ, "frame": frame, "start_us": now_us()})

    def stop(self):
        """Stop at once; what is queued stays in the file."""
        if self.running:
            self.running = False
            record("speaker-stopped", {"gaps": self.gaps, "gap_samples": self.gap_samples})

    def buffered_ms(self):
        """Milliseconds of sound that are queued and not yet played."""
        return max(self._written - self._clock.samples(), 0) * 1000 // _RATE_HZ

    def write(self, pcm):
        """Queue samples; returns how many were accepted now, a multiple of 16."""
        queued = self._written - self._clock.samples()
        if queued < 0:
            self._fill_gap(-queued)
            queued = 0
        count = min(len(pcm), _DEPTH - queued) // _GRAIN * _GRAIN
        if count <= 0:
            return 0
        self._put(pcm if count == len(pcm) else memoryview(pcm)[:count])
        if not self._heard and max(pcm) > _AUDIBLE:
            self._heard = True
            record("first-sound", {"start_us": now_us() + queued * 1000000 // _RATE_HZ})
        return count

    def _fill_gap(self, samples):
        # Before the first sample the queue is empty by right: no gap, but its time has passed.
        if self._written:
            self.gaps += 1
            self.gap_samples += samples
        while samples > 0:
            count = min(samples, len(self._silence))
            self._put(memoryview(self._silence)[:count])
            samples -= count

    def _put(self, pcm):
        if self._wav:
            self._wav.write(pcm)
        self._written += len(pcm)
