"""PI4IOE5V6408, eight pins on I2C, on the M5Stack Atomic Echo Base.

Registers: PI4IOE5V6408 datasheet (Diodes Incorporated), "Register description".
"""
# MIT License; see LICENSE

from micropython import const

from .expander import ExpanderPin
from .registers import Registers

_IO_DIRECTION = const(0x03)  # 1 is an output
_OUTPUT_PORT = const(0x05)
_OUTPUT_HIGH_Z = const(0x07)  # 1 is high impedance, as all are after reset
_INPUT_STATUS = const(0x0F)


class Pi4ioe5v6408:
    """The expander."""

    def __init__(self, i2c, address=0x43):
        self._registers = Registers(i2c, address, "PI4IOE5V6408")
        self._driven = 0

    def pin(self, number):
        """Pin 0 to 7, an input until it is written."""
        return ExpanderPin(self, 1 << number)

    def all_pins(self):
        """All eight, driven together."""
        return ExpanderPin(self, 0xFF)

    def read(self, mask):
        """1 when a pin of the mask is high."""
        return 1 if self._registers.read(_INPUT_STATUS) & mask else 0

    def write(self, mask, levels):
        """Drive pins: the levels first, then the direction, so that nothing glitches."""
        self._registers.update(_OUTPUT_PORT, mask, levels)
        if mask & ~self._driven:
            self._registers.update(_IO_DIRECTION, mask, mask)
            self._registers.update(_OUTPUT_HIGH_Z, mask, 0)
            self._driven |= mask
