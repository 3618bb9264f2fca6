"""A PDM microphone without PDM hardware: I2S takes the bits, software makes samples of them.

The bit clock of I2S at 16 kHz in two slots of 32 bits is 1.024 MHz, a clock that PDM microphones
accept, and a frame is 64 of their bits. To be confirmed on hardware.
"""
# MIT License; see LICENSE

import time
from array import array

from micropython import const

from .copy_viper import copy_samples
from .i2s_microphone import OverrunWatch
from .i2s_port import BLOCK, GRAIN, open_port, prefixes
from .pdm_viper import amplify, decimate
from .resample_viper import down2
from .sample_pace import Pace

_RATE_HZ = const(16000)
_FRAME_BYTES = const(8)
_WORDS = const(4)  # half words a frame
_GRAINS = const(16)
_PAST = const(46)  # samples at 32 kHz that the half band looks back on
_MIDDLE = const(32767)  # of offset binary: half ones, half zeros
_ZERO = const(1 << 29)  # how a mean of 0 is stored
_SETTLE = const(5)  # 80 Hz

# Half of a symmetric low-pass of 128 taps, by tools/audio/derive_pdm.py.
_TAPS = (
    2, 5, 8, 12, 16, 22, 28, 35, 43, 52, 63, 75, 89, 105, 122, 141,
    163, 186, 212, 240, 270, 303, 338, 376, 417, 460, 506, 555, 607, 662, 720, 781,
    841, 901, 964, 1029, 1096, 1164, 1233, 1304, 1375, 1446, 1518, 1589, 1659, 1729, 1797, 1863,
    1928, 1991, 2051, 2108, 2162, 2212, 2259, 2302, 2341, 2375, 2405, 2429, 2448, 2462, 2470, 2470,
)  # fmt: skip


def make_tables():
    """Return the tables of `decimate`, 8 KiB: what each byte adds to each of four samples."""
    tables = array("H", bytes(2 * 4096))
    taps = _TAPS + tuple(reversed(_TAPS))
    for row in range(16):
        # The newest word adds to the sample that ends with it by the last quarter of the taps.
        byte, sample = row % 4, 3 - row // 4
        base = 2 * (512 * byte + 256 * (sample // 2)) + sample % 2
        for value in range(1, 256):
            # The sum without the lowest bit is there already; the highest bit is the oldest.
            bit = 0
            while not value >> bit & 1:
                bit += 1
            rest = tables[base + 2 * (value & (value - 1))]
            tables[base + 2 * value] = rest + taps[8 * row + 7 - bit]
    return tables


class PdmMicrophone:
    """A PDM microphone as 16-bit samples at 16 kHz; reading neither blocks nor allocates.

    clk, data: pins, numbers or Pin objects; the microphone's SELECT is low. gain_db: 0 to 48.
    port: 0 or 1, only 0 on C3 and C6. ws: a spare pin for the word clock that I2S must have; None
    gives it the pin of clk too, where the bit clock, routed later, wins. buffers: of 256 frames,
    2 to 16. Raises ValueError for anything else.

    `high_passed`, `overruns`, `lost_samples`: as Microphone.
    """

    rate_hz = _RATE_HZ
    high_passed = True

    def __init__(self, clk, data, gain_db=24, port=0, ws=None, buffers=4, ticks_us=time.ticks_us):
        if not 0 <= gain_db <= 48:
            raise ValueError(f"a PDM microphone's gain is 0 to 48 dB, not {gain_db}")
        if not 2 <= buffers <= 16:
            raise ValueError(f"2 to 16 DMA buffers, not {buffers}")
        self.overruns = self.lost_samples = 0
        self._pins = (clk, clk if ws is None else ws, data)
        self._port = port
        self._bytes = buffers * BLOCK * _FRAME_BYTES
        self._state = array("i", (_ZERO, _SETTLE, round(32 * 10 ** (gain_db / 20))))
        self._sums = array("i", bytes(12))
        self._tables = make_tables()
        self._bits = array("H", bytes(BLOCK * _FRAME_BYTES))
        self._views = prefixes(self._bits, _WORDS)
        self._work = array("H", bytes(2 * (_PAST + 2 * BLOCK)))
        self._watch = OverrunWatch(Pace(_RATE_HZ, -1, ticks_us))
        self._i2s = None

    @property
    def running(self):
        """Whether it is between `start()` and `stop()`."""
        return self._i2s is not None

    def start(self):
        """Begin; the first samples come a DMA buffer later. Raises what machine.I2S does."""
        self.stop()
        self._state[0] = _ZERO
        for i in range(3):
            self._sums[i] = _MIDDLE
        for i in range(_PAST):
            self._work[i] = _MIDDLE
        clk, ws, data = self._pins
        self._i2s = open_port(self._port, clk, ws, data, True, 32, _RATE_HZ, self._bytes)
        self._watch.start()

    def stop(self):
        """Stop the clock and free the port; what was not read is lost."""
        if self._i2s:
            self._i2s.deinit()
            self._i2s = None

    def readinto(self, pcm):
        """Fill a memoryview of array('h') with what is there: returns samples, a multiple of 16.

        At most 256 at a call; 0 when nothing has come, or when stopped.
        """
        i2s = self._i2s
        if i2s is None:
            return 0
        wanted = min(len(pcm) // GRAIN, _GRAINS)
        grains = (i2s.readinto(self._views[wanted]) or 0) // (_FRAME_BYTES * GRAIN)
        count = grains * GRAIN
        if count:
            decimate(self._bits, self._tables, self._work, _PAST, 2 * count, self._sums)
            down2(self._work, pcm, count)
            amplify(pcm, count, self._state)
            copy_samples(self._work, 2 * count, self._work, 0, _PAST)
        watch = self._watch
        if count or not watch.drained:
            lost = watch.count(count, grains < wanted)
            if lost:
                self.overruns += 1
                self.lost_samples += lost
        return count
