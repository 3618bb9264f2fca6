"""A PDM microphone in software: sigma-delta bits from the fake bus become clean samples."""
# MIT License; see LICENSE

import math
import unittest
from array import array

import fake_i2s
from audio.pdm_microphone import PdmMicrophone
from audio_fixtures import decibels, power, without_heap
from fake_clock import clock
from fake_i2s import I2S

CLOCK_HZ = 1024000
FRAME = 320


class Modulator:
    """A PDM microphone: a second-order sigma-delta of a tone, 64 bits a frame."""

    def __init__(self, frequency_hz, amplitude, offset=0.0):
        self._step = 2 * math.pi * frequency_hz / CLOCK_HZ
        self._amplitude = amplitude
        self._offset = offset
        self._first = self._second = 0.0

    def fill(self, ring, at, frame, frames):
        first, second = self._first, self._second
        n = 64 * frame
        for i in range(at, at + 4 * frames, 2):
            # A 32-bit slot: its upper half comes first on the line and second in memory.
            for half in (i + 1, i):
                # 16 kHz of bandwidth: the tone is held for 16 bits, which is 64 kHz.
                value = self._offset + self._amplitude * math.sin(self._step * n)
                n += 16
                word = 0
                for _ in range(16):
                    bit = 1.0 if second >= 0 else -1.0
                    first += value - bit
                    second += first - bit
                    word = word << 1 | (bit > 0)
                ring[half] = word
        self._first, self._second = first, second


def microphone(source, gain_db=0, **options):
    I2S.sources[0] = source
    one = PdmMicrophone(42, 41, gain_db, ticks_us=clock.ticks_us, **options)
    one.start()
    return one


def listen(one, ms):
    out = array("h")
    pcm = array("h", bytes(2 * FRAME))
    view = memoryview(pcm)
    for _ in range(0, ms, 5):
        clock.advance(5000)
        count = one.readinto(view)
        out.extend(pcm[:count])
    return out


def snr_db(pcm, frequency_hz):
    """A tone, of whole periods, against all else but the mean, in 0 to 8 kHz."""
    count = len(pcm)
    step = 2 * math.pi * frequency_hz / 16000
    mean = sum(pcm) / count
    sine = 2 * sum([pcm[i] * math.sin(step * i) for i in range(count)]) / count
    cosine = 2 * sum([pcm[i] * math.cos(step * i) for i in range(count)]) / count
    rest = 0.0
    for i in range(count):
        rest += (pcm[i] - mean - sine * math.sin(step * i) - cosine * math.cos(step * i)) ** 2
    return decibels((sine * sine + cosine * cosine) / 2 / (rest / count))


class TestPdm(unittest.TestCase):
    def setUp(self):
        fake_i2s.reset()

    def test_a_tone_is_clean(self):
        for amplitude, gain_db, wanted in ((0.5, 0, 70), (0.05, 20, 52)):
            fake_i2s.reset()
            found = listen(microphone(Modulator(1050, amplitude), gain_db), 180)[1280:2560]
            self.assertGreater(snr_db(found, 1050), wanted)
            level = decibels(power(found, 1050, 16000) / 32768**2)
            self.assertAlmostEqual(level, -6, delta=0.4)

    def test_what_is_above_8_khz_does_not_fold_down(self):
        # 12 kHz would be heard as 4 kHz, 28 kHz as 4 kHz too: through the second and first stage.
        for frequency_hz in (12000, 28000):
            fake_i2s.reset()
            found = listen(microphone(Modulator(frequency_hz, 0.5)), 180)[1280:2560]
            self.assertLess(decibels(power(found, 4000, 16000) / 16384**2), -55, frequency_hz)

    def test_an_offset_is_taken_off(self):
        found = listen(microphone(Modulator(500, 0.02, 0.1), 20), 340)[3840:]
        self.assertLess(abs(sum(found) / len(found)), 60)
        self.assertLess(max(found), 9000)

    def test_reading_allocates_nothing(self):
        one = microphone(None)
        I2S.sources.clear()
        pcm = memoryview(array("h", bytes(2 * FRAME)))

        def turns(_):
            for _ in range(10):
                clock.now_us += 5000
                one.readinto(pcm)

        without_heap(turns, 0)

    def test_what_is_lost_is_counted(self):
        one = microphone(None)
        I2S.sources.clear()
        listen(one, 200)
        clock.advance(200000)
        listen(one, 200)
        self.assertIn(256 * I2S.ports[0].dropped - one.lost_samples, (0, 256))
        self.assertGreater(one.lost_samples, 2000)

    def test_pins_and_gain(self):
        microphone(None, ws=7)
        self.assertEqual(I2S.ports[0].pins, (42, 7, 41))
        microphone(None)
        self.assertEqual(I2S.ports[0].pins, (42, 42, 41))
        with self.assertRaises(ValueError):
            PdmMicrophone(42, 41, 50)
