"""A square on a small colour screen that stands for an LED, where a board has no other.

For controllers that speak the MIPI display command set (DCS 1.3, section 6): ILI9341, ILI9342C,
ST7789, GC9107. To be confirmed on hardware for each panel.
"""
# MIT License; see LICENSE

import time

from micropython import const
from patterns import Animator

_SWRESET = const(0x01)
_SLPOUT = const(0x11)
_INVON = const(0x21)
_DISPON = const(0x29)
_CASET = const(0x2A)
_RASET = const(0x2B)
_RAMWR = const(0x2C)
_MADCTL = const(0x36)
_COLMOD = const(0x3A)

_BGR = b"\x08"
_RGB565 = b"\x55"
_WAKE_MS = const(10)
_SETTLE_MS = const(120)
# The square's side in pixels, and the rows that one transfer holds.
_SIDE = const(64)
_ROWS = const(8)


class ScreenLed:
    """A square in the middle of a screen of width x height pixels.

    spi: a machine.SPI. cs, dc: GPIO numbers. top: rows of the controller's memory above the
    picture. inverted: the panel shows complements. setup: (command, data) pairs that the
    controller needs first.
    """

    def __init__(self, spi, cs, dc, width, height, top=0, inverted=False, setup=()):
        from machine import Pin

        self._spi = spi
        self._cs = Pin(cs, Pin.OUT, value=1)
        self._dc = Pin(dc, Pin.OUT, value=0)
        self._animator = Animator()
        self._pixels = bytearray(2 * _SIDE * _ROWS)
        self._left = (width - _SIDE) // 2
        self._top = (height - _SIDE) // 2 + top
        self._begin(inverted, setup)
        self._window(0, top, width, height)
        self._fill(width * height)
        self._window(self._left, self._top, _SIDE, _SIDE)

    def show(self, word):
        """Show a word of patterns.PATTERNS; call it again every 20 ms, for it moves."""
        animator = self._animator
        if not animator.show(word, time.ticks_ms()):
            return
        level = animator.level * animator.level // 255  # as the eye sees it
        red, green, blue = animator.colour
        pixel = red * level // 255 >> 3 << 11 | green * level // 255 >> 2 << 5
        pixel |= blue * level // 255 >> 3
        pixels = self._pixels
        for at in range(0, len(pixels), 2):
            pixels[at] = pixel >> 8
            pixels[at + 1] = pixel & 0xFF
        self._command(_RAMWR)  # starts again at the window's corner
        self._fill(_SIDE * _SIDE)

    def _begin(self, inverted, setup):
        time.sleep_ms(_WAKE_MS)  # after the reset pin, which is the board's business
        self._command(_SWRESET)
        time.sleep_ms(_SETTLE_MS)
        for command, data in setup:
            self._command(command, data)
        self._command(_SLPOUT)
        time.sleep_ms(_SETTLE_MS)
        self._command(_COLMOD, _RGB565)
        self._command(_MADCTL, _BGR)
        if inverted:
            self._command(_INVON)
        self._command(_DISPON)

    def _window(self, left, top, width, height):
        for command, first, size in ((_CASET, left, width), (_RASET, top, height)):
            last = first + size - 1
            self._command(command, bytes((first >> 8, first & 0xFF, last >> 8, last & 0xFF)))
        self._command(_RAMWR)

    def _fill(self, count):
        """Send so many pixels of the buffer's colour, a multiple of what it holds."""
        self._dc.value(1)
        self._cs.value(0)
        for _ in range(count // (_SIDE * _ROWS)):
            self._spi.write(self._pixels)
        self._cs.value(1)

    def _command(self, command, data=None):
        self._cs.value(0)
        self._dc.value(0)
        self._spi.write(bytes((command,)))
        if data:
            self._dc.value(1)
            self._spi.write(data)
        self._cs.value(1)
