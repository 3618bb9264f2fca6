"""The console without a terminal: lines, raw mode, and faults that must not close it."""
# MIT License; see LICENSE

import asyncio
import unittest

import console
from console import Console


class Keys:
    """Gives the keys one by one, then the end of the input."""

    def __init__(self, keys):
        self._keys = keys
        self._at = 0

    async def read(self, count):
        await asyncio.sleep_ms(0)
        self._at += 1
        return self._keys[self._at - 1 : self._at]


class Terminal:
    """Keeps what was written; breaks once at the given write."""

    def __init__(self, breaks_at=0):
        self.shown = b""
        self._left = breaks_at

    def write(self, data):
        self._left -= 1
        if self._left == 0:
            raise MemoryError("heap")
        self.shown += data


def typed(keys, breaks_at=0, commands=()):
    """What the namespace's list `seen` holds after the keys, and what was shown."""
    seen = []
    terminal = Terminal(breaks_at)
    reader = console.asyncio.StreamReader
    console.asyncio.StreamReader = lambda stream: stream
    try:
        one = Console({"see": seen.append}, commands, stream=Keys(keys), write=terminal.write)
    finally:
        console.asyncio.StreamReader = reader
    asyncio.run(one.run())
    return seen, terminal.shown


class Lines(unittest.TestCase):
    def test_a_line_runs_and_a_bare_word_takes_what_follows(self):
        keys = b"see(1)\rsee 2\rsee hello world\r"
        self.assertEqual(typed(keys, commands=("see",))[0], [1, 2, "hello world"])

    def test_backspace_arrows_and_ctrl_c(self):
        keys = b"see(12\x7f)\r\x1b[Asee(3)\rsee(\x03see(4)\r"
        self.assertEqual(typed(keys)[0], [1, 3, 4])

    def test_a_block_ends_with_an_empty_line(self):
        self.assertEqual(typed(b"for i in (5, 6):\r see(i)\r\rsee(7)\r")[0], [5, 6, 7])

    def test_await_lets_the_rest_go_on(self):
        keys = b"async def f():\r see(8)\r\rawait f()\r"
        self.assertEqual(typed(keys)[0], [8])


class Raw(unittest.TestCase):
    def test_code_runs_and_its_error_is_told_apart(self):
        seen, shown = typed(b"\x01see(1)\x041/0\x04\x02see(2)\r")
        self.assertEqual(seen, [1, 2])
        self.assertIn(b"OK\x04\x04>", shown)
        self.assertIn(b"ZeroDivisionError", shown)

    def test_raw_paste(self):
        seen, shown = typed(b"\x01\x05A\x01see(1)\nsee(2)\x04\x02")
        self.assertEqual(seen, [1, 2])
        self.assertIn(b"R\x01\x80\x00", shown)


class Faults(unittest.TestCase):
    def test_an_error_of_a_line_harms_nothing(self):
        self.assertEqual(
            typed(b"1/0\rsee(1)\r)(\rsee(2)\rraise SystemExit\rsee(3)\r")[0], [1, 2, 3]
        )

    def test_a_fault_of_its_own_does_not_close_it(self):
        for at in (2, 4, 7):
            seen = typed(b"see(1)\rsee(2)\r\rsee(3)\r", breaks_at=at)[0]
            self.assertEqual(seen[-1], 3)

    def test_noise_is_no_line(self):
        self.assertEqual(typed(b"\xff\xfe\rsee(1)\r")[0], [1])


if __name__ == "__main__":
    unittest.main()
