"""AW9523, sixteen pins on I2C, in M5Stack CoreS3.

Registers: AW9523B datasheet (Awinic), "Register list".
"""
# MIT License; see LICENSE

from micropython import const

from .expander import ExpanderPin
from .registers import Registers

_INPUT_P0 = const(0x00)
_OUTPUT_P0 = const(0x02)
_CONFIG_P0 = const(0x04)  # 1 is an input
_ID = const(0x10)
_GCR = const(0x11)

_CHIP_ID = const(0x23)
_PUSH_PULL = const(0x10)


class Aw9523:
    """The expander; port 0 drives both ways (GPOMD) and not only low."""

    def __init__(self, i2c, address=0x58):
        self._registers = Registers(i2c, address, "AW9523")
        self._registers.identify(_ID, _CHIP_ID)
        self._registers.update(_GCR, _PUSH_PULL, _PUSH_PULL)
        self._driven = 0

    def pin(self, number):
        """Pin 0 to 7 of port 0, 8 to 15 of port 1; as it is until it is written."""
        return ExpanderPin(self, 1 << number)

    def read(self, mask):
        """1 when a pin of the mask is high."""
        levels = self._registers.read(_INPUT_P0) | self._registers.read(_INPUT_P0 + 1) << 8
        return 1 if levels & mask else 0

    def write(self, mask, levels):
        """Drive pins: the levels first, then the direction, so that nothing glitches."""
        for port in (0, 1):
            bits = mask >> 8 * port & 0xFF
            if bits:
                self._registers.update(_OUTPUT_P0 + port, bits, levels >> 8 * port)
                if mask & ~self._driven:
                    self._registers.update(_CONFIG_P0 + port, bits, 0)
        self._driven |= mask
