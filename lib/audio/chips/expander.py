"""Pins on an I2C expander, used as `machine.Pin` outputs and inputs are."""
# MIT License; see LICENSE


class ExpanderPin:
    """Pins of an expander, by bit mask: `value()`, `value(level)`, `on()`, `off()` as of a Pin.

    Several pins are driven together, and read as 1 when one of them is high.
    """

    def __init__(self, expander, mask):
        self._expander = expander
        self._mask = mask

    def value(self, level=None):
        """Read the level (0 or 1), or drive it."""
        if level is None:
            return self._expander.read(self._mask)
        return self._expander.write(self._mask, self._mask if level else 0)

    def on(self):
        """Drive the pin high."""
        self.value(1)

    def off(self):
        """Drive the pin low."""
        self.value(0)
