"""The touch panel of the CoreS3 as a button.

Registers: FT6336U application note (FocalTech), "Register map of working mode".
"""
# MIT License; see LICENSE

from micropython import const

_ADDRESS = const(0x38)
_TD_STATUS = const(0x02)
_POINTS = const(0x0F)
_MOST_POINTS = const(2)


class TouchButton:
    """Down while a finger is anywhere on the panel."""

    def __init__(self, i2c):
        self._i2c = i2c
        self._status = bytearray(1)

    def pressed(self):
        """Whether it is down now; asked every 20 ms, so a panel that is silent costs nothing."""
        try:
            self._i2c.readfrom_mem_into(_ADDRESS, _TD_STATUS, self._status)
        except OSError:
            return False  # in reset or asleep
        return 0 < self._status[0] & _POINTS <= _MOST_POINTS
