"""A PDM microphone without PDM hardware: I2S takes the bits, software makes samples of them.

The bit clock of I2S at 16 kHz in two slots of 32 bits is 1.024 MHz, a clock that PDM microphones
accept, and a frame is 64 of their bits. To be confirmed on hardware.
"""
# MIT License; see LICENSE

import math
import time
from array import array

from micropython import const

from .i2s_microphone import OverrunWatch
from .i2s_port import BLOCK, GRAIN, open_port
from .pdm_viper import decimate
from .resample import Resampler
from .sample_pace import Pace

_RATE_HZ = const(16000)
_FRAME_BYTES = const(8)
_WORDS = const(4)  # half words a frame
_PAST = const(6)  # half words: the three words that the first sample of a block looks back on
_GRAINS = const(16)
_SETTLE = const(6)  # 80 Hz at 32 kHz
_ZERO = const(1 << 29)

# Half of a symmetric low-pass of 128 taps, by tools/audio/derive_pdm.py.
_TAPS = (
    3, 9, 16, 24, 33, 43, 55, 70, 86, 105, 126, 151, 178, 209, 244, 283,
    325, 372, 423, 479, 540, 605, 676, 752, 833, 920, 1013, 1111, 1215, 1324, 1440, 1562,
    1683, 1803, 1928, 2058, 2191, 2328, 2467, 2608, 2750, 2892, 3035, 3177, 3318, 3457, 3594, 3727,
    3856, 3981, 4101, 4216, 4324, 4425, 4519, 4605, 4682, 4751, 4809, 4858, 4896, 4924, 4940, 4944,
)  # fmt: skip


def make_tables():
    """Return 16 tables, 8 KiB: what each byte of a 16-byte window adds to a sample."""
    tables = array("H", bytes(2 * 4096))
    taps = _TAPS + tuple(reversed(_TAPS))
    for row in range(16):
        for value in range(1, 256):
            # The sum without the lowest bit is there already; the highest bit is the oldest.
            bit = 0
            while not value >> bit & 1:
                bit += 1
            rest = tables[256 * row + (value & (value - 1))]
            tables[256 * row + value] = rest + taps[8 * row + 7 - bit]
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
        octaves = math.floor(gain_db / 20 / math.log10(2))
        fine = min(round(4096 * 10 ** (gain_db / 20) / 2**octaves), 8191)
        self._state = array("i", (_ZERO, _SETTLE, octaves, fine))
        self._tables = make_tables()
        self._words = array("H", bytes(2 * _PAST + BLOCK * _FRAME_BYTES))
        view = memoryview(self._words)
        ends = range(0, BLOCK + 1, GRAIN)
        self._views = tuple([view[_PAST : _PAST + end * _WORDS] for end in ends])
        self._pcm = array("h", bytes(4 * BLOCK))
        view = memoryview(self._pcm)
        self._halves = tuple([view[: 2 * end] for end in ends])
        # From 32 kHz: the same half band as from 16 to 8.
        self._halve = Resampler(16000, 8000, 2 * BLOCK)
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
        for i in range(_PAST):
            self._words[i] = 0x5555  # silence
        self._halve.reset()
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
            decimate(self._words, self._tables, self._pcm, 2 * count, self._state)
            self._halve.process_into(self._halves[grains], pcm)
            for i in range(_PAST):
                self._words[i] = self._words[count * _WORDS + i]
        lost = self._watch.count(count, grains < wanted)
        if lost:
            self.overruns += 1
            self.lost_samples += lost
        return count
