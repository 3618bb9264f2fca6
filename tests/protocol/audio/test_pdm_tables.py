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
        # Ones alone, by sample: quarters of the filter, the middle ones as large as a half holds.
        sums = [0, 0, 0, 0]
        for byte in range(4):
            for sample in range(4):
                base = 2 * (512 * byte + 256 * (sample // 2)) + sample % 2
                self.assertEqual(tables[base], 0)
                sums[sample] += tables[base + 2 * 255]
        self.assertEqual(sum(sums), (1 << 17) - 2)
        self.assertEqual((sums[0], sums[1]), (sums[3], sums[2]))
        self.assertLess(sums[1], 65536)

    def test_every_runtime_has_the_same_samples(self):
        bits = array("H", (value & 0xFFFF for value in noise(2 * 200, 7)))
        sums = array("i", (32767,) * 3)
        work = array("H", bytes(402))
        pdm_viper.decimate(bits, make_tables(), work, 1, 200, sums)
        self.assertEqual((checksum(work), checksum(sums)), (133489500, 56683373))

    def test_gain_is_the_same_everywhere_and_saturates(self):
        for gain, wanted in ((32, 122811727), (1000, 256443544), (8037, 132223546)):
            pcm = noise(300, 9, 20000)
            state = array("i", (1 << 29, 5, gain))
            pdm_viper.amplify(pcm, 300, state)
            self.assertEqual(checksum(pcm, state[0]), wanted)
