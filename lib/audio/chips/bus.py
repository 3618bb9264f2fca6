"""A microphone and a speaker behind chips on one I2S bus: chips start after its clocks.

A codec locks onto the clocks that come in, so the order is: master clock, I2S, chips, amplifier;
and back the other way, so that nothing is heard of it. Once started chips stay up: switching
between talking and listening costs a few register writes, and `off()` powers them down.
"""
# MIT License; see LICENSE

from micropython import const

from ..i2s_microphone import Microphone
from ..i2s_speaker import Speaker

_MASTER_FS = const(256)
# Two slots of 32 bits, in both directions.
_BIT_FS = const(64)


class CodecBus:
    """The chips of a bus.

    recorders, players: drivers that a microphone, a speaker needs. amplifier: a Pin, or what has
    `on()` and `off()`, for the power amplifier behind the players. master_clock: what has
    `start(hz)` and `stop()`; without it chips get the bit clock.
    """

    def __init__(self, recorders, players, amplifier=None, master_clock=None):
        self._recorders = recorders
        self._players = players
        self._amplifier = amplifier
        self._master_clock = master_clock
        self._ticking = False
        self.quiet()

    def clock(self, rate_hz):
        """Start the master clock; needed before I2S runs."""
        if self._master_clock and not self._ticking:
            self._master_clock.start(rate_hz * _MASTER_FS)
            self._ticking = True

    def record(self, rate_hz):
        """Start the chips of the microphone. Raises ChipError, ValueError."""
        self._start(self._recorders, rate_hz)

    def play(self, rate_hz):
        """Start the chips of the speaker, then the amplifier. Raises ChipError, ValueError."""
        self._start(self._players, rate_hz)
        if self._amplifier:
            self._amplifier.on()

    def quiet(self):
        """Switch the amplifier off."""
        if self._amplifier:
            self._amplifier.off()

    def off(self):
        """Power everything down."""
        self.quiet()
        for chip in self._recorders + self._players:
            chip.stop()
        if self._ticking:
            self._master_clock.stop()
            self._ticking = False

    def _start(self, chips, rate_hz):
        clock_hz = rate_hz * (_MASTER_FS if self._master_clock else _BIT_FS)
        for chip in chips:
            chip.start(rate_hz, clock_hz)


class BusMicrophone(Microphone):
    """A Microphone whose chips are on `bus`, a CodecBus; the rest as for Microphone.

    The gain is 0 dB unless it is given: the chip amplifies.
    """

    def __init__(self, bus, sck, ws, sd, gain_db=0, **options):
        super().__init__(sck, ws, sd, gain_db=gain_db, **options)
        self._bus = bus

    def start(self):
        """Begin. Raises ChipError when a chip does not answer, and what machine.I2S does."""
        self._bus.clock(self.rate_hz)
        super().start()
        try:
            self._bus.record(self.rate_hz)
        except (OSError, ValueError):
            self.stop()
            raise


class BusSpeaker(Speaker):
    """A Speaker whose chips are on `bus`, a CodecBus; the rest as for Speaker."""

    def __init__(self, bus, sck, ws, sd, port=0, slot_bits=32, **options):
        super().__init__(sck, ws, sd, port=port, slot_bits=slot_bits, **options)
        self._bus = bus

    def start(self):
        """Begin. Raises ChipError when a chip does not answer, and what machine.I2S does."""
        self._bus.clock(self.rate_hz)
        super().start()
        try:
            self._bus.play(self.rate_hz)
        except (OSError, ValueError):
            self.stop()
            raise

    def stop(self):
        """Stop at once: the amplifier first, so that nothing is heard of it.

        Raises what the amplifier does; the port is free all the same.
        """
        try:
            if self.running:
                self._bus.quiet()
        finally:
            super().stop()
