"""Samples in and out of I2S slots, and their count: the same on every runtime."""
# MIT License; see LICENSE

import unittest
from array import array

from audio import i2s_viper
from audio.i2s_microphone import gain_state
from audio.sample_pace import Pace
from audio_fixtures import checksum, noise
from fake_clock import clock


class TestViper(unittest.TestCase):
    def test_slots_become_samples_the_same_everywhere(self):
        slots = noise(4 * 256, 3)
        raw = array("H", (value & 0xFFFF for value in slots))
        total = 0
        for gain_db in (-18, -5, 0, 20, 37, 54):
            for side in (0, 2):
                state = gain_state(gain_db, 16000)
                pcm = array("h", bytes(2 * 272))
                i2s_viper.unpack(raw, pcm, side, 16, 256, state)
                self.assertEqual(checksum(pcm[:16]), 0)
                total = checksum(pcm, total)
                total = checksum(state, total)
        self.assertEqual(total, 112551604)

    def test_full_scale_saturates(self):
        raw = array("H", (0xFFFF, 0x7FFF, 0, 0x8000) * 16)
        for gain_db, high, low in ((54, 32767, -32768), (-6, 16000, -16000)):
            pcm = array("h", bytes(32))
            i2s_viper.unpack(raw, pcm, 0, 0, 2, gain_state(gain_db, 16000))
            i2s_viper.unpack(raw, pcm, 2, 2, 2, gain_state(gain_db, 16000))
            self.assertTrue(pcm[0] >= high and pcm[2] <= low, (gain_db, pcm[0], pcm[2]))

    def test_samples_go_to_both_slots(self):
        pcm = array("h", (-32768, -1, 0, 1, 32767, 77, 5))
        slots = array("H", bytes(4 * 6))
        i2s_viper.widen16(pcm, 1, slots, 6)
        self.assertEqual(list(slots[:8]), [65535, 65535, 0, 0, 1, 1, 32767, 32767])
        wide = array("H", bytes(8 * 6))
        i2s_viper.widen32(pcm, 0, wide, 2)
        self.assertEqual(list(wide[:8]), [0, 32768, 0, 32768, 0, 65535, 0, 65535])
        i2s_viper.silence(pcm, 1, 5)
        self.assertEqual(list(pcm), [-32768, 0, 0, 0, 0, 0, 5])


class TestPace(unittest.TestCase):
    def count(self, rate_hz, bias, steps):
        clock.reset()
        pace = Pace(rate_hz, bias, clock.ticks_us)
        total = 0
        for us in steps:
            clock.advance(us)
            total += pace.elapsed()
        return total

    def test_no_sample_is_lost_to_rounding(self):
        self.assertEqual(self.count(16000, 0, [37] * 10000), 37 * 160)
        self.assertEqual(self.count(48000, 0, [4999, 1, 62500] * 100), 48 * 6750)

    def test_a_bias_is_122_ppm(self):
        for bias in (-1, 1):
            self.assertEqual(self.count(16000, bias, [5000] * 20000), 1600000 + bias * 195)

    def test_ticks_that_wrap_are_time_that_goes_on(self):
        # 2 ** 30 us: 17.9 minutes.
        self.assertEqual(self.count(16000, 0, [9999999] * 120), 120 * 9999999 * 16 // 1000)

    def test_a_long_absence_counts_as_ten_seconds(self):
        self.assertEqual(self.count(16000, 0, [60000000, 1000]), 160016)
        with self.assertRaises(ValueError):
            Pace(22050)
