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

    def pin(self, number):
        """Pin 0 to 7, an input until it is written."""
        return ExpanderPin(self, number)

    def read(self, number):
        """The level at a pin."""
        return self._registers.read(_INPUT) >> number & 1

    def write(self, number, level):
        """Drive a pin: the level first, then the direction, so that it does not glitch."""
        bit = 1 << number
        self._registers.update(_OUTPUT, bit, bit if level else 0)
        self._registers.update(_CONFIGURATION, bit, 0)
