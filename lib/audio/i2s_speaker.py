"""A speaker on machine.I2S: MAX98357A, NS4168 and the like, or a codec's DAC."""
# MIT License; see LICENSE

import time
from array import array

from micropython import const

from .i2s_port import BLOCK, GRAIN, open_port, piece_frames, prefixes
from .i2s_viper import silence, widen16, widen32
from .sample_pace import Pace

_GRAINS = const(16)  # in a block
_LONG = const(1 << 24)  # samples of silence; keeps the count a small int
_PAUSE_MS = const(500)  # silent for longer is a pause, not an underrun


class Speaker:
    """Plays 16-bit samples in both slots of an I2S bus; writing neither blocks nor allocates.

    sck, ws, sd: pins, numbers or Pin objects. rate_hz: 16000 to 48000 in steps of 1000. port: 0 or
    1, only 0 on C3 and C6. buffers: of 256 frames, 2 to 16; all of them are the longest delay.
    slot_bits: 16, or 32 for a bus whose bit clock must be 64 times the rate, as with a microphone
    on it. Raises ValueError for anything else.

    `underruns`: how often it ran dry and went on within half a second; `silent_samples`: for how
    long. `start_ms`: from `start()` to the first sound.
    """

    def __init__(
        self,
        sck,
        ws,
        sd,
        rate_hz=16000,
        port=1,
        buffers=3,
        slot_bits=16,
        ticks_us=time.ticks_us,
    ):
        if not 16000 <= rate_hz <= 48000:
            raise ValueError(f"a speaker runs at 16000 to 48000 Hz, not {rate_hz}")
        if slot_bits not in (16, 32):
            raise ValueError(f"slots have 16 or 32 bits, not {slot_bits}")
        if not 2 <= buffers <= 16:
            raise ValueError(f"2 to 16 DMA buffers, not {buffers}")
        self.rate_hz = rate_hz
        self.underruns = self.silent_samples = 0
        self.start_ms = buffers * BLOCK * 1000 // rate_hz
        self._pins = (sck, ws, sd)
        self._port = port
        self._buffers = buffers
        self._per_ms = rate_hz // 1000
        self._bits = slot_bits
        self._frame_bytes = slot_bits // 4
        self._grain_bytes = self._frame_bytes * GRAIN
        self._widen = widen16 if slot_bits == 16 else widen32
        self._slots = array("H", bytes(piece_frames(rate_hz) * self._frame_bytes))
        self._views = prefixes(self._slots, self._frame_bytes // 2)
        self._most = len(self._views) - 1
        # A little fast: what may have run dry counts as dry.
        self._pace = Pace(rate_hz, 1, ticks_us)
        self._i2s = None
        self._queued = self._silent = self._grain = 0
        self._fed = False

    @property
    def running(self):
        """Whether it is between `start()` and `stop()`."""
        return self._i2s is not None

    def start(self):
        """Begin with silence, all DMA buffers of it. Raises what machine.I2S does."""
        self.stop()
        self._i2s = open_port(
            self._port,
            *self._pins,
            False,
            self._bits,
            self.rate_hz,
            self._buffers * BLOCK * self._frame_bytes,
        )
        self._pace.start()
        self._queued = self._buffers * BLOCK
        self._silent = self._grain = 0
        self._fed = False

    def stop(self):
        """Stop at once and free the port; what is queued is not heard."""
        if self._i2s:
            self._i2s.deinit()
            self._i2s = None

    def buffered_ms(self):
        """Milliseconds until what is written next is heard, by the clock."""
        queued = self._queued - self._pace.elapsed()
        if queued < 0:
            queued = self._ran_dry(queued)
        self._queued = queued
        return queued // self._per_ms

    def write(self, pcm):
        """Queue samples of an array('h') or memoryview; returns how many, a multiple of 16.

        0 when the queue is full, or when stopped.
        """
        if self._i2s is None:
            return 0
        queued = self._queued - self._pace.elapsed()
        self._queued = queued if queued >= 0 else self._ran_dry(queued)
        if self._silent and not self._begin_again():
            return 0
        wanted = len(pcm) // GRAIN
        done = 0
        while done < wanted:
            grains = wanted - done
            if grains > self._most:
                grains = self._most
            self._widen(pcm, done * GRAIN, self._slots, grains * GRAIN)
            took = self._put(grains)
            done += took
            if took < grains:
                break
        if done:
            self._fed = True
        return done * GRAIN

    def _ran_dry(self, queued):
        """Silence instead of -queued samples; returns what is queued: nothing."""
        if self._fed:
            self._silent = min(self._silent - queued, _LONG)
        return 0

    def _put(self, grains):
        """Hand over the first grains of the slots; returns how many went."""
        took = (self._i2s.write(self._views[grains]) or 0) // self._grain_bytes
        self._queued += took * GRAIN
        self._grain = (self._grain + took) % _GRAINS
        if took < grains:
            # Full: all buffers but the one that is playing. Here the count meets the truth.
            self._queued = max(self._queued, (self._buffers - 1) * BLOCK)
        return took

    def _begin_again(self):
        """Ran dry. The driver goes on filling a buffer that has been played: fill it up.

        What is put there is not heard, or heard late, so it is silence; then a buffer begins that
        is played next.
        """
        if self._grain:
            rest = _GRAINS - self._grain
            silence(self._slots, 0, rest * self._grain_bytes // 2)
            queued = self._queued
            if self._put(rest) < rest:
                return False
            self._queued = queued
        if self._silent * 1000 < _PAUSE_MS * self.rate_hz:
            self.underruns += 1
            self.silent_samples += self._silent
        self._silent = 0
        return True
