"""A microphone on machine.I2S: INMP441, ICS-43434, SPH0645 and the like, or a codec's ADC."""
# MIT License; see LICENSE

import math
import time
from array import array

from micropython import const

from .i2s_port import BLOCK, GRAIN, open_port, piece_frames, prefixes
from .i2s_viper import unpack
from .sample_pace import Pace

_WORDS = const(4)  # half words a frame: two slots of 32 bits, always, on the ESP32
_FRAME_BYTES = const(8)
_GRAIN_BYTES = const(128)
_MARGIN = const(64)  # frames; how unsure the count of what waits in the driver is
_ZERO = const(1 << 29)  # how a mean of 0 is stored, see unpack


def gain_state(gain_db, rate_hz):
    """The state of `unpack` for a gain (-18 to 54 dB) and a high-pass of first order near 80 Hz.

    0 dB passes the upper 16 of the slot's 24 bits. Raises ValueError for another gain.
    """
    if not -18 <= gain_db <= 54:
        raise ValueError(f"a microphone's gain is -18 to 54 dB, not {gain_db}")
    ratio = 10 ** (gain_db / 20)
    octaves = math.floor(math.log(ratio) / math.log(2) + 1e-9)
    gain = min(round(32 * ratio / 2**octaves), 63)  # within 0.14 dB
    settle = 4 if rate_hz < 24000 else 5 if rate_hz < 48000 else 6  # in pairs of samples
    return array("i", (_ZERO, settle, gain, 13 - octaves))


class Microphone:
    """One slot of an I2S bus as 16-bit samples; reading neither blocks nor allocates.

    sck, ws, sd: pins, numbers or Pin objects. rate_hz: 16000 to 48000 in steps of 1000 (at 8000 a
    DMA buffer would last 32 ms). gain_db: -18 to 54 on the microphone's 24 bits; what is too loud
    then saturates, see Limiter. port: 0 or 1, only 0 on C3 and C6. slot: "left" or "right".
    buffers: of 256 frames, 2 to 16, that the driver holds. Raises ValueError for anything else.

    `high_passed`: offset and rumble below 80 Hz are taken off already.
    `overruns`: how often the loop came too late; `lost_samples`: what was lost by it, in all not
    more than a DMA buffer too few.
    """

    high_passed = True

    def __init__(
        self,
        sck,
        ws,
        sd,
        rate_hz=16000,
        gain_db=24,
        port=0,
        slot="left",
        buffers=4,
        ticks_us=time.ticks_us,
    ):
        if not 16000 <= rate_hz <= 48000:
            raise ValueError(f"a microphone runs at 16000 to 48000 Hz, not {rate_hz}")
        if slot not in ("left", "right"):
            raise ValueError(f'slot is "left" or "right", not {slot!r}')
        if not 2 <= buffers <= 16:
            raise ValueError(f"2 to 16 DMA buffers, not {buffers}")
        self.rate_hz = rate_hz
        self.overruns = self.lost_samples = 0
        self._pins = (sck, ws, sd)
        self._port = port
        self._side = 2 if slot == "right" else 0
        self._bytes = buffers * BLOCK * _FRAME_BYTES
        self._state = gain_state(gain_db, rate_hz)
        self._slots = array("H", bytes(piece_frames(rate_hz) * _FRAME_BYTES))
        self._views = prefixes(self._slots, _WORDS)
        self._most = len(self._views) - 1
        self._watch = OverrunWatch(Pace(rate_hz, -1, ticks_us))
        self._i2s = None

    @property
    def running(self):
        """Whether it is between `start()` and `stop()`."""
        return self._i2s is not None

    def start(self):
        """Begin; the first samples come a DMA buffer later. Raises what machine.I2S does."""
        self.stop()
        self._state[0] = _ZERO
        self._i2s = self._open()
        self._watch.start()

    def _open(self):
        return open_port(self._port, *self._pins, True, 32, self.rate_hz, self._bytes)

    def stop(self):
        """Stop the clocks and free the port; what was not read is lost."""
        if self._i2s:
            self._i2s.deinit()
            self._i2s = None

    def readinto(self, pcm):
        """Fill a memoryview of array('h') with what is there: returns samples, a multiple of 16.

        0 when nothing has come, or when stopped.
        """
        i2s = self._i2s
        wanted = len(pcm) // GRAIN
        if i2s is None or not wanted:
            return 0
        done = 0
        while done < wanted:
            grains = wanted - done
            if grains > self._most:
                grains = self._most
            got = (i2s.readinto(self._views[grains]) or 0) // _GRAIN_BYTES
            if got:
                unpack(self._slots, pcm, self._side, done * GRAIN, got * GRAIN, self._state)
                done += got
            if got < grains:
                break
        done *= GRAIN
        watch = self._watch
        # Nothing, again, tells nothing new.
        if done or not watch.drained:
            lost = watch.count(done, got < grains)
            if lost:
                self.overruns += 1
                self.lost_samples += lost
        return done


class OverrunWatch:
    """Finds out what a driver has silently dropped: the clock knows how much there must be.

    pace: counts samples a little slow, so that a clock that is off loses nothing here. `drained`:
    whether the last read got all that there was.
    """

    def __init__(self, pace):
        self._pace = pace
        self.start()

    def start(self):
        """Nothing waits in the driver."""
        self._pace.start()
        self._waiting = self._before = 0
        self.drained = False

    def count(self, samples, drained):
        """Tell that so many were read, and whether that was all; returns how many are lost.

        What waits after a read that came short is the buffer that just fills: less than 256
        frames. More, twice in a row (once may be a pause between the read and this call), is lost;
        the last buffer of it may be found with the next loss only.
        """
        waiting = self._waiting + self._pace.elapsed() - samples
        lost = 0
        if drained:
            if waiting < 0:
                waiting = 0
            excess = (waiting if waiting < self._before else self._before) - _MARGIN
            if excess >= BLOCK:
                lost = excess // BLOCK * BLOCK
                waiting -= lost
            self._before = waiting
        self._waiting = waiting
        self.drained = drained
        return lost
