"""What a listener hears through the jitter buffer and G.711: no clicks, fades, right pitch."""
# MIT License; see LICENSE

import unittest
from array import array

from audio.g711 import Pcma, Pcmu
from audio.jitter import JitterBuffer
from audio.stretch import SampleQueue
from audio_fixtures import decibels, largest_step, noise, power, tone, without_heap
from jitter_fixtures import Call, Random

RV32 = True
AMPLITUDE = 10000
FREQUENCY_HZ = 210
# The steepest step of the tone is 10000 * 2 pi * 210 / 8000 = 1649.
STEEPEST = 2200


class Talk:
    """A tone in G.711 packets."""

    def __init__(self, codec_class=Pcmu):
        self.encoder = codec_class()
        self.packets = {}
        self.heard = array("h")
        self.jitter = JitterBuffer(codec_class())

    def payload(self, n, amplitude=AMPLITUDE):
        key = n % 5, amplitude  # 21 periods are five packets
        if key not in self.packets:
            packet = bytearray(160)
            self.encoder.encode_into(tone(FREQUENCY_HZ, 8000, 160, amplitude, 160 * n), packet)
            self.packets[key] = packet
        return self.packets[key]

    def listen(self, transit, frames, ppm=0):
        call = Call(self.jitter, transit, ppm, self.payload)
        call.run(frames, self.heard.extend)
        return call


class TestSound(unittest.TestCase):
    def tone_share(self, heard):
        total = 0.0
        for value in heard:
            total += value * value
        return 2 * len(heard) * total and power(heard, FREQUENCY_HZ, 8000) / 2 * len(heard) / total

    def test_an_undisturbed_tone_passes_as_it_is(self):
        for codec_class in (Pcmu, Pcma):
            talk = Talk(codec_class)
            talk.listen(lambda n: 5, 60)
            self.assertGreater(self.tone_share(talk.heard[-1600:]), 0.999)
            level = decibels(power(talk.heard[-1600:], FREQUENCY_HZ, 8000) / AMPLITUDE**2)
            self.assertLess(abs(level), 0.1)

    def test_stretching_and_shrinking_do_not_click(self):
        for ppm in (3000, -3000):
            talk = Talk()
            talk.listen(lambda n: 5, 1000, ppm)
            changed = talk.jitter.inserted + talk.jitter.removed
            self.assertGreater(changed, 100)
            self.assertLess(largest_step(talk.heard), STEEPEST)
            self.assertGreater(self.tone_share(talk.heard[-3200:]), 0.98)

    def test_the_delay_changes_in_pauses_and_not_in_words(self):
        talk = Talk()

        # 600 ms of a word, 200 ms of a pause.
        def payload(n):
            return talk.payload(n, AMPLITUDE if n % 40 < 30 else 10)

        # The transit time goes up by 30 ms, and down again.
        call = Call(talk.jitter, lambda n: 35 if 200 < n < 500 else 5, payload=payload)
        jitter = talk.jitter
        changes = []
        for _ in range(900):
            before = jitter.inserted + jitter.removed
            was = max(abs(v) for v in call.pcm)
            call.run(1)
            if jitter.inserted + jitter.removed != before:
                changes.append(was)
        self.assertGreater(jitter.inserted, 100)
        self.assertGreater(jitter.removed, 200)
        self.assertLess(max(changes), 100)

    def test_no_loss_or_jitter_clicks(self):
        random = Random(4)
        talk = Talk()
        talk.listen(lambda n: None if random.below(10) == 0 else 5 + random.below(80), 300)
        self.assertLess(largest_step(talk.heard), STEEPEST)

    def test_concealment_fades_to_silence_and_comes_back(self):
        talk = Talk()
        talk.listen(lambda n: None if 50 <= n < 75 else 5, 100)
        peaks = [max(abs(v) for v in talk.heard[i : i + 160]) for i in range(0, 16000, 160)]
        self.assertGreater(peaks[45], 9500)
        self.assertEqual(min(peaks[57:70]), 0)
        for n in range(51, 70):
            self.assertLessEqual(peaks[n + 1], peaks[n] + 300)
        self.assertGreater(min(peaks[-15:]), 9500)
        self.assertLess(largest_step(talk.heard), STEEPEST)

    def test_a_reset_does_not_click(self):
        talk = Talk()
        call = talk.listen(lambda n: 5, 50)
        talk.jitter.reset()
        call.first_timestamp += 123456
        call.run(50, talk.heard.extend)
        call.pulled += 40
        call.run(50, talk.heard.extend)
        self.assertLess(largest_step(talk.heard), STEEPEST)
        self.assertGreater(self.tone_share(talk.heard[-1600:]), 0.99)

    def test_a_call_does_not_allocate(self):
        random = Random(9)
        for codec_class in (Pcmu, Pcma):
            talk = Talk(codec_class)
            jitter = talk.jitter
            packet = talk.payload(0)
            pcm = array("h", bytes(320))

            def frame(n, now_ms, jitter=jitter, packet=packet, pcm=pcm, random=random):
                if random.below(10):
                    jitter.push(packet, 0, 160, n, 160 * n, now_ms + random.below(50))
                if n % 20:  # the listener stops now and then
                    jitter.pull_into(pcm, now_ms + 50)

            for n in range(300):
                without_heap(frame, n, 19 * n)
            self.assertGreater(jitter.concealed, 10)
            self.assertGreater(jitter.removed + jitter.inserted, 0)


class TestSampleQueue(unittest.TestCase):
    def test_periods_are_repeated_and_left_out_without_a_seam(self):
        queue = SampleQueue(8000, 1600)
        out = array("h", bytes(160))
        heard = array("h")
        start = changed = 0
        for n in range(60):
            while queue.pending < 400:
                queue.append(tone(125, 8000, 160, AMPLITUDE, start), 160)
                start += 160
            if n % 3 == 2:
                changed += queue.stretch(queue.longest) if n % 2 else -queue.shrink(120)
            queue.take_into(out)
            heard.extend(out)
        self.assertEqual(start, len(heard) - changed + queue.pending)
        # Each one is a period of the tone, 64 samples: only the quantised step remains.
        self.assertLess(largest_step(heard[1:]), 1000)
        self.assertGreater(power(heard[400:4400], 125, 8000), 0.99 * AMPLITUDE**2)

    def test_noise_keeps_its_length_and_bounds(self):
        queue = SampleQueue(16000, 3200)
        queue.append(noise(1600), 1600)
        out = array("h", bytes(640))
        queue.take_into(out)
        self.assertEqual(queue.pending, 1280)
        lag = queue.stretch(queue.longest)
        self.assertTrue(80 <= lag <= 240)
        self.assertEqual(queue.pending, 1280 + lag)
        cut = queue.shrink(100)
        self.assertTrue(80 <= cut <= 100)
        self.assertEqual(queue.pending, 1280 + lag - cut)

    def test_it_refuses_what_does_not_fit(self):
        queue = SampleQueue(8000, 320)
        self.assertTrue(queue.append(noise(320), 320))
        self.assertFalse(queue.append(noise(10), 10))
        self.assertEqual(queue.pending, 320)
        self.assertEqual(queue.take_into(array("h", bytes(1000))), 320)
        self.assertEqual(queue.shrink(100), 0)
        self.assertEqual(queue.stretch(queue.longest), 0)
