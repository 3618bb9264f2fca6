"""AW88298, a class-D amplifier with an I2S input, in M5Stack CoreS3.

Register names and meanings: AW88298 datasheet (Awinic), "Register list" and "Detailed register
description". Registers hold 16 bits.
"""
# MIT License; see LICENSE

from micropython import const

from .registers import Registers

_ID = const(0x00)
_SYSCTRL = const(0x04)
_SYSCTRL2 = const(0x05)
_I2SCTRL = const(0x06)
_HAGCCFG4 = const(0x0C)
_BSTCTRL2 = const(0x61)

_CHIP_ID = const(0x1852)
# Philips I2S, 16-bit words, bit clock of 32 fs; the low bits are the rate.
_FORMAT = const(0x14C0)
_RATES = {8000: 0, 11025: 1, 12000: 2, 16000: 3, 22050: 4, 24000: 5, 32000: 6, 44100: 7, 48000: 8}
_RUN = const(0x4040)  # I2S on, amplifier and chip powered
_OFF = const(0x4003)  # amplifier and chip powered down
_UNMUTED = const(0x0008)
_HMUTE = const(0x0010)
_HAGC = const(0x0064)
_BOOST_OFF = const(0x0673)


class Aw88298:
    """The speaker output of an AW88298; it takes its clock from BCLK and has no MCLK."""

    def __init__(self, i2c, address=0x36):
        self._registers = Registers(i2c, address, "AW88298", width=2)
        self._percent = 100
        self.running = False

    def start(self, rate_hz, mclk_hz=0):
        """Power up for a rate of 8 to 48 kHz; once is enough. BCLK runs before this.

        Raises ChipError, and ValueError when the chip has no such rate.
        """
        rate = _RATES.get(rate_hz)
        if rate is None:
            raise ValueError(f"AW88298 has no rate of {rate_hz} Hz")
        if self.running:
            return
        registers = self._registers
        registers.differs(_ID, _CHIP_ID)
        registers.run((
            (_BSTCTRL2, _BOOST_OFF),
            (_SYSCTRL, _RUN),
            (_SYSCTRL2, _UNMUTED),
            (_I2SCTRL, _FORMAT | rate),
        ))  # fmt: skip
        self.running = True
        self.volume(self._percent)

    def volume(self, percent):
        """The volume, 0 to 100: half a decibel a percent, 100 is 0 dB, 0 is silence."""
        self._percent = percent = min(max(percent, 0), 100)
        if self.running:
            # The high byte counts 6 dB and half decibels; 0xFF is the quietest.
            halves = 100 - percent
            attenuation = halves // 12 << 4 | halves % 12 if percent else 0xFF
            self._registers.write(_HAGCCFG4, attenuation << 8 | _HAGC)

    def mute(self, muted):
        """Silence the output, or let it sound."""
        self._registers.update(_SYSCTRL2, _HMUTE, _HMUTE if muted else 0)

    def stop(self):
        """Power down."""
        if self.running:
            self.running = False
            self._registers.write(_SYSCTRL, _OFF)
