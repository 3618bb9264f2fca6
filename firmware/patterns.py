"""What an LED says: one rhythm and one colour a meaning, the same on every board."""
# MIT License; see LICENSE

import time

# Rhythms tell the meanings apart without colour, and on an LED that can only be on or off
# (from brightness 5 up it is on). A digit is a brightness, 0 to 9, for one step.
#
# word: (red, green, blue), milliseconds of a step, rhythm
PATTERNS = {
    "off": ((0, 0, 0), 1000, b"0"),
    "connecting": ((255, 170, 0), 50, b"0123456789987654321000"),  # breathes
    "live": ((0, 255, 60), 1000, b"6"),  # steady
    "muted": ((255, 90, 0), 100, b"90000000000000000000"),  # a wink every 2 s
    "speaking": ((0, 200, 255), 60, b"9999997990"),  # steady, flickers
    "reconnecting": ((255, 170, 0), 100, b"9090000000"),  # two winks a second
    "error": ((255, 0, 0), 125, b"90"),  # fast and even
    "setup": ((60, 80, 255), 100, b"01234567899987654321000000"),  # breathes slowly
    "updating": ((255, 255, 255), 70, b"9900990000"),  # hurries
    "test": ((255, 255, 255), 1000, b"9"),  # every diode, for roomtone doctor
}
_UNKNOWN = ((255, 0, 255), 250, b"90")


class Animator:
    """Plays the pattern of a word; `level` is what to show now, 0 to 255. Allocates nothing."""

    def __init__(self):
        self.word = None
        self.colour = (0, 0, 0)
        self.level = 0
        self._start_ms = 0
        self._step_ms = 1
        self._rhythm = b"0"

    def show(self, word, now_ms):
        """Go on with `word` at `now_ms` (ticks); returns whether the LED has to change."""
        changed = word != self.word
        if changed:
            self.word = word
            self.colour, self._step_ms, self._rhythm = PATTERNS.get(word, _UNKNOWN)
            self._start_ms = now_ms
        step = time.ticks_diff(now_ms, self._start_ms) // self._step_ms % len(self._rhythm)
        level = (self._rhythm[step] - 48) * 255 // 9
        if level != self.level:
            self.level = level
            changed = True
        return changed
