"""CELT frames (RFC 6716 section 4.3) to sound, at the rate that is asked for."""
# MIT License; see LICENSE

from array import array

from micropython import const

from . import celt_conceal_viper as concealment
from . import celt_memory_viper as memory
from . import celt_post_viper as post
from . import celt_tables as tables
from .celt_codewords import codewords
from .celt_frame_viper import read_frame
from .celt_rates import DE_EMPHASIS, POST_FILTER
from .celt_synthesis_viper import synthesize
from .celt_transform import WIDE, Transform

# Words that the viper modules share: described in celt_theta_viper.py and celt_bands_viper.py.
_WIDE = const(0)
_SEED = const(6)
_NO_INVERSION = const(7)
_CHANNELS = const(17)
_SIZE = const(18)
_SECOND = const(19)
_START = const(20)
_END = const(21)
_TRANSIENT = const(26)
_SPARE = const(28)
_KEPT = const(29)
_SILENT = const(32)
_GAIN = const(33)
_SHORT = const(41)
_FACTOR = const(42)
_SAMPLES = const(43)
_HEARD = const(44)
_WORDS = const(66)

# Places in what CeltDecoder hands to the viper modules.
_X = const(0)
_ENERGY = const(2)
_PITCH = const(7)
_SHAPE = const(10)

_BAND = const(176)  # bins of the widest band
_KEPT_SAMPLES = const(2064)  # of 48 kHz, for the post-filter and for concealment

# Concealment, in samples of 48 kHz and units of 2.5 ms.
_SHORTEST_LAG = const(100)
_LONGEST_LAG = const(720)
_LAG_WINDOW = const(480)
_PERIODIC_UNITS = const(40)
_FADE_FIRST = const(29491)  # a period, Q15: 0.9
_FADE = const(26214)  # 0.8


