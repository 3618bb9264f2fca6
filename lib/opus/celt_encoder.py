"""Sound to CELT frames (RFC 6716 section 5.3), mono, at the rate that it comes in."""
# MIT License; see LICENSE

from array import array

from micropython import const

from . import celt_allocation_viper as allocation
from . import celt_analysis_viper as analysis
from . import celt_memory_viper as memory
from . import celt_tables as tables
from . import celt_write_allocation_viper as write_allocation
from . import celt_write_energy_viper as energies
from .celt_forward import ForwardTransform
from .celt_post_viper import move
from .celt_pvq_viper import count_codewords
from .celt_rates import DE_EMPHASIS
from .celt_transform import WIDE
from .celt_write_partition_viper import bands
from .range_encoder import RangeEncoder

# Words that the viper modules share: described in celt_theta_viper.py and celt_bands_viper.py.
_WIDE = const(0)
_SPREAD = const(3)
_CHANNELS = const(17)
_SIZE = const(18)
_START = const(20)
_END = const(21)
_CODED = const(22)
_TOTAL = const(23)
_TRANSIENT = const(26)
_SPARE = const(28)
_WORDS = const(39)

_BAND = const(176)  # bins of the widest band
_CODEWORDS = const(15 + 1272)  # section 4.3.4.2; celt_pvq_viper.py
_SPREAD_NORMAL = const(0)


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
        self._pulses = array("i", bytes(4 * 2 * _BAND))
        self._plan = array("i", bytes(4 * 21 * 11))
        self._energy = array("h", bytes(2 * 21))
        self._target = array("h", bytes(2 * 21))
        self._codewords = array("I", bytes(4 * _CODEWORDS))
        count_codewords(self._codewords, tables.PULSE_ROWS, len(tables.PULSE_ROWS))
        gain, first, second, pole = DE_EMPHASIS[48000 // rate_hz]
        self._gain = gain + (4 << 10)  # samples are Q4
        self._shape = array("i", (first, second, pole))
        self._emphasis = array("i", bytes(12))
        self._words = frame = array("i", bytes(4 * _WORDS))
        frame[_WIDE] = WIDE
        frame[_CHANNELS] = 1
        frame[_SPARE] = min(bins, 800)
        self.coder = RangeEncoder()
        self.reset()

    def reset(self):
        """Forget everything that was encoded."""
        self._intra = True
        self._coded = 0
        memory.fill(self._energy, 21, 0)
        memory.fill(self._signal, 2 * len(self._signal), 0)
        memory.fill(self._emphasis, 2 * len(self._emphasis), 0)

    def encode_frame(self, pcm, packet, first, length, size, end):
        """Encode a frame of pcm, an array('h') or a memoryview of one, to `length` bytes.

        The bytes go to packet[first] and on. size: 0 to 3 for 2.5, 5, 10, 20 ms; bands up to
        `end`: 13 narrowband, 17 wideband, 19 super wideband, 21 full band.
        """
        frame = self._words
        frame[_SIZE] = size
        frame[_END] = end
        coder = self.coder
        coder.start(packet, first, length)
        n = self._short << size
        loud = analysis.emphasize(
            pcm, self._signal, self._lap, n, self._emphasis, self._shape, WIDE
        )
        frame[_TRANSIENT] = 0
        self._analyze(size, n)
        if loud:
            self._write_side(coder)
            self._write_bands(coder)
        else:
            coder.bit(1, 15)
            memory.fill(self._energy, 21, -28672)
        coder.finish()

    # Sound to bins and energies.
    def _analyze(self, size, n):
        signal = self._signal
        blocks = 1
        if self._words[_TRANSIENT]:
            blocks = 1 << size
            size = 0
        self._transform.forward(signal, self._spectrum, size, blocks)
        move(signal, signal, n, self._lap)
        analysis.energies(
            self._words,
            self._spectrum,
            self._x,
            self._target,
            tables.EDGES,
            blocks,
            self._short << size,
            self._transform.gain(size) + self._gain,
        )

    # Section 4.3: all symbols up to the coarse energy.
    def _write_side(self, coder):
        frame = self._words
        total = coder.length * 8
        coder.bit(0, 15)
        if coder.tell() + 16 <= total:
            coder.bit(0, 1)
        if frame[_SIZE] and coder.tell() + 3 <= total:
            coder.bit(frame[_TRANSIENT], 3)
        intra = self._intra
        if coder.tell() + 3 <= total:
            coder.bit(intra, 3)
        else:
            intra = 0
        energies.coarse(
            frame,
            coder.state,
            coder.data,
            tables.LAPLACE,
            self._energy,
            self._target,
            intra,
            tables.THIRD,
            min(16, coder.length >> 3) << 10,
        )
        self._intra = False

    # Sections 4.3.1 to 4.3.5: the rest of the symbols.
    def _write_bands(self, coder):
        frame = self._words
        state = coder.state
        data = coder.data
        plan = self._plan
        size = frame[_SIZE]
        total = coder.length * 8
        for i in range(21):
            plan[84 + i] = plan[105 + i] = 0
        write_allocation.write_changes(frame, state, data, plan, tables.TIME_FREQUENCY, 0)
        frame[_SPREAD] = _SPREAD_NORMAL
        if coder.tell() + 4 <= total:
            coder.symbol(frame[_SPREAD], tables.SPREAD, 5)
        allocation.capacities(frame, plan, tables.EDGES, tables.CAPACITIES)
        left = write_allocation.write_boosts(frame, state, data, plan, tables.EDGES)
        trim = 5
        if coder.tell_eighths() + 48 <= left:
            coder.symbol(trim, tables.TRIM, 7)
        left = total * 8 - coder.tell_eighths() - 1
        reserved = 8 if frame[_TRANSIENT] and size >= 2 and left >= 8 * (size + 2) else 0
        write_allocation.write_allocation(
            frame,
            state,
            data,
            plan,
            tables.EDGES,
            tables.SPLITS,
            tables.ALLOCATION,
            left - reserved,
            trim,
            self._coded,
            frame[_END],
        )
        self._coded = frame[_CODED]
        energies.fine(frame, state, data, self._energy, self._target, plan)
        frame[_TOTAL] = total * 8 - reserved
        bands(
            frame,
            state,
            data,
            self._codewords,
            tables.SPLITS,
            self._x,
            plan,
            tables.EDGES,
            self._pulses,
        )
        if reserved:
            coder.raw(1, 1)
        energies.finalize(frame, state, data, self._energy, self._target, plan)
