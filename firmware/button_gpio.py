"""A push button on a pin."""
# MIT License; see LICENSE


class GpioButton:
    """A button at GPIO `pin`, down when the pin is low, or high with active_low=False.

    pull_up: use the chip's own resistor; pins that can only be inputs (ESP32: 34 to 39) have
    none. Contacts that bounce are the business of gestures.Gestures.
    """

    def __init__(self, pin, active_low=True, pull_up=True):
        from machine import Pin

        pull = (Pin.PULL_UP if active_low else Pin.PULL_DOWN) if pull_up else None
        self._pin = Pin(pin, Pin.IN, pull)
        self._down = 0 if active_low else 1

    def pressed(self):
        """Whether it is down now."""
        return self._pin.value() == self._down
