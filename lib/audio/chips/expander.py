"""Pins on an I2C expander, used as `machine.Pin` outputs and inputs are."""
# MIT License; see LICENSE


class ExpanderPin:
    """One pin of an expander: `value()`, `value(level)`, `on()`, `off()`, as machine.Pin has."""

    def __init__(self, expander, number):
        self._expander = expander
        self._number = number

    def value(self, level=None):
        """Read the level (0 or 1), or drive it."""
        if level is None:
            return self._expander.read(self._number)
        return self._expander.write(self._number, 1 if level else 0)

    def on(self):
        """Drive the pin high."""
        self.value(1)

    def off(self):
        """Drive the pin low."""
        self.value(0)
