"""Limiter, gate and chain between microphone and encoder."""
# MIT License; see LICENSE

import unittest
from array import array

from audio.chain import Chain
from audio.gate import Gate
from audio.limiter import Limiter
from audio.limiter_viper import limit
from audio_fixtures import checksum, decibels, largest_step, noise, power, tone, without_heap

FRAME = 320


def level_db(pcm, frequency_hz=1000):
    return decibels(power(pcm, frequency_hz, 16000) / 32768**2)


class TestLimiter(unittest.TestCase):
    def test_no_sample_passes_the_ceiling(self):
        square = array("h", ([32767] * 5 + [-32768] * 7) * 40)
        for gain_db in (0, 3, 12):
            for ceiling_db, highest in ((0, 32767), (-1, 29204), (-12, 8231)):
                for pcm in (tone(997, 16000, 960, 32767), noise(960, 5), square[:]):
                    limiter = Limiter(16000, gain_db, ceiling_db)
                    limiter.process(pcm)
                    self.assertLessEqual(max(pcm), highest)
                    self.assertGreaterEqual(min(pcm), -highest)

    def test_a_jump_from_silence_to_full_scale_is_caught_at_its_first_sample(self):
        limiter = Limiter(16000, 12, -1)
        limiter.process(array("h", bytes(2 * FRAME)))
        pcm = array("h", [-32768] * FRAME)
        limiter.process(pcm)
        self.assertAlmostEqual(min(pcm), -29204, delta=8)

    def test_what_is_quiet_gets_the_whole_gain_and_nothing_else(self):
        pcm = tone(1000, 16000, 3200, 3000)
        Limiter(16000, 12, -1).process(pcm)
        self.assertAlmostEqual(level_db(pcm), decibels((3000 * 3.98 / 32768) ** 2), delta=0.05)
        self.assertLess(level_db(pcm, 3000), -75)

    def test_what_is_loud_stays_a_tone(self):
        pcm = tone(1000, 16000, 9600, 20000)
        Limiter(16000, 12, -1).process(pcm)
        late = pcm[6400:]
        self.assertGreater(level_db(late), -2)
        # Clipping at the same gain gives a third harmonic at -11 dB.
        self.assertLess(level_db(late, 3000) - level_db(late), -40)

    def test_gain_comes_back_in_its_time(self):
        limiter = Limiter(16000, 12, -1, 200)
        limiter.process(array("h", [32767] * FRAME))
        pcm = array("h", [1000] * 16000)
        limiter.process(pcm)
        self.assertLess(pcm[0], 1000)
        self.assertAlmostEqual(pcm[12800], 3980, delta=160)
        self.assertLess(largest_step(pcm), 3)

    def test_every_runtime_has_the_same_samples(self):
        state = array("i", (4096 << 10, 9000, 20000, 6))
        pcm = noise(3000, 11)
        limit(pcm, 3000, state)
        self.assertEqual((checksum(pcm), state[0]), (256641476, 3297081))

    def test_what_it_can_not_do_is_refused(self):
        for arguments in ((16000, 13), (16000, -1), (16000, 0, 1), (16000, 0, -1, 5)):
            with self.assertRaises(ValueError):
                Limiter(*arguments)


class TestGate(unittest.TestCase):
    def test_noise_is_turned_down_and_voice_is_not(self):
        gate = Gate(16000, 18)
        hiss = noise(FRAME, 3, 300)
        for _ in range(200):
            pcm = hiss[:]
            gate.process(pcm)
        self.assertFalse(gate.open)
        self.assertAlmostEqual(max(pcm) / max(hiss), 0.126, delta=0.01)
        voice = tone(400, 16000, FRAME, 6000)
        for i in range(3):
            pcm = voice[:]
            gate.process(pcm)
            self.assertTrue(gate.open)
            if i:
                self.assertEqual(pcm, voice)

    def test_it_opens_within_a_frame_and_without_a_click(self):
        gate = Gate(16000, 30)
        for _ in range(100):
            gate.process(array("h", bytes(2 * FRAME)))
        voice = tone(400, 16000, FRAME, 6000)
        pcm = voice[:]
        gate.process(pcm)
        self.assertLessEqual(largest_step(pcm), largest_step(voice))
        self.assertAlmostEqual(max(pcm[-40:]), max(voice[-40:]), delta=700)

    def test_another_depth_is_refused(self):
        with self.assertRaises(ValueError):
            Gate(16000, 0)


class Spy:
    def __init__(self):
        self.seen = []

    def process(self, pcm):
        self.seen.append(("in", pcm[0]))
        pcm[0] += 1

    def played(self, pcm, delay_ms):
        self.seen.append(("out", pcm[0], delay_ms))


class TestChain(unittest.TestCase):
    def test_stages_work_in_their_order_and_see_what_they_want(self):
        first, second = Spy(), Spy()
        chain = Chain(first, Limiter(16000), second)
        pcm = array("h", (5,) * 16)
        chain.process(pcm)
        chain.played(array("h", (9,) * 16), 33)
        self.assertEqual(first.seen, [("in", 5), ("out", 9, 33)])
        self.assertEqual(second.seen, [("in", 6), ("out", 9, 33)])

    def test_nothing_is_allocated(self):
        chain = Chain(Limiter(16000, 6), Gate(16000))
        without_heap(chain.process, tone(400, 16000, FRAME))
