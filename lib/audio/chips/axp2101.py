"""AXP2101, a power chip, in M5Stack CoreS3: its low-dropout regulators.

Registers: AXP2101 datasheet (X-Powers), section "Register description".
"""
# MIT License; see LICENSE

from micropython import const

from .registers import Registers

ALDO1 = const(0)
ALDO2 = const(1)
ALDO3 = const(2)
ALDO4 = const(3)
BLDO1 = const(4)
BLDO2 = const(5)
DLDO1 = const(7)

_CHIP_ID = const(0x03)
_LDO_ON = const(0x90)
# The voltage of regulator 0; the others follow.
_LDO_VOLTAGE = const(0x92)

_ID = const(0x4A)
# 0.5 V and more in steps of 100 mV.
_LOWEST_MV = const(500)
_STEP_MV = const(100)
_VOLTAGE_BITS = const(0x1F)
_HIGHEST_STEP = const(0x1C)


class Axp2101:
    """The power chip. Raises ChipError when another one or none is there."""

    def __init__(self, i2c, address=0x34):
        self._registers = Registers(i2c, address, "AXP2101")
        self._registers.identify(_CHIP_ID, _ID)

    def supply(self, regulator, millivolts):
        """Switch ALDO1 .. DLDO1 on at 500 to 3300 mV. Raises ValueError for another voltage."""
        steps, rest = divmod(millivolts - _LOWEST_MV, _STEP_MV)
        if rest or not 0 <= steps <= _HIGHEST_STEP:
            raise ValueError(f"AXP2101 has no voltage of {millivolts} mV")
        self._registers.update(_LDO_VOLTAGE + regulator, _VOLTAGE_BITS, steps)
        self._registers.update(_LDO_ON, 1 << regulator, 1 << regulator)
