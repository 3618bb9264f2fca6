"""A codec's master clock out of a PWM channel, on any pin.

At 16 kHz the 4.096 MHz of 256 fs are 80 MHz divided by 19 17/32, which the divider of LEDC hits
exactly, as the I2S divider does from 160 MHz: both clocks come of one crystal and never drift
apart, though their edges do not coincide. To be confirmed on hardware for each codec.
"""
# MIT License; see LICENSE

from micropython import const

_HALF = const(32768)


class PwmClock:
    """A square wave at GPIO `pin`."""

    def __init__(self, pin):
        self._pin = pin
        self._pwm = None

    def start(self, hz):
        """Run at a frequency up to 40 MHz, or change to it. Raises ValueError for a higher one."""
        if self._pwm:
            self._pwm.freq(hz)
            return
        from machine import PWM, Pin  # late: a host without it can import this package

        self._pwm = PWM(Pin(self._pin), freq=hz, duty_u16=_HALF)

    def stop(self):
        """Stop and free the channel."""
        if self._pwm:
            self._pwm.deinit()
            self._pwm = None
