"""The virtual board's microphone: a WAV file or a FIFO, at real pace, at 16 kHz."""
# MIT License; see LICENSE

import math
import os
import select
from array import array

import wav
from fir_viper import convolve
from micropython import const
from sim_host import Clock, now_us, option, record

_RATE_HZ = const(16000)
# A converter hands over whole DMA buffers, and drops the oldest when nobody takes them.
_BLOCK = const(256)
_DEPTH_BLOCKS = const(16)
_PHASES = const(128)
_FIFO = const(0x1000)
_FILE_TYPE = const(0xF000)
# 1 ms of a pipe: the most that a read may wait for a writer who stops in mid-sample.
_PIPE_BYTES = const(32)


def _is_pipe(path):
    return os.stat(path)[0] & _FILE_TYPE == _FIFO


class Microphone:
    """Reads `path`: a mono 16-bit WAV of any rate, or a FIFO of raw 16 kHz samples.

    `path` None is silence; `repeat` starts a file again at its end, else silence follows.
    Raises OSError or wav.WavError when the file can't be used.
    """

    rate_hz = _RATE_HZ

    def __init__(self, path, repeat=True):
        if not path:
            self._source = _Silence()
        elif _is_pipe(path):
            self._source = _Pipe(path)
        else:
            self._source = _File(path, repeat)
        self._clock = Clock(_RATE_HZ, option("microphone_ppm", 0))
        self._block = array("h", bytes(2 * _BLOCK))
        self._view = memoryview(self._block)
        self._at = _BLOCK
        self._taken = 0
        self.running = False
        self.overruns = 0

    def start(self):
        """Begin at the first sample; event `microphone-started` has the time it was spoken."""
        self._source.rewind()
        self._clock.start()
        self._at = _BLOCK
        self._taken = 0
        self.running = True
        record("microphone-started", {"rate_hz": _RATE_HZ, "start_us": now_us()})

    def stop(self):
        """Stop; what was not read is lost."""
        if self.running:
            self.running = False
            record("microphone-stopped", {"overruns": self.overruns})

    def readinto(self, pcm):
        """Read into a memoryview of 16-bit samples; returns how many there were, maybe 0."""
        if not self.running:
            return 0
        if self._at == _BLOCK and not self._next_block():
            return 0
        count = min(len(pcm), _BLOCK - self._at)
        pcm[:count] = self._view[self._at : self._at + count]
        self._at += count
        return count

    def _next_block(self):
        """Take one DMA buffer, when the clock says that it is full."""
        ready = self._clock.samples() // _BLOCK - self._taken
        if ready <= 0:
            return False
        while ready > _DEPTH_BLOCKS:
            self._source.fill(self._block)
            self._taken += 1
            self.overruns += 1
            ready -= 1
        self._source.fill(self._block)
        self._taken += 1
        self._at = 0
        return True


class _Silence:
    def rewind(self):
        pass  # silence has no beginning

    def fill(self, block):
        pass  # the block was made of zeros and nobody writes to it


class _File:
    """A WAV file at its own rate, brought to 16 kHz with a windowed-sinc interpolator."""

    def __init__(self, path, repeat):
        self._wav = wav.Reader(path)
        self._repeat = repeat and self._wav.frames > 0
        rate = self._wav.rate_hz
        self._step = rate
        # Below 16 kHz the filter keeps all; above, it cuts what 16 kHz can't hold.
        cutoff = min(1.0, _RATE_HZ / rate)
        self._taps = 16 if rate <= _RATE_HZ else 2 * (8 * rate // _RATE_HZ + 1)
        self._table = _sinc_table(self._taps, cutoff) if rate != _RATE_HZ else None
        span = _BLOCK * rate // _RATE_HZ + self._taps + 2
        self._samples = array("h", bytes(2 * span))
        self._bytes = memoryview(bytearray(2 * span))
        self._held = self._fraction = 0

    def rewind(self):
        self._wav.rewind()
        self._held = self._fraction = 0

    def fill(self, block):
        if self._table is None:
            self._read(block, 0, len(block))
            return
        need = (self._fraction + (len(block) - 1) * self._step) // _RATE_HZ + self._taps + 1
        self._read(self._samples, self._held, need - self._held)
        moved = self._fraction + len(block) * self._step
        convolve(self._samples, self._table, block,
                 (self._taps, _PHASES, self._fraction, self._step, _RATE_HZ))  # fmt: skip
        used = moved // _RATE_HZ
        self._fraction = moved % _RATE_HZ
        self._held = need - used
        self._samples[: self._held] = self._samples[used:need]

    def _read(self, samples, start, count):
        """Put `count` samples of the file at `start`; silence after its end."""
        view = memoryview(samples)
        at = start
        end = start + count
        while at < end:
            piece = self._bytes[: 2 * (end - at)]
            got = self._wav.readinto(piece) // 2
            if got:
                view[at : at + got] = array("h", bytes(piece[: 2 * got]))
                at += got
            elif self._repeat:
                self._wav.rewind()
            else:
                view[at:end] = array("h", bytes(2 * (end - at)))
                return


class _Pipe:
    """Raw 16 kHz samples of a FIFO; silence while nothing is in it."""

    def __init__(self, path):
        # Opened for both, so that it opens at once and never ends when a writer goes.
        self._file = open(path, "r+b")  # noqa: SIM115
        self._poll = select.poll()
        self._poll.register(self._file, select.POLLIN)

    def rewind(self):
        pass  # a pipe is now

    def fill(self, block):
        view = memoryview(block)
        piece = bytearray(_PIPE_BYTES)
        for at in range(0, _BLOCK, _PIPE_BYTES // 2):
            if self._poll.poll(0):
                self._file.readinto(piece)
            else:
                piece = bytearray(_PIPE_BYTES)
            view[at : at + _PIPE_BYTES // 2] = array("h", piece)


def _sinc_table(taps, cutoff):
    """Q14 taps for each of 128 phases and one more: sinc under a Hann window, gain 1."""
    table = array("h", bytes(2 * taps * _PHASES))
    half = taps / 2
    for phase in range(_PHASES):
        row = []
        for tap in range(taps):
            x = tap - half + 1 - phase / _PHASES
            angle = math.pi * x * cutoff
            sinc = math.sin(angle) / angle if abs(angle) > 1e-6 else 1.0
            row.append(sinc * (0.5 + 0.5 * math.cos(math.pi * x / half)))
        scale = 16384 / sum(row)
        for tap in range(taps):
            table[phase * taps + tap] = round(row[tap] * scale)
    return table
