"""A speaker behind chips: the I2S port is free again whatever the chips say to it."""
# MIT License; see LICENSE

import unittest

import fake_i2s
from audio.chips.bus import BusSpeaker, CodecBus
from audio.chips.registers import ChipError


class Amplifier:
    """Behind an expander on the I2C bus, which may lose its voice."""

    broken = False
    lit = False

    def on(self):
        self._switch(True)

    def off(self):
        self._switch(False)

    def _switch(self, lit):
        if self.broken:
            raise ChipError("the expander does not answer")
        self.lit = lit


class TestBusSpeaker(unittest.TestCase):
    def setUp(self):
        fake_i2s.reset()
        self.amplifier = Amplifier()
        self.speaker = BusSpeaker(CodecBus((), (), self.amplifier), 1, 2, 3)

    def test_the_amplifier_is_on_while_it_plays(self):
        self.speaker.start()
        self.assertTrue(self.amplifier.lit)
        self.speaker.stop()
        self.assertFalse(self.amplifier.lit or self.speaker.running)

    def test_an_amplifier_that_does_not_answer_holds_no_port(self):
        self.speaker.start()
        self.amplifier.broken = True
        with self.assertRaises(ChipError):
            self.speaker.stop()
        self.assertFalse(self.speaker.running)
        with self.assertRaises(ChipError):
            self.speaker.start()
        self.assertFalse(self.speaker.running)
        self.amplifier.broken = False
        self.speaker.start()
        self.assertTrue(self.speaker.running)


if __name__ == "__main__":
    unittest.main()
