"""A small monochrome display (SSD1306, SSD1309, SH1106) that says in words what an LED blinks."""
# MIT License; see LICENSE

import time

from micropython import const
from patterns import Animator

# SSD1306 datasheet section 9. One page, 8 rows, goes out a call: 3 ms of a 400 kHz bus, which
# sound does not notice; the whole picture would take 25 ms.
_PAGE = const(0xB0)
_COLUMN_LOW = const(0x00)
_COLUMN_HIGH = const(0x10)
_BEGIN = (
    0xAE, 0xD5, 0x80, 0xD3, 0x00, 0x40, 0x8D, 0x14, 0x20, 0x02, 0xA1, 0xC8, 0x81, 0x6F,
    0xD9, 0xF1, 0xDB, 0x30, 0xA4, 0xA6,
)  # fmt: skip
_ON = const(0xAF)
_COMMAND = b"\x00"
_DATA = b"\x40"
_DOT = const(8)
_LETTER = const(8)
_LINE = const(12)
_HALF = const(128)
# A display that is silent so often in a row is not there; asking on would cost the sound time.
_PATIENCE = const(3)

_WORDS = {
    "off": "Ready",
    "connecting": "Connecting",
    "live": "Live",
    "muted": "Muted",
    "speaking": "Live",
    "reconnecting": "Reconnecting",
    "error": "Trouble",
    "setup": "Setup",
    "updating": "Updating",
}


class OledLed:
    """width x height pixels, 128 x 64 or 128 x 32, at an I2C `address`.

    i2c: a machine.I2C. column: the first one of the controller's memory that is seen, 2 for a
    SH1106. Raises OSError when no display answers.
    """

    def __init__(self, i2c, width=128, height=64, address=0x3C, column=0):
        from framebuf import MONO_VLSB, FrameBuffer

        self._i2c = i2c
        self._address = address
        self._column = column
        self._width = width
        self._height = height
        self._animator = Animator()
        self._bytes = bytearray(width * height // 8)
        view = memoryview(self._bytes)
        self._pages = [view[at : at + width] for at in range(0, len(view), width)]
        self._picture = FrameBuffer(self._bytes, width, height, MONO_VLSB)
        self._lines = ()
        self._dirty = 0
        self._failures = 0
        for value in _BEGIN + (0xA8, height - 1, 0xDA, 0x12 if height == 64 else 0x02):
            self._command(value)
        self._draw()
        while self._dirty:
            self._send_page()
        self._command(_ON)

    def show(self, word):
        """Show a word of patterns.PATTERNS; call it again every 20 ms, for it moves."""
        before = self._animator.word
        if self._animator.show(word, time.ticks_ms()):
            if word != before:
                self._draw()
            self._draw_dot()
        if not self._dirty or self._failures >= _PATIENCE:
            return
        try:
            self._send_page()
            self._failures = 0
        except OSError:
            self._failures += 1  # its page waits for the next change

    def tell(self, lines):
        """Show lines of text under the word; what is too long is cut."""
        if lines != self._lines:
            self._lines = lines
            self._draw()
            self._draw_dot()

    def _draw(self):
        self._picture.fill(0)
        word = self._animator.word or "off"
        self._picture.text(_WORDS.get(word, word), 0, 0)
        y = _LINE + 2
        letters = self._width // _LETTER
        for line in self._lines:
            if y + _LETTER > self._height:
                break
            self._picture.text(line[:letters], 0, y)
            y += _LINE
        self._dirty = (1 << len(self._pages)) - 1

    def _draw_dot(self):
        lit = self._animator.level >= _HALF
        self._picture.fill_rect(self._width - _DOT, 0, _DOT, _DOT, 1 if lit else 0)
        self._dirty |= 1

    def _send_page(self):
        page = 0
        while not self._dirty >> page & 1:
            page += 1
        self._dirty &= ~(1 << page)
        self._command(_PAGE | page)
        self._command(_COLUMN_LOW | self._column & 15)
        self._command(_COLUMN_HIGH | self._column >> 4)
        self._i2c.writevto(self._address, (_DATA, self._pages[page]))

    def _command(self, value):
        self._i2c.writeto(self._address, _COMMAND + bytes((value,)))
