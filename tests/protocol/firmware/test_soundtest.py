"""The test of microphone and speaker: the level is true, the tone is a tone, both let go."""
# MIT License; see LICENSE

import asyncio
import unittest
from array import array

import soundtest


class _Microphone:
    rate_hz = 16000

    def __init__(self):
        self.running = False
        self.loud = 0

    def start(self):
        self.running = True

    def stop(self):
        self.running = False

    def readinto(self, pcm):
        count = min(len(pcm), 160)
        for index in range(count):
            pcm[index] = self.loud if index & 1 else -self.loud
        return count


class _Speaker:
    rate_hz = 16000

    def __init__(self):
        self.pcm = array("h")
        self.running = False

    def start(self):
        self.running = True

    def stop(self):
        self.running = False

    def buffered_ms(self):
        return 0

    def write(self, pcm):
        count = min(len(pcm), 208)
        self.pcm.extend(array("h", pcm[:count]))
        return count


async def _level_of(loud):
    microphone = _Microphone()
    level = soundtest.Level(microphone)
    microphone.loud = loud
    level.look()
    assert microphone.running
    await asyncio.sleep_ms(80)
    found = level.look()
    await level.close()
    assert not microphone.running
    return found


class TestSoundTest(unittest.TestCase):
    def test_levels(self):
        self.assertEqual(asyncio.run(_level_of(0)), -127)
        self.assertEqual(asyncio.run(_level_of(32767)), 0)
        self.assertEqual(asyncio.run(_level_of(3277)), -20)

    def test_a_chime_is_heard_and_ends_in_silence(self):
        speaker = _Speaker()
        asyncio.run(soundtest.chime(speaker))
        self.assertFalse(speaker.running)
        self.assertEqual(len(speaker.pcm), 36 * 320)
        self.assertTrue(7000 < max(speaker.pcm) <= 8000)
        self.assertEqual(speaker.pcm[0], 0)
        self.assertTrue(abs(speaker.pcm[-1]) < 100)
        pcm = list(speaker.pcm)
        steps = [abs(pcm[index + 1] - pcm[index]) for index in range(len(pcm) - 1)]
        self.assertTrue(max(steps) < 4000)  # no click

    def test_a_note_has_its_frequency(self):
        speaker = _Speaker()
        asyncio.run(soundtest.chime(speaker))
        first = list(speaker.pcm)[: 10 * 320]
        ups = [1 for index in range(len(first) - 1) if first[index] < 0 <= first[index + 1]]
        crossings = len(ups)
        self.assertTrue(abs(crossings - 660 * 10 // 50) <= 1, str(crossings))


if __name__ == "__main__":
    unittest.main()
