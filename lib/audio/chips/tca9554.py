"""TCA9554, eight pins on I2C, on ESP32-S3-Korvo-2.

Registers: TCA9554 datasheet (Texas Instruments), section 8.6, "Register maps".
"""
# MIT License; see LICENSE

from micropython import const

from .expander import ExpanderPin
from .registers import Registers

_INPUT = const(0x00)
_OUTPUT = const(0x01)
_CONFIGURATION = const(0x03)  # 1 is an input


class Tca9554:
    """The expander; TCA9554A, the same at 0x38, is on a few older boards."""

    def __init__(self, i2c, address=0x20):
        self._registers = Registers(i2c, address, "TCA9554")
        self._driven = 0

    def pin(self, number):
        """Pin 0 to 7, an input until it is written."""
        return ExpanderPin(self, 1 << number)

    def read(self, mask):
        """1 when a pin of the mask is high."""
        return 1 if self._registers.read(_INPUT) & mask else 0

    def write(self, mask, levels):
        """Drive pins: the levels first, then the direction, so that nothing glitches."""
        self._registers.update(_OUTPUT, mask, levels)
        if mask & ~self._driven:
            self._registers.update(_CONFIGURATION, mask, 0)
            self._driven |= mask
