"""MicroPython's framebuf for CPython, as far as tests look: a letter is a box."""
# MIT License; see LICENSE

MONO_VLSB = 0


class FrameBuffer:
    """One bit a pixel, eight rows a byte."""

    def __init__(self, buffer, width, height, _format):
        self._buffer = buffer
        self._width = width
        self._height = height

    def fill(self, colour):
        """All pixels."""
        self.fill_rect(0, 0, self._width, self._height, colour)

    def fill_rect(self, x, y, width, height, colour):
        """A box; what is outside is left out."""
        for row in range(max(y, 0), min(y + height, self._height)):
            for column in range(max(x, 0), min(x + width, self._width)):
                at = row // 8 * self._width + column
                bit = 1 << row % 8
                self._buffer[at] = self._buffer[at] | bit if colour else self._buffer[at] & ~bit

    def text(self, text, x, y):
        """A box for each letter that is not a space, of a width by the letter."""
        for index, letter in enumerate(text):
            if letter != " ":
                self.fill_rect(x + 8 * index, y, 1 + ord(letter) % 7, 7, 1)
