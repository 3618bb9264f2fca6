"""CELT frames (RFC 6716 section 4.3) to sound, at the rate that is asked for."""
# MIT License; see LICENSE

from array import array

from micropython import const

from . import celt_allocation_viper as allocation
from . import celt_conceal_viper as concealment
from . import celt_energy_viper as energies
from . import celt_memory_viper as memory
from . import celt_post_viper as post
from . import celt_tables as tables
from .celt_bands_viper import bands
from .celt_pvq_viper import count_codewords
from .celt_rates import DE_EMPHASIS, POST_FILTER
from .celt_transform import WIDE, Transform
from .range_decoder import BITS_USED

# Words that the viper modules share: described in celt_theta_viper.py and celt_bands_viper.py.
_WIDE = const(0)
_SPREAD = const(3)
_SEED = const(6)
_NO_INVERSION = const(7)
_CHANNELS = const(17)
_SIZE = const(18)
_SECOND = const(19)
_START = const(20)
_END = const(21)
_TOTAL = const(23)
_TRANSIENT = const(26)
_FOLD = const(27)
_SPARE = const(28)
_KEPT = const(29)
_SILENT = const(32)
_GAIN = const(33)
_WORDS = const(39)

_BAND = const(176)  # bins of the widest band
_CODEWORDS = const(15 + 1272)  # section 4.3.4.2; celt_pvq_viper.py
_KEPT_SAMPLES = const(2064)  # of 48 kHz, for the post-filter and for concealment
_SPREAD_NORMAL = const(2)

# Concealment, in samples of 48 kHz and units of 2.5 ms.
_SHORTEST_LAG = const(100)
_LONGEST_LAG = const(720)
_LAG_WINDOW = const(480)
_PERIODIC_UNITS = const(40)
_FADE_FIRST = const(29491)  # a period, Q15: 0.9
_FADE = const(26214)  # 0.8


