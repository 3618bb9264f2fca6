"""The decimator of PDM microphones: the same samples on every runtime."""
# MIT License; see LICENSE

import unittest
from array import array

from audio import pdm_viper
from audio.pdm_microphone import make_tables
from audio_fixtures import checksum, noise


class TestTables(unittest.TestCase):
    def test_tables_add_up(self):
        tables = make_tables()
        self.assertEqual(sum([tables[i] for i in range(255, 4096, 256)]), 1 << 18)
        self.assertEqual(max([tables[i] for i in range(0, 4096, 256)]), 0)

    def test_every_runtime_has_the_same_samples(self):
        bits = array("H", (value & 0xFFFF for value in noise(6 + 2 * 200, 7)))
        state = array("i", (1 << 29, 8, 5, 5000))
        pcm = array("h", bytes(400))
        pdm_viper.decimate(bits, make_tables(), pcm, 200, state)
        self.assertEqual((checksum(pcm), state[0]), (59102757, 539057967))
