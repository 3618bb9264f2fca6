"""A fake machine.I2S: DMA descriptors of 256 frames in a ring, as ESP-IDF runs them.

The converter moves a descriptor at a time, by the fake clock and off by `ppm`. The driver's
queue holds one descriptor less than there are, and drops the oldest. Until an object is polled
it blocks, which here moves the clock. Nothing is allocated while samples move, where ints are
small.
"""
# MIT License; see LICENSE

import io
from array import array

from fake_clock import clock

_BLOCK = 256
_POLL = 3  # MP_STREAM_POLL


class I2S(io.IOBase):
    """One object a port, master, simplex.

    `sources` by port: objects with `fill(ring, at, frame, frames)`, which puts 32-bit slots, left
    and right, each as lower and upper half; `sinks`: with `play(ring, at, words_a_slot, frame,
    frames)`. Class attributes, because the world outlives the object.
    """

    RX, TX = 0, 1
    MONO, STEREO = 0, 1
    port_count = 2
    ppm = 0
    sources = {}
    sinks = {}
    ports = {}
    null = None

    def __init__(self, id, *, sck, ws, sd, mode, bits, format, rate, ibuf):
        if not 0 <= id < I2S.port_count:
            raise ValueError("invalid id")
        if bits not in (16, 32):
            raise ValueError("invalid bits")
        old = I2S.ports.get(id)
        if old:
            old.deinit()
        I2S.ports[id] = self
        self.port, self.rx, self.rate = id, mode == I2S.RX, rate
        self.pins = (sck.id, ws.id, sd.id)
        self.format, self.bits = format, bits
        # Half words in the ring: RX is always two slots of 32 bits, TX what was asked for.
        self._words = 2 if self.rx or bits == 32 else 1
        self._frame = 2 * self._words
        frame_bytes = 2 * self._frame if self.rx or format == I2S.STEREO else self._frame
        self.descriptors = max(2, ibuf // (_BLOCK * frame_bytes))
        self._ring = array("H", bytes(2 * _BLOCK * self._frame * self.descriptors))
        self.moved = 0  # descriptors that the converter has finished
        self._ready = 0  # in the driver's queue: filled (RX) or free (TX)
        self._current, self._at = -1, _BLOCK
        self.dropped = self.blocked_us = 0
        self.started_us = self._last_us = clock.now_us
        self._rest = self._frames = self._drift = 0
        self.blocking, self.open = True, True

    # -- the stream, as the facts say --------------------------------------------------------

    def ioctl(self, request, flags):
        if request != _POLL:
            return -1
        self.blocking = False
        self._run()
        return flags & (1 if self.rx else 4) if self._ready else 0

    def fileno(self):
        """For select.poll of CPython, which asks here and nowhere else: always ready."""
        self.blocking = False
        if I2S.null is None:
            I2S.null = open("/dev/null", "r+b", 0)  # noqa: SIM115
        return I2S.null.fileno()

    def readinto(self, buffer):
        return self._move(buffer, True)

    def write(self, buffer):
        return self._move(buffer, False)

    def deinit(self):
        if self.open:
            self._run()
            self.open = False
            I2S.ports.pop(self.port, None)

    # -- the converter -----------------------------------------------------------------------

    def _run(self):
        """Let the converter do what it has done since the last look."""
        us = clock.now_us - self._last_us
        self._last_us = clock.now_us
        # ppm of a few hundred at most: they are counted in frames, so that ints stay small.
        whole = us * (self.rate // 1000) + self._rest
        self._rest = whole % 1000
        self._drift += whole // 1000 * I2S.ppm
        self._frames += whole // 1000 + self._drift // 1000000
        self._drift %= 1000000
        while self._frames >= _BLOCK:
            self._frames -= _BLOCK
            self._finish()

    def _finish(self):
        """A descriptor is through."""
        at = self.moved % self.descriptors * _BLOCK * self._frame
        frame = self.moved * _BLOCK
        if self.rx:
            if self.port in I2S.sources:
                I2S.sources[self.port].fill(self._ring, at, frame, _BLOCK)
        elif self.port in I2S.sinks:
            I2S.sinks[self.port].play(self._ring, at, self._words, frame, _BLOCK)
        if not self.rx:
            for i in range(at, at + _BLOCK * self._frame):
                self._ring[i] = 0  # auto_clear
        self.moved += 1
        if self._ready == self.descriptors - 1:
            self.dropped += 1
        else:
            self._ready += 1

    # -- the driver --------------------------------------------------------------------------

    def _next(self):
        """Take the oldest descriptor of the queue; False when it is empty."""
        self._run()
        while not self._ready:
            if not self.blocking:
                return False
            clock.advance(1000)
            self.blocked_us += 1000
            self._run()
        self._current = (self.moved - self._ready) % self.descriptors
        self._ready -= 1
        self._at = 0
        return True

    def _move(self, buffer, reading):
        """Copy whole frames of a view of 16-bit items; returns bytes, as the driver does."""
        if not self.open or reading != self.rx:
            raise OSError(1)
        both = self.format == I2S.STEREO
        step = self._frame if both else self._words
        if len(buffer) % step:
            raise OSError(22)
        done = 0
        self._run()
        while done < len(buffer):
            if self._at == _BLOCK and not self._next():
                break
            base = (self._current * _BLOCK + self._at) * self._frame
            for i in range(self._frame):
                if reading and i < step:
                    buffer[done + i] = self._ring[base + i]
                elif not reading:
                    self._ring[base + i] = buffer[done + i % step]
            self._at += 1
            done += step
        return 2 * done


def reset():
    """Time zero, nothing connected."""
    clock.reset()
    I2S.ppm = 0
    I2S.port_count = 2
    for table in (I2S.sources, I2S.sinks, I2S.ports):
        table.clear()
