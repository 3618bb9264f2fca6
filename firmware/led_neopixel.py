"""One or more addressable LEDs (WS2812, SK6812) that show the same thing together."""
# MIT License; see LICENSE

import time

from micropython import const
from patterns import Animator

# WS2812B datasheet: nanoseconds high and low of a 0, then of a 1.
_TIMING_NS = (400, 850, 800, 450)
_MAX_COUNT = const(64)


class NeoPixelLed:
    """`count` LEDs at GPIO `pin`. order: of the colours on the wire, "GRB", "RGB", "GRBW", ...

    brightness: 1 to 255 for the brightest step; a bare diode at 255 blinds on a desk. Writing
    holds interrupts back for 30 us an LED, so `count` is 64 at most: more raises ValueError.
    """

    def __init__(self, pin, count=1, order="GRB", brightness=40):
        from machine import Pin, bitstream

        if not 1 <= count <= _MAX_COUNT:
            raise ValueError("count must be 1 to 64")
        self._bitstream = bitstream
        self._pin = Pin(pin, Pin.OUT, value=0)
        self._animator = Animator()
        self._brightness = brightness
        self._count = count
        self._places = tuple([order.index(colour) for colour in "RGB"])
        self._width = len(order)
        self._bytes = bytearray(count * len(order))
        self._send()

    def show(self, word):
        """Show a word of patterns.PATTERNS; call it again every 20 ms, for it moves."""
        if not self._animator.show(word, time.ticks_ms()):
            return
        level = self._animator.level
        level = level * level // 255 * self._brightness // 255  # as the eye sees it
        for index in range(3):
            value = self._animator.colour[index] * level // 255
            at = self._places[index]
            for _ in range(self._count):
                self._bytes[at] = value
                at += self._width
        self._send()

    def _send(self):
        self._bitstream(self._pin, 0, _TIMING_NS, self._bytes)
