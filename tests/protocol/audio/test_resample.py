"""Resampling: pass-band, images and aliases by tones, shape of the contract, no allocation."""
# MIT License; see LICENSE

import unittest
from array import array

from audio.resample import Resampler
from audio_fixtures import decibels, noise, power, tone, without_heap

UP = ((8000, 16000), (16000, 48000), (8000, 48000))
DOWN = ((16000, 8000), (48000, 16000), (48000, 8000))
PAIRS = UP + DOWN


def resample(from_hz, to_hz, pcm, frame_samples=None):
    """All of pcm, frame by frame; whole frames only."""
    frame = frame_samples or from_hz // 50
    resampler = Resampler(from_hz, to_hz, frame)
    piece = array("h", bytes(2 * (frame * to_hz // from_hz)))
    out = array("h")
    for start in range(0, len(pcm) - frame + 1, frame):
        if resampler.process_into(pcm[start : start + frame], piece) != len(piece):
            raise ValueError("short frame")
        out.extend(piece)
    return out


def settled(pcm, rate_hz):
    """40 ms after the filters have filled."""
    return pcm[rate_hz // 50 : 3 * rate_hz // 50]


class TestResample(unittest.TestCase):
    def gain(self, from_hz, to_hz, frequency_hz, seen_hz):
        pcm = tone(frequency_hz, from_hz, 3 * from_hz // 50, 20000)
        out = settled(resample(from_hz, to_hz, pcm), to_hz)
        return decibels(power(out, seen_hz, to_hz) / 20000**2)

    def test_the_pass_band_is_flat(self):
        for from_hz, to_hz in PAIRS:
            band_hz = min(from_hz, to_hz) // 2
            for share in (5, 40, 85):
                level = self.gain(from_hz, to_hz, band_hz * share // 100, band_hz * share // 100)
                self.assertLess(abs(level), 0.1, (from_hz, to_hz, share))

    def test_images_are_60_db_down(self):
        for from_hz, to_hz in UP:
            for share in (60, 70, 95):
                level = self.gain(
                    from_hz, to_hz, from_hz * (100 - share) // 100, from_hz * share // 100
                )
                self.assertLess(level, -60, (from_hz, to_hz, share))

    def test_aliases_are_60_db_down(self):
        for from_hz, to_hz in DOWN:
            for share in (60, 75, 95):
                level = self.gain(
                    from_hz, to_hz, to_hz * share // 100, to_hz * (100 - share) // 100
                )
                self.assertLess(level, -60, (from_hz, to_hz, share))

    def test_a_tone_keeps_its_shape(self):
        # Everything that is not the tone, quantisation included, is far below it.
        for from_hz, to_hz in PAIRS:
            pcm = tone(1000, from_hz, 3 * from_hz // 50, 20000)
            out = settled(resample(from_hz, to_hz, pcm), to_hz)
            total = 0.0
            for i in range(len(out)):
                total += out[i] * out[i]
            signal = power(out, 1000, to_hz) / 2
            rest = max(total / len(out) - signal, 1.0)
            self.assertGreater(decibels(signal / rest), 60, (from_hz, to_hz))

    def test_dc_is_exact(self):
        for from_hz, to_hz in PAIRS:
            for value in (-32768, -1, 1, 12345, 32767):
                out = resample(from_hz, to_hz, array("h", [value] * (3 * from_hz // 50)))
                self.assertEqual(min(settled(out, to_hz)), value)
                self.assertEqual(max(settled(out, to_hz)), value)

    def test_overshoot_saturates(self):
        for from_hz, to_hz in PAIRS:
            period = max(from_hz // 500, 4)
            square = array("h", ([32767] * period + [-32768] * period) * 60)
            out = resample(from_hz, to_hz, square, 2 * period * 3)
            self.assertEqual((min(out), max(out)), (-32768, 32767))

    def test_frames_of_any_size_give_the_same_sound(self):
        for from_hz, to_hz in PAIRS:
            pcm = noise(from_hz // 25, 5, 20000)
            whole = resample(from_hz, to_hz, pcm)
            parts = resample(from_hz, to_hz, pcm, 40 if from_hz < 48000 else 48)
            self.assertEqual(parts, whole[: len(parts)])

    def test_varying_frames_give_the_same_sound(self):
        pcm = noise(320, 9, 20000)
        whole = resample(16000, 8000, pcm)
        resampler = Resampler(16000, 8000, 320)
        out = array("h")
        start = 0
        for count in (2, 100, 0, 18, 160, 40):
            piece = array("h", bytes(count))
            self.assertEqual(resampler.process_into(pcm[start : start + count], piece), count // 2)
            out.extend(piece)
            start += count
        self.assertEqual(out, whole)

    def test_reset_forgets(self):
        resampler = Resampler(8000, 16000, 160)
        out = array("h", bytes(640))
        resampler.process_into(noise(160), out)
        resampler.reset()
        resampler.process_into(array("h", bytes(320)), out)
        self.assertEqual((min(out), max(out)), (0, 0))

    def test_a_wrong_size_is_dropped_and_counted(self):
        resampler = Resampler(16000, 8000, 320)
        out = array("h", [7] * 160)
        self.assertEqual(resampler.process_into(array("h", bytes(642)), out), 0)
        self.assertEqual(resampler.process_into(array("h", bytes(638)), out), 0)
        self.assertEqual(resampler.process_into(array("h", bytes(640)), out[:159]), 0)
        self.assertEqual(resampler.dropped, 3)
        self.assertEqual((min(out), max(out)), (7, 7))

    def test_wrong_rates_and_frames_are_refused(self):
        for arguments in (
            (8000, 8000, 160),
            (8000, 44100, 160),
            (8000, 16000, 0),
            (8000, 16000, 9999),
        ):
            with self.assertRaises(ValueError):
                Resampler(*arguments)

    def test_no_call_allocates(self):
        for from_hz, to_hz in PAIRS:
            resampler = Resampler(from_hz, to_hz, from_hz // 50)
            pcm = tone(440, from_hz, from_hz // 50)
            out = array("h", bytes(2 * (to_hz // 50)))
            without_heap(resampler.process_into, pcm, out)
