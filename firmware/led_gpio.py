"""An LED on a pin, on and off or dimmed by PWM."""
# MIT License; see LICENSE

import time

from micropython import const
from patterns import Animator

_PWM_HZ = const(1000)
_HALF = const(128)


class GpioLed:
    """An LED at GPIO `pin`, lit by a high level, or a low one with active_high=False.

    pwm=True dims it, which takes one of the chip's PWM channels.
    """

    def __init__(self, pin, active_high=True, pwm=False):
        from machine import PWM, Pin

        self._animator = Animator()
        self._low = not active_high
        self._pin = Pin(pin, Pin.OUT, value=int(self._low))
        self._pwm = PWM(self._pin, freq=_PWM_HZ, duty_u16=0xFFFF * self._low) if pwm else None

    def show(self, word):
        """Show a word of patterns.PATTERNS; call it again every 20 ms, for it moves."""
        if not self._animator.show(word, time.ticks_ms()):
            return
        level = self._animator.level
        if self._pwm is None:
            self._pin.value((level >= _HALF) != self._low)
        else:
            # The eye sees the square root of what it gets.
            duty = level * level * 0xFFFF // (255 * 255)
            self._pwm.duty_u16(0xFFFF - duty if self._low else duty)
