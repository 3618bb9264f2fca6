"""The monochrome display: words and lines, a page at a time, and only what changed."""
# MIT License; see LICENSE

import unittest

from led_oled import OledLed


class _I2c:
    """Keeps what the display's memory holds, and counts transfers of pixels."""

    def __init__(self):
        self.commands = []
        self.memory = {}
        self.transfers = 0
        self.tries = 0
        self.silent = False

    def writeto(self, address, data):
        self.tries += 1
        if self.silent:
            raise OSError(19)
        assert address == 0x3C and data[0] == 0
        self.commands.append(data[1])

    def writevto(self, address, parts):
        control, pixels = parts
        assert address == 0x3C and control == b"\x40"
        page, low, high = self.commands[-3:]
        self.memory[page & 15] = bytes(pixels)
        self.column = low & 15 | (high & 15) << 4
        self.transfers += 1


def _settle(led, word):
    for _ in range(20):
        led.show(word)


class TestOled(unittest.TestCase):
    def test_it_begins_dark_and_whole_and_is_then_switched_on(self):
        i2c = _I2c()
        OledLed(i2c)
        self.assertEqual(i2c.commands[0], 0xAE)
        self.assertEqual(i2c.commands[-1], 0xAF)
        self.assertEqual(sorted(i2c.memory), list(range(8)))
        self.assertTrue(any(i2c.memory[0]))  # "Ready"

    def test_one_page_a_call(self):
        i2c = _I2c()
        led = OledLed(i2c)
        i2c.transfers = 0
        led.show("setup")
        self.assertEqual(i2c.transfers, 1)
        for expected in range(2, 9):
            led.show("setup")
            self.assertTrue(i2c.transfers <= expected)

    def test_words_differ_and_nothing_is_sent_when_nothing_changes(self):
        i2c = _I2c()
        led = OledLed(i2c)
        pictures = set()
        for word in ("off", "connecting", "live", "muted", "error"):
            _settle(led, word)
            pictures.add(i2c.memory[0][:100])
        self.assertEqual(len(pictures), 5)
        _settle(led, "live")
        i2c.transfers = 0
        _settle(led, "live")
        self.assertEqual(i2c.transfers, 0)

    def test_lines_are_cut_to_the_screen(self):
        for height, pages in ((64, 8), (32, 4)):
            i2c = _I2c()
            led = OledLed(i2c, height=height)
            lines = ("kitchen", "x" * 40, "three", "four", "five", "six")
            led.tell(lines)
            _settle(led, "live")
            self.assertEqual(len(i2c.memory), pages)
            self.assertTrue(any(i2c.memory[1]))
            i2c.transfers = 0
            led.tell(lines)
            _settle(led, "live")
            self.assertEqual(i2c.transfers, 0)

    def test_a_display_that_went_silent_is_left_alone_after_three_tries(self):
        i2c = _I2c()
        led = OledLed(i2c)
        i2c.silent = True
        i2c.tries = 0
        for word in ("live", "muted", "error"):
            _settle(led, word)
            led.tell((word,))
        self.assertEqual(i2c.tries, 3)

    def test_one_bad_transfer_is_made_good_with_the_next_change(self):
        i2c, whole = _I2c(), _I2c()
        led = OledLed(i2c)
        _settle(led, "live")
        i2c.silent = True
        led.show("muted")
        i2c.silent = False
        for display in (led, OledLed(whole)):
            _settle(display, "live")
            display.tell(("kitchen",))
            _settle(display, "live")
        self.assertEqual(i2c.memory, whole.memory)

    def test_a_controller_with_a_wider_memory(self):
        i2c = _I2c()
        OledLed(i2c, column=2)
        self.assertEqual(i2c.column, 2)


if __name__ == "__main__":
    unittest.main()
