"""AXP2101, a power chip, in M5Stack CoreS3: its low-dropout regulators and its LED.

Registers: AXP2101 datasheet (X-Powers), section "Register description".
"""
# MIT License; see LICENSE

from micropython import const

from .registers import Registers

_CHIP_ID = const(0x03)
_CHGLED = const(0x69)
_LDO_ON = const(0x90)
_ALDO1 = const(0x92)

_ID = const(0x4A)
# ALDO voltages: 0.5 to 3.5 V in steps of 100 mV.
_LOWEST_MV = const(500)
_STEP_MV = const(100)
_VOLTAGE = const(0x1F)
# CHGLED driven by this register: off, or held low, which lights it.
_LED_BY_REGISTER = const(0x05)
_LED_LOW = const(0x30)
_LED_BITS = const(0x37)


class Axp2101:
    """The power chip."""

    def __init__(self, i2c, address=0x34):
        self._registers = Registers(i2c, address, "AXP2101")
        self._registers.identify(_CHIP_ID, _ID)

    def aldo(self, number, millivolts):
        """Switch ALDO 1 to 4 on at 500 to 3500 mV. Raises ValueError for another voltage."""
        steps, rest = divmod(millivolts - _LOWEST_MV, _STEP_MV)
        if rest or not 0 <= steps <= 30:
            raise ValueError(f"AXP2101 has no ALDO voltage of {millivolts} mV")
        self._registers.update(_ALDO1 + number - 1, _VOLTAGE, steps)
        bit = 1 << (number - 1)
        self._registers.update(_LDO_ON, bit, bit)

    def value(self, level):
        """Light the charging LED or put it out, as a machine.Pin would."""
        self._registers.update(_CHGLED, _LED_BITS, _LED_BY_REGISTER | (_LED_LOW if level else 0))
