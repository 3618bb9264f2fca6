"""Sound to CELT frames (RFC 6716 section 5.3), mono, at the rate that it comes in."""
# MIT License; see LICENSE

from array import array

from micropython import const

from . import celt_analysis_viper as analysis
from . import celt_memory_viper as memory
from . import celt_tables as tables
from .celt_choice_viper import attacks, choose, mean_energy
from .celt_forward import EMPHASIS, ForwardTransform
from .celt_post_viper import move
from .celt_pvq_viper import count_codewords
from .celt_transform import WIDE
from .celt_write_frame_viper import write_frame
from .range_encoder import RangeEncoder

# Words that the viper modules share: described in celt_theta_viper.py, celt_bands_viper.py and
# celt_write_frame_viper.py.
_WIDE = const(0)
_CHANNELS = const(17)
_SIZE = const(18)
_END = const(21)
_TRANSIENT = const(26)
_SPARE = const(28)
_INTRA = const(40)
_BEFORE = const(42)
_PLANNED = const(44)
_WORDS = const(45)

_BAND = const(176)  # bins of the widest band
_CODEWORDS = const(15 + 1272)  # section 4.3.4.2; celt_pvq_viper.py


class CeltEncoder:
    """Encodes sound at rate_hz: 8000, 16000, 24000 or 48000, to CELT frames.

    Nothing below the constructor allocates.
    """

    def __init__(self, rate_hz):
        self._transform = transform = ForwardTransform(rate_hz)
        self._short = transform.short_bins
        self._lap = transform.overlap
        bins = 8 * self._short
        # The overlap with the frame before, folded, and then the frame.
        self._signal = array("i", bytes(4 * (self._lap + bins)))
        self._spectrum = array("i", bytes(4 * bins))
        self._x = array("h", bytes(2 * (min(bins, 800) + _BAND)))
        self._pulses = array("i", bytes(4 * (2 * _BAND + 8 * 6)))
        self._plan = array("i", bytes(4 * 21 * 11))
        self._energy = array("h", bytes(2 * 21))
        self._target = array("h", bytes(2 * 21))
        self._codewords = array("I", bytes(4 * _CODEWORDS))
        count_codewords(self._codewords, tables.PULSE_ROWS, len(tables.PULSE_ROWS))
        self._first, self._second, gain = EMPHASIS[rate_hz]
        self._gain = (4 << 10) + transform.half_log - gain  # samples are Q4
        self._memory = array("i", bytes(8))
        self._sums = array("i", bytes(4 * 16))
        self._words = frame = array("i", bytes(4 * _WORDS))
        frame[_WIDE] = WIDE
        frame[_CHANNELS] = 1
        frame[_PLANNED] = 4
        frame[_SPARE] = min(bins, 800)
        self.coder = RangeEncoder()
        self.reset()

    def reset(self):
        """Forget everything that was encoded."""
        frame = self._words
        frame[_INTRA] = 1
        frame[_BEFORE] = 0
        self._silent = True
        memory.fill(self._energy, 21, 0)
        memory.fill(self._signal, 2 * len(self._signal), 0)
        memory.fill(self._sums, 32, 0)
        self._memory[0] = self._memory[1] = 0

    def analyze_frame(self, pcm, start, size, end):
        """Take the frame at pcm[start:], an array('h') or a memoryview of one.

        size: 0 to 3 for 2.5, 5, 10, 20 ms; bands up to `end`: 13 narrowband, 17 wideband, 19
        super wideband, 21 full band. Returns the sum of the magnitudes, 0 without any sound.
        """
        frame = self._words
        frame[_SIZE] = size
        frame[_END] = end
        signal = self._signal
        sums = self._sums
        units = 1 << size
        loud = analysis.emphasize(
            pcm,
            signal,
            start,
            self._lap,
            units,
            self._short,
            self._memory,
            self._first,
            self._second,
            sums,
            WIDE,
        )
        transient = frame[_TRANSIENT] = attacks(sums, units)
        transform = self._transform
        spectrum = self._spectrum
        block = 0 if transient else size
        blocks = units if transient else 1
        transform.forward(signal, sums, spectrum, block, blocks)
        move(signal, signal, self._short << size, self._lap)
        analysis.energies(
            spectrum,
            self._x,
            frame,
            self._target,
            tables.EDGES,
            blocks,
            self._short << block,
            self._gain + (block << 10),
        )
        self._silent = not loud
        return loud

    @property
    def demand(self):
        """How much the analyzed frame is worth: the mean of its bands' energies, log2 in Q10."""
        return mean_energy(self._target, self._words[_END]) + (self._words[_TRANSIENT] << 11)

    def skip_frame(self):
        """Do not write the frame that was analyzed; the next stands alone."""
        self._words[_INTRA] = 1

    def write_frame(self, packet, first, length):
        """Write the frame that was analyzed to `length` bytes, at least 8, at packet[first]."""
        frame = self._words
        coder = self.coder
        coder.start(packet, first, length)
        if self._silent:
            coder.bit(1, 15)
            coder.finish()
            memory.fill(self._energy, 21, -28672)
            return
        choose(frame, self._plan, self._target, tables.EDGES, 8 * length)
        write_frame(
            frame,
            coder.state,
            packet,
            self._plan,
            self._energy,
            self._target,
            self._x,
            self._codewords,
            self._pulses,
            tables.EDGES,
            tables.SPLITS,
            tables.LAPLACE,
            tables.TIME_FREQUENCY,
            tables.CAPACITIES,
            tables.ALLOCATION,
            tables.TRIM,
            tables.SPREAD,
            tables.THIRD,
        )
