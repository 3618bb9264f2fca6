"""Microphone and speaker in turns on one fake port: how long a turn takes, and by whom."""
# MIT License; see LICENSE

import unittest
from array import array

import fake_i2s
from audio.half_duplex import HalfDuplex
from audio.i2s_microphone import Microphone
from audio.i2s_speaker import Speaker
from audio.voice_switch import VoiceSwitch
from audio_fixtures import noise, tone, without_heap
from fake_clock import clock
from fake_i2s import I2S
from fake_sound import Tape

FRAME = 320


class Clocked:
    """A sound in the room: sample n of it is heard at n / 16000 s of the fake clock."""

    def fill(self, ring, at, frame, frames):
        start = I2S.ports[0].started_us // 1000 * 16
        for i in range(frames):
            # The time in ms at which it was spoken, as a sample.
            ring[at + 4 * i] = 0
            ring[at + 4 * i + 1] = (start + frame + i) // 16


def pair(rate_hz=16000, buffers=2, **options):
    I2S.port_count = 1  # a C3
    I2S.sources[0] = Clocked()
    I2S.sinks[0] = Tape()
    microphone = Microphone(4, 5, 6, 16000, 0, ticks_us=clock.ticks_us)
    speaker = Speaker(4, 5, 7, rate_hz, 0, buffers, 32, ticks_us=clock.ticks_us)
    both = HalfDuplex(microphone, speaker, ticks_us=clock.ticks_us, **options)
    both.microphone.start()
    both.speaker.start()
    return both


def _no_memory():
    raise OSError(12)


class Loop:
    """The media loop: every 5 ms both directions."""

    def __init__(self, both, stage=None):
        self.both = both
        self.stage = stage
        self.heard = array("h")
        self.far = array("h", [9000] * (both.speaker.rate_hz // 50))
        self._pcm = array("h", bytes(2 * FRAME))
        self._view = memoryview(self._pcm)
        self.written = 0

    def turn(self):
        clock.advance(5000)
        if self.both.speaker.buffered_ms() < 20:
            if self.stage:
                self.stage.played(self.far, 20)
            self.written += self.both.speaker.write(self.far)
        count = self.both.microphone.readinto(self._view)
        if count and self.stage:
            self.stage.process(self._pcm[:count])
        self.heard.extend(self._pcm[:count])

    def run(self, ms):
        for _ in range(ms // 5):
            self.turn()


class TestHalfDuplex(unittest.TestCase):
    def setUp(self):
        fake_i2s.reset()

    def test_a_microphone_that_did_not_start_is_not_wanted(self):
        both = pair()
        both.microphone.stop()
        both.talk(True)
        start = both.microphone.device.start
        both.microphone.device.start = _no_memory
        with self.assertRaises(OSError):
            both.microphone.start()
        both.microphone.device.start = start
        both.speaker.stop()  # and nobody hears the microphone now
        self.assertFalse(both.microphone.device.running)

    def test_only_one_has_the_port(self):
        both = pair()
        self.assertFalse(I2S.ports[0].rx)
        both.talk(True)
        self.assertTrue(I2S.ports[0].rx)
        both.talk(False)
        self.assertFalse(I2S.ports[0].rx)
        both.speaker.stop()
        self.assertTrue(I2S.ports[0].rx)
        both.microphone.stop()
        self.assertEqual(len(I2S.ports), 0)

    def test_from_pressing_to_being_heard_takes_less_than_40_ms(self):
        both = pair()
        loop = Loop(both)
        for _ in range(5):
            loop.run(300)
            pressed_ms = clock.now_us // 1000
            both.talk(True)
            before = len(loop.heard)
            spoken = 0
            while not spoken:
                loop.turn()
                # The high-pass has not settled, but that is sound and not silence.
                found = [value for value in loop.heard[before:] if value]
                spoken = len(found)
            self.assertLess(clock.now_us // 1000 - pressed_ms, 40)
            both.talk(False)
        self.assertEqual(both.switches, 10)

    def test_from_letting_go_to_hearing_takes_less_than_40_ms(self):
        for rate_hz, buffers in ((16000, 2), (48000, 6)):
            fake_i2s.reset()
            both = pair(rate_hz, buffers)
            loop = Loop(both)
            for _ in range(5):
                both.talk(True)
                loop.run(200)
                tape = I2S.sinks[0] = Tape()
                both.talk(False)
                loop.run(200)
                first_ms = list(tape.samples).index(9000) * 1000 / rate_hz
                self.assertLess(first_ms, 40)
                self.assertEqual(both.speaker.device.underruns, 0)

    def test_time_goes_on_without_a_turn(self):
        both = pair()
        loop = Loop(both)
        loop.run(1000)
        self.assertAlmostEqual(len(loop.heard), 16000, delta=FRAME)
        self.assertEqual(max(loop.heard), 0)
        both.talk(True)
        before = loop.written
        loop.run(1000)
        self.assertAlmostEqual(loop.written - before, 16000, delta=2 * FRAME)
        self.assertAlmostEqual(len(loop.heard), 32000, delta=2 * FRAME)

    def test_the_next_call_begins_as_the_first_did(self):
        both = pair()
        both.talk(True)
        both.microphone.stop()
        self.assertTrue(both.talking)
        both.speaker.stop()
        self.assertFalse(both.talking)
        both.microphone.start()
        both.speaker.start()
        self.assertFalse(I2S.ports[0].rx)

    def test_a_speaker_that_starts_late_is_refused(self):
        with self.assertRaises(ValueError):
            pair(16000, 3)

    def test_nothing_is_allocated_without_a_turn(self):
        both = pair()
        pcm = memoryview(noise(FRAME))

        def turns(_):
            for _ in range(30):
                clock.now_us += 5000
                both.microphone.readinto(pcm)
                if both.speaker.buffered_ms() < 20:
                    both.speaker.write(pcm)

        I2S.sinks.clear()
        without_heap(turns, 0)
        both.talk(True)
        I2S.sources.clear()
        without_heap(turns, 0)


class TestVoiceSwitch(unittest.TestCase):
    def setUp(self):
        fake_i2s.reset()

    def test_who_begins_keeps_the_turn(self):
        both = pair()
        switch = VoiceSwitch(both)
        voice, quiet = tone(300, 16000, FRAME, 8000), array("h", bytes(2 * FRAME))
        self.assertTrue(both.talking)
        turns = []
        # Far end, near end, in frames of 20 ms.
        for far, near in ((0, 0), (1, 0), (1, 1), (0, 1), (1, 1), (1, 0), (0, 0)):
            for _ in range(25):
                switch.played(voice if far else quiet, 20)
                switch.process(voice if near else quiet)
            turns.append(both.talking)
        self.assertEqual(turns, [True, False, False, True, True, False, True])

    def test_the_turn_goes_to_the_far_end_at_its_first_frame(self):
        both = pair()
        switch = VoiceSwitch(both)
        switch.played(array("h", bytes(2 * FRAME)), 20)
        switch.played(tone(300, 16000, FRAME, 8000), 20)
        self.assertFalse(both.talking)