class CeltDecoder:
    """Decodes CELT frames at rate_hz: 8000, 16000, 24000 or 48000; channels 1 or 2.

    A mono decoder mixes stereo frames down. Nothing below the constructor allocates.
    """

    def __init__(self, rate_hz, channels=1):
        self.rate_hz = rate_hz
        self.channels = channels
        self._factor = 48000 // rate_hz
        self._transform = Transform(rate_hz)
        self._short = self._transform.short_bins
        bins = min(self._short, 100) * 8
        self._x = array("h", bytes(2 * (4 * bins + 2 * _BAND)))
        self._spectrum = array("i", bytes(4 * 8 * self._short))
        # The last samples, and then those that the next frame will overlap.
        self._end = _KEPT_SAMPLES // self._factor
        words = self._end + self._transform.overlap
        self._out = [array("i", bytes(4 * words)) for _ in range(channels)]
        self._plan = array("i", bytes(4 * 21 * 11))
        self._energy = array("h", bytes(2 * 168))
        self._codewords = array("I", bytes(4 * _CODEWORDS))
        count_codewords(self._codewords, tables.PULSE_ROWS, len(tables.PULSE_ROWS))
        self._taps = array("i", bytes(4 * 14))
        self._tap_table = POST_FILTER[self._factor]
        gain, first, second, pole = DE_EMPHASIS[self._factor]
        self._shape = array("i", (first, second, pole))
        self._emphasis = [array("i", bytes(12)) for _ in range(channels)]
        # Lag, gain and tapset of the post-filter: before, now, next.
        self._pitch = array("i", bytes(36))
        self._words = frame = array("i", bytes(4 * _WORDS))
        frame[_WIDE] = WIDE
        frame[_NO_INVERSION] = channels == 1
        frame[_SECOND] = bins
        frame[_SPARE] = 4 * bins
        frame[_GAIN] = gain
        while frame[_KEPT] < 21 and tables.EDGES[frame[_KEPT] + 1] <= self._short:
            frame[_KEPT] += 1
        self.reset()

    def reset(self):
        """Forget everything that was decoded."""
        self._lost = 0
        self._lag = 0
        self._periodic = False
        memory.reset(self._energy)
        self._words[_SEED] = 0
        for buffer in self._out:
            memory.fill(buffer, 2 * len(buffer), 0)
        for buffer in self._emphasis:
            memory.fill(buffer, 2 * len(buffer), 0)
        memory.fill(self._pitch, 2 * len(self._pitch), 0)

    def decode_frame(self, coder, pcm, to, size, start, end, channels, add=False):
        """Decode the frame that coder (a RangeDecoder) stands at into pcm, from pcm[to] on.

        size: 0 to 3 for 2.5, 5, 10, 20 ms; bands from `start` (17 in hybrid frames, else 0) to
        `end` (13 narrowband, 17 wideband, 19 super wideband, 21 full band); channels of the
        frame, 1 or 2. pcm is an array('h') or a memoryview of one, interleaved if this decoder
        has two channels, and has room; with `add` the sound is added to what it holds.
        Returns the number of samples of a channel. The caller compares coder.tell() with the
        frame's bits, and coder.error.
        """
        frame = self._words
        frame[_CHANNELS] = channels
        frame[_SIZE] = size
        frame[_START] = start
        frame[_END] = end
        self._finish_concealment()
        if channels == 1:
            memory.join(self._energy)
        self._read_side(coder)
        self._read_bands(coder)
        if frame[_SILENT]:
            memory.fill(self._energy, 21 * channels, -28672)
        self._synthesize(pcm, to, add)
        memory.remember(frame, self._energy, min(160, self._lost + (1 << size)), coder.state)
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
        self._finish_concealment()
        frame[_CHANNELS] = self.channels
        frame[_TRANSIENT] = frame[_SILENT] = 0
        memory.decay(frame, self._energy, 512 if self._lost else 1536)
        concealment.noise(frame, self._x, tables.EDGES)
        pitch = self._pitch
        pitch[6] = pitch[7] = pitch[8] = 0
        self._synthesize(pcm, to, add)

    def _repeat_period(self, pcm, to, add):
        n = self._short << self._words[_SIZE]
        lap = self._transform.overlap
        if not self._lost:
            self._lag = concealment.find_lag(
                self._out[0],
                self._end,
                _LAG_WINDOW // self._factor,
                _SHORTEST_LAG // self._factor,
                _LONGEST_LAG // self._factor,
                WIDE,
            )
        for channel in range(self.channels):
            out = self._out[channel]
            post.move(out, out, n, self._end - n)
            fade = _FADE if self._lost else _FADE_FIRST
            concealment.extrapolate(out, self._end - n, n + lap, self._lag, fade, lap, WIDE)
            self._deemphasize(channel, n, pcm, to, add)
        self._periodic = True
        # The next frame's post-filter begins from nothing.
        memory.fill(self._pitch, 2 * len(self._pitch), 0)

    def _finish_concealment(self):
        # Before samples that overlap those of a repeated period.
        if self._periodic:
            self._periodic = False
            lap = self._transform.overlap
            for out in self._out:
                concealment.fold(out, self._end, lap, self._transform.window, WIDE)

    # Section 4.3: all symbols up to the coarse energy.
    def _read_side(self, coder):
        frame = self._words
        total = coder.length * 8
        used = coder.tell()
        silent = used >= total or (used == 1 and coder.bit(15))
        if silent:
            # As if all bits had been read.
            coder.state[BITS_USED] += total - coder.tell()
            used = total
        frame[_SILENT] = silent
        pitch = self._pitch
        pitch[6] = pitch[7] = pitch[8] = 0
        if frame[_START] == 0 and used + 16 <= total:
            if coder.bit(1):
                octave = coder.uniform(6)
                pitch[6] = (16 << octave) + coder.raw(4 + octave) - 1
                pitch[7] = 3072 * (coder.raw(3) + 1)  # Q15, 0.09375
                if coder.tell() + 2 <= total:
                    pitch[8] = coder.symbol(tables.THIRD, 0, 2)
            used = coder.tell()
        frame[_TRANSIENT] = 0
        if frame[_SIZE] and used + 3 <= total:
            frame[_TRANSIENT] = coder.bit(3)
            used = coder.tell()
        intra = coder.bit(3) if used + 3 <= total else 0
        if self._lost and not intra:
            memory.play_safe(frame, self._energy, min(10, self._lost >> frame[_SIZE]))
        energies.coarse(
            frame, coder.state, coder.data, tables.LAPLACE, self._energy, intra, tables.THIRD
        )

    # Sections 4.3.1 to 4.3.5: the rest of the symbols.
    def _read_bands(self, coder):
        frame = self._words
        state = coder.state
        data = coder.data
        plan = self._plan
        size = frame[_SIZE]
        total = coder.length * 8
        allocation.read_changes(frame, state, data, plan, tables.TIME_FREQUENCY)
        frame[_SPREAD] = _SPREAD_NORMAL
        if coder.tell() + 4 <= total:
            frame[_SPREAD] = coder.symbol(tables.SPREAD, 0, 5)
        allocation.capacities(frame, plan, tables.EDGES, tables.CAPACITIES)
        left = allocation.read_boosts(frame, state, data, plan, tables.EDGES)
        trim = coder.symbol(tables.TRIM, 0, 7) if coder.tell_eighths() + 48 <= left else 5
        left = total * 8 - coder.tell_eighths() - 1
        reserved = 8 if frame[_TRANSIENT] and size >= 2 and left >= 8 * (size + 2) else 0
        allocation.read_allocation(
            frame,
            state,
            data,
            plan,
            tables.EDGES,
            tables.SPLITS,
            tables.ALLOCATION,
            tables.LOG_COUNTS,
            left - reserved,
            trim,
        )
        energies.fine(frame, state, data, self._energy, plan)
        frame[_TOTAL] = total * 8 - reserved
        frame[_FOLD] = 2 * frame[_SECOND] if frame[_START] or frame[_CHANNELS] == 2 else 0
        bands(frame, state, data, self._codewords, tables.SPLITS, self._x, plan, tables.EDGES)
        collapsed = reserved and coder.raw(1)
        energies.finalize(frame, state, data, self._energy, plan)
        if collapsed:
            energies.fill_collapsed(frame, self._x, plan, self._energy, tables.EDGES)

    # Sections 4.3.6 and 4.3.7.
    def _synthesize(self, pcm, to, add):
        frame = self._words
        size = frame[_SIZE]
        n = self._short << size
        at = self._end - n
        stereo = frame[_CHANNELS] == 2
        for channel in range(self.channels):
            out = self._out[channel]
            post.move(out, out, n, at + self._transform.overlap)
            if channel == 0 or stereo:
                scale = self._denormalize(channel, self._spectrum, 0, n)
            if stereo and self.channels == 1:
                # The second channel waits where the transform will write.
                room = at + (self._short >> 1)
                scale = max(scale, self._denormalize(1, out, room, n))
                post.average(self._spectrum, out, room, n, WIDE)
            if frame[_TRANSIENT]:
                self._transform.inverse(self._spectrum, out, at, 0, 1 << size, scale)
            else:
                self._transform.inverse(self._spectrum, out, at, size, 1, scale)
            post.add_pitch(
                out,
                at,
                n,
                self._short,
                self._pitch,
                self._taps,
                self._tap_table,
                self._factor,
                self._transform.window,
                WIDE,
            )
            self._deemphasize(channel, n, pcm, to, add)
        self._next_pitch(size)

    def _denormalize(self, channel, spectrum, to, n):
        return energies.denormalize(
            self._x,
            spectrum,
            self._words[_SECOND] if channel else 0,
            to,
            n,
            self._words,
            self._energy,
            21 * channel,
            tables.EDGES,
        )

    def _deemphasize(self, channel, n, pcm, to, add):
        post.deemphasize(
            self._out[channel],
            pcm,
            self._end - n,
            n,
            self._emphasis[channel],
            self._shape,
            to + channel,
            self.channels,
            add,
            WIDE,
        )

    def _next_pitch(self, size):
        pitch = self._pitch
        for i in range(3):
            pitch[i] = pitch[6 + i] if size else pitch[3 + i]
            pitch[3 + i] = pitch[6 + i]
