"""Sound to CELT frames (RFC 6716 section 5.3), mono, at the rate that it comes in."""
# MIT License; see LICENSE

from array import array

from micropython import const

from . import celt_tables as tables
from .celt_analysis_viper import emphasize, energies
from .celt_choice_viper import attacks, choose, mean_energy
from .celt_codewords import codewords
from .celt_forward import EMPHASIS, ForwardTransform
from .celt_memory_viper import fill
from .celt_post_viper import move
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
_LAG = const(45)
_GAIN = const(46)
_WORDS = const(47)

_BAND = const(176)  # bins of the widest band
_TABLES = (
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
        spectrum = array("i", bytes(4 * bins))
        x = array("h", bytes(2 * (min(bins, 800) + _BAND)))
        self._energy = array("h", bytes(2 * 21))
        self._target = target = array("h", bytes(2 * 21))
        self._memory = array("i", bytes(8))
        self._sums = array("i", bytes(4 * 16))
        self._words = frame = array("i", bytes(4 * _WORDS))
        frame[_WIDE] = WIDE
        frame[_CHANNELS] = 1
        frame[_PLANNED] = 4
        frame[_SPARE] = min(bins, 800)
        first, second, gain = EMPHASIS[rate_hz]
        # Samples are Q4.
        self._emphasis = self._memory, first, second, (4 << 10) + transform.half_log - gain
        self._arrays = frame, self._sums, self._signal, spectrum, x, target, tables.EDGES
        self._prefilter = None
        self.coder = RangeEncoder()
        plan = array("i", bytes(4 * 21 * 11))
        pulses = array("i", bytes(4 * (2 * _BAND + 8 * 6)))
        self._written = plan, self._energy, target, x, codewords(), pulses
        self.reset()

    def reset(self):
        """Forget everything that was encoded."""
        frame = self._words
        frame[_INTRA] = 1
        frame[_BEFORE] = 0
        self._silent = True
        fill(self._energy, 21, 0)
        fill(self._signal, 2 * len(self._signal), 0)
        fill(self._sums, 32, 0)
        self._memory[0] = self._memory[1] = 0
        if self._prefilter:
            self._prefilter.reset()

    def load_prefilter(self):
        """Load what frames that are given room for it are filtered by. Allocates."""
        from .celt_prefilter import PreFilter

        if not self._prefilter:
            self._prefilter = PreFilter(self._transform)

    def analyze_frame(self, pcm, start, size, end, room=0):
        """Take the frame at pcm[start:], an array('h') or a memoryview of one.

        size: 0 to 3 for 2.5, 5, 10, 20 ms; bands up to `end`: 13 narrowband, 17 wideband, 19
        super wideband, 21 full band. `room` is about the bytes that the frame will have, if it may
        be filtered by its pitch (load_prefilter()), else 0. Returns the sum of the magnitudes, 0
        without any sound.
        """
        frame, sums, signal, spectrum, x, target, edges = self._arrays
        memory, first, second, gain = self._emphasis
        lap = self._lap
        short = self._short
        frame[_SIZE] = size
        frame[_END] = end
        units = 1 << size
        loud = emphasize(pcm, signal, start, lap, units, short, memory, first, second, sums, WIDE)
        prefilter = self._prefilter
        levels = sums
        if prefilter:
            levels = prefilter.filter(signal, lap, units, sums, room if loud else 0)
            frame[_LAG] = prefilter.pitch[0] * prefilter.factor
            frame[_GAIN] = prefilter.pitch[1]
        block = size
        blocks = 1
        frame[_TRANSIENT] = attacks(sums, units)
        if frame[_TRANSIENT]:
            block = 0
            blocks = units
        self._transform.forward(signal, levels, spectrum, block, blocks)
        move(signal, signal, short << size, lap)
        gain += block << 10
        energies(spectrum, x, frame, target, edges, blocks, short << block, gain)
        self._silent = not loud
        return loud

    @property
    def demand(self):
        """How much the analyzed frame is worth: the mean of its bands' energies, log2 in Q10."""
        return mean_energy(self._target, self._words[_END]) + (self._words[_TRANSIENT] << 11)

    def skip_frame(self):
        """Do not write the frame that was analyzed; the next stands alone."""
        self._words[_INTRA] = 1
        if self._prefilter:
            self._prefilter.skip()

    def write_frame(self, packet, first, length):
        """Write the frame that was analyzed to `length` bytes, at least 8, at packet[first]."""
        frame = self._words
        coder = self.coder
        coder.start(packet, first, length)
        if self._silent:
            coder.bit(1, 15)
            coder.finish()
            fill(self._energy, 21, -28672)
            return
        # Local names: to find one in an object takes as long as four bins.
        plan, energy, target, x, counts, pulses = self._written
        edges, splits, laplace, changes, caps, qualities, trim, spread, third = _TABLES
        choose(frame, plan, target, edges, 8 * length)
        write_frame(
            frame, coder.state, packet, plan, energy, target, x, counts, pulses, edges, splits,
            laplace, changes, caps, qualities, trim, spread, third,
        )  # fmt: skip
