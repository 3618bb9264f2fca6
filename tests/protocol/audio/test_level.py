"""Level against the formula of a root mean square, voice activity, gain, DC blocking."""
# MIT License; see LICENSE

import unittest
from array import array

from audio.gain import Gain, HighPass
from audio.level import Meter, to_dbov
from audio_fixtures import decibels, largest_step, noise, power, tone, without_heap


def formula(pcm):
    mean = sum(v * v for v in pcm) / len(pcm) / 2**30
    return -127.0 if mean == 0 else max(-127.0, decibels(mean))


class TestLevel(unittest.TestCase):
    def test_it_is_the_root_mean_square_rounded(self):
        meter = Meter(8000)
        for exponent in range(0, 31):
            amplitude = int(32767 / 1.4**exponent)
            for pcm in (tone(317, 8000, 160, amplitude), noise(160, 7, amplitude)):
                exact = formula(pcm)
                if exact > -75:
                    self.assertLessEqual(abs(meter.measure(pcm) - exact), 0.51)

    def test_full_scale_square_is_zero_and_silence_is_127_below(self):
        meter = Meter(8000)
        self.assertEqual(meter.measure(array("h", [-32768] * 160)), 0)
        self.assertEqual(meter.measure(array("h", [32767, -32767] * 80)), 0)
        self.assertEqual(meter.measure(array("h", [0] * 160)), -127)
        self.assertEqual(meter.measure(array("h")), -127)
        self.assertEqual(meter.level_dbov, -127)

    def test_every_mean_square_rounds_to_the_nearest_level(self):
        mean = 1
        while mean < 1 << 30:
            self.assertLessEqual(abs(to_dbov(mean) - decibels(mean / 2**30)), 0.51)
            mean += (mean >> 4) + 1

    def test_it_never_falls_when_the_sound_grows(self):
        last = -127
        for mean in range(0, 1 << 30, 9999991):
            self.assertGreaterEqual(to_dbov(mean), last)
            last = to_dbov(mean)

    def test_voice_is_found_and_lasts_over_short_gaps(self):
        meter = Meter(8000)
        for seed in range(20):
            meter.measure(noise(160, seed, 60))
            self.assertFalse(meter.voice)
        meter.measure(tone(300, 8000, 160, 6000))
        self.assertTrue(meter.voice)
        held = 0
        while meter.voice and held < 100:
            meter.measure(noise(160, held, 60))
            held += 1
        self.assertEqual(held * 20, 240)

    def test_steady_noise_stops_being_voice(self):
        meter = Meter(8000)
        for seed in range(600):
            meter.measure(noise(80, seed, 1500))
        self.assertFalse(meter.voice)
        meter.reset()
        meter.measure(noise(160, 3, 1500))
        self.assertTrue(meter.voice)

    def test_a_wrong_rate_is_refused(self):
        with self.assertRaises(ValueError):
            Meter(4000)

    def test_measuring_does_not_allocate(self):
        meter = Meter(16000)
        for pcm in (tone(300, 16000, 320), array("h", bytes(640))):
            without_heap(meter.measure, pcm)


class TestGain(unittest.TestCase):
    def test_volume_follows_a_square_law(self):
        for volume, factor in ((0, 0), (50, 0.25), (100, 1), (141, 1.988), (200, 4)):
            pcm = tone(300, 8000, 160, 8000)
            expected = [v * factor for v in pcm]
            Gain(volume).apply(pcm)
            self.assertLess(max(abs(pcm[i] - expected[i]) for i in range(160)), 12)

    def test_it_saturates(self):
        pcm = array("h", [32767, -32768, 8192, -8192, 8191])
        Gain(200).apply(pcm)
        self.assertEqual(list(pcm), [32767, -32768, 32767, -32768, 32764])

    def test_a_new_volume_comes_as_a_ramp(self):
        gain = Gain(100)
        gain.volume = 0
        pcm = array("h", [16000] * 160)
        gain.apply(pcm)
        self.assertEqual(pcm[159], 0)
        self.assertLessEqual(largest_step(pcm), 110)
        gain.apply(pcm)
        self.assertEqual(max(pcm), 0)

    def test_ducking_ends_when_the_volume_is_set(self):
        gain = Gain(80)
        gain.duck(20)
        pcm = array("h", [10000] * 160)
        gain.apply(pcm)
        self.assertEqual((pcm[159] + 5) // 10, 40)
        gain.volume = gain.volume
        pcm = array("h", [10000] * 160)
        gain.apply(pcm)
        self.assertEqual((pcm[159] + 5) // 10, 640)

    def test_a_volume_outside_0_to_200_is_refused(self):
        for volume in (-1, 201, 50.0, "70", None):
            with self.assertRaises(ValueError):
                Gain(volume)

    def test_gain_and_high_pass_do_not_allocate(self):
        gain = Gain(30)
        high_pass = HighPass(8000)
        pcm = tone(300, 8000, 160)
        without_heap(gain.apply, pcm)
        without_heap(high_pass.apply, pcm)
        without_heap(gain.duck, 10)


class TestHighPass(unittest.TestCase):
    def test_dc_goes_and_speech_stays(self):
        for rate_hz in (8000, 16000, 48000):
            high_pass = HighPass(rate_hz)
            count = rate_hz // 10
            for start in (0, count, 2 * count):
                pcm = tone(500, rate_hz, count, 8000, start)
                for i in range(count):
                    pcm[i] += 3000
                high_pass.apply(pcm)
            self.assertLess(abs(sum(pcm) / count), 20)
            gain = decibels(power(pcm, 500, rate_hz) / 8000**2)
            self.assertLess(abs(gain), 0.3)

    def test_rumble_is_weakened(self):
        high_pass = HighPass(8000)
        for start in (0, 1600):
            pcm = tone(20, 8000, 1600, 8000, start)
            high_pass.apply(pcm)
        self.assertLess(max(abs(v) for v in pcm), 8000 // 3)

    def test_full_scale_steps_saturate(self):
        high_pass = HighPass(8000)
        pcm = array("h", ([32767] * 80 + [-32768] * 80) * 4)
        high_pass.apply(pcm)
        for i in range(80, 160):
            self.assertTrue(pcm[i] < 0)

    def test_a_wrong_rate_is_refused(self):
        with self.assertRaises(ValueError):
            HighPass(44100)
