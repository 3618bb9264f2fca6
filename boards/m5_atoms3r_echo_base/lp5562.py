"""The LED driver behind the AtomS3R's screen.

Registers: LP5562 datasheet (Texas Instruments), section 8.6, "Register maps".
"""
# MIT License; see LICENSE

from audio.chips.registers import Registers
from micropython import const

_ADDRESS = const(0x30)
_ENABLE = const(0x00)
_CONFIG = const(0x08)
_W_PWM = const(0x0E)
_LED_MAP = const(0x70)

_CHIP_ENABLE = const(0x40)
_INTERNAL_CLOCK = const(0x41)  # and PWM at 558 Hz


class Backlight:
    """The white channel of the LP5562."""

    def __init__(self, i2c):
        self._registers = Registers(i2c, _ADDRESS, "LP5562")

    def on(self, brightness=200):
        """Light it, 0 to 255. Raises ChipError."""
        self._registers.run((
            (_ENABLE, _CHIP_ENABLE),
            (_CONFIG, _INTERNAL_CLOCK),
            (_LED_MAP, 0x00),  # every channel by its register, not by a program
            (_W_PWM, brightness),
        ))  # fmt: skip
