"""The touch panel of the CoreS3 as a button.

Registers: FT6336U application note (FocalTech), "Register map of working mode".
"""
# MIT License; see LICENSE

from audio.chips.registers import Registers
from micropython import const

_ADDRESS = const(0x38)
_TD_STATUS = const(0x02)
_POINTS = const(0x0F)


class TouchButton:
    """Down while a finger is anywhere on the panel."""

    def __init__(self, i2c):
        self._registers = Registers(i2c, _ADDRESS, "FT6336U")

    def pressed(self):
        """Whether it is down now."""
        try:
            points = self._registers.read(_TD_STATUS) & _POINTS
        except OSError:
            return False  # a panel in reset or asleep is not touched
        return 0 < points <= 2