class CeltDecoder:
    """Decodes CELT frames at rate_hz: 8000, 16000, 24000 or 48000; channels 1 or 2.

    A mono decoder mixes stereo frames down. Nothing below the constructor allocates, but for the
    first stereo frame.
    """

    def __init__(self, rate_hz, channels=1):
        self.rate_hz = rate_hz
        self.channels = channels
        self._factor = 48000 // rate_hz
        self._transform = Transform(rate_hz)
        self.window = self._transform.window  # of 2.5 ms, Q15
        self._short = self._transform.short_bins
        bins = min(self._short, 100) * 8
        # The last samples, and then those that the next frame will overlap.
        self._end = _KEPT_SAMPLES // self._factor
        words = self._end + self._transform.overlap
        # Of each channel, these and the memory of its de-emphasis.
        self._outs = []
        for _ in range(channels):
            self._outs += (array("i", bytes(4 * words)), array("i", bytes(12)))
        gain, first, second, pole = DE_EMPHASIS[self._factor]
        # Unpacked in celt_frame_viper.py and celt_synthesis_viper.py.
        self._work = [
            None,  # vectors: _make_room()
            array("i", bytes(4 * 8 * self._short)),  # spectrum
            array("h", bytes(2 * 168)),  # energies
            tables.EDGES,
            self._transform.sizes,
            self._transform.twiddles,
            self._transform.window,
            array("i", bytes(36)),  # lag, gain and tapset of the post-filter: before, now, next
            array("i", bytes(4 * 14)),  # taps of the post-filter
            POST_FILTER[self._factor],
            array("i", (first, second, pole)),
            array("i", bytes(4 * 21 * 11)),  # plan
            codewords(),
            tables.SPLITS,
            tables.LAPLACE,
            tables.TIME_FREQUENCY,
            tables.CAPACITIES,
            tables.ALLOCATION,
            tables.LOG_COUNTS,
            tables.TRIM,
            tables.SPREAD,
            tables.THIRD,
        ]
        self._words = frame = array("i", bytes(4 * _WORDS))
        frame[_WIDE] = WIDE
        frame[_NO_INVERSION] = channels == 1
        frame[_SECOND] = bins
        self._make_room(1)
        frame[_GAIN] = gain
        frame[_SHORT] = self._short
        frame[_FACTOR] = self._factor
        frame[_SAMPLES] = self._end
        frame[_HEARD] = channels
        while frame[_KEPT] < 21 and tables.EDGES[frame[_KEPT] + 1] <= self._short:
            frame[_KEPT] += 1
        self.reset()

    # Bins of the channels, what is folded, and two bands of spare room.
    def _make_room(self, channels):
        spare = 2 * channels * self._words[_SECOND]
        self._work[_X] = array("h", bytes(2 * (spare + 2 * _BAND)))
        self._words[_SPARE] = spare

    def reset(self):
        """Forget everything that was decoded."""
        self._lost = 0
        self._lag = 0
        self._periodic = False
        memory.reset(self._work[_ENERGY])
        self._words[_SEED] = 0
        for buffer in self._outs:
            memory.fill(buffer, 2 * len(buffer), 0)
        memory.fill(self._work[_PITCH], 18, 0)

    def decode_frame(self, coder, pcm, to, size, start, end, channels, add=False):
        """Decode the frame that coder (a RangeDecoder) stands at into pcm, from pcm[to] on.

        size: 0 to 3 for 2.5, 5, 10, 20 ms; bands from `start` (17 in hybrid frames, else 0) to
        `end` (13 narrowband, 17 wideband, 19 super wideband, 21 full band); channels of the
        frame, 1 or 2. pcm is an array('h') or a memoryview of one, interleaved if this decoder
        has two channels, and has room; with `add` the sound is added to what it holds.
        Returns the number of samples of a channel. The caller compares coder.tell() with the
        frame's bits, and coder.error.
        """
        words = self._words
        work = self._work
        if self._periodic:
            self._finish_concealment()
        if channels == 2 and words[_SPARE] < 4 * words[_SECOND]:
            self._make_room(2)
            _load_stereo()
        read_frame(words, coder.state, coder.data, work, self._lost, size, start, end, channels)
        synthesize(words, work, self._outs, pcm, to, add)
        self._lost = 0
        return self._short << size

    def conceal(self, pcm, to, size, start, end, add=False):
        """Fill the place of a lost frame; arguments and result as in decode_frame()."""
        frame = self._words
        frame[_SIZE] = size
        frame[_START] = start
        frame[_END] = end
        if start or self._lost >= _PERIODIC_UNITS:
            self._make_noise(pcm, to, add)
        else:
            self._repeat_period(pcm, to, add)
        self._lost = min(10000, self._lost + (1 << size))
        return self._short << size

    def _make_noise(self, pcm, to, add):
        frame = self._words
        if self._periodic:
            self._finish_concealment()
        frame[_CHANNELS] = self.channels
        frame[_TRANSIENT] = frame[_SILENT] = 0
        work = self._work
        memory.decay(frame, work[_ENERGY], 512 if self._lost else 1536)
        concealment.noise(frame, work[_X], tables.EDGES)
        pitch = work[_PITCH]
        pitch[6] = pitch[7] = pitch[8] = 0
        synthesize(frame, work, self._outs, pcm, to, add)

    def _repeat_period(self, pcm, to, add):
        n = self._short << self._words[_SIZE]
        lap = self._transform.overlap
        if not self._lost:
            self._lag = concealment.find_lag(
                self._outs[0],
                self._end,
                _LAG_WINDOW // self._factor,
                _SHORTEST_LAG // self._factor,
                _LONGEST_LAG // self._factor,
                WIDE,
            )
        for channel in range(self.channels):
            out = self._outs[2 * channel]
            post.move(out, out, n, self._end - n)
            fade = _FADE if self._lost else _FADE_FIRST
            concealment.extrapolate(out, self._end - n, n + lap, self._lag, fade, WIDE)
            post.deemphasize(
                out,
                0,
                pcm,
                self._end - n,
                n,
                self._outs[2 * channel + 1],
                self._work[_SHAPE],
                to + channel,
                self.channels,
                add,
                WIDE,
            )
        self._periodic = True
        # The next frame's post-filter begins from nothing.
        memory.fill(self._work[_PITCH], 18, 0)

    def _finish_concealment(self):
        # Before samples that overlap those of a repeated period.
        self._periodic = False
        lap = self._transform.overlap
        for channel in range(self.channels):
            out = self._outs[2 * channel]
            concealment.fold(out, self._end, lap, self._transform.window, WIDE)


def _load_stereo():
    from . import celt_bands_viper, celt_stereo_viper

    celt_bands_viper.average = celt_stereo_viper.average
    celt_bands_viper.stereo = celt_stereo_viper.stereo
