"""RFC 3389: what is sent in silence, and the noise that is made of it."""
# MIT License; see LICENSE

import unittest
from array import array

from audio.comfort_noise import ComfortNoise, SilenceSuppressor, WithComfortNoise
from audio.comfort_noise_viper import generate
from audio.g711 import Pcmu
from audio.jitter import JitterBuffer
from audio.level import Meter
from audio_fixtures import checksum, noise, tone, without_heap


def made(payload, count=4000):
    maker = ComfortNoise()
    maker.update(payload, len(payload))
    pcm = array("h", bytes(2 * count))
    maker.fill(pcm, count)
    return pcm


def likeness(pcm, lag):
    """R(lag) / R(0)."""
    zero = lagged = 0
    for i in range(lag, len(pcm)):
        zero += pcm[i] * pcm[i]
        lagged += pcm[i] * pcm[i - lag]
    return lagged / zero


class TestGenerator(unittest.TestCase):
    def test_the_level_is_what_was_described(self):
        for level in (20, 40, 55, 70):
            pcm = made(bytes((level,)))
            self.assertAlmostEqual(Meter(8000).measure(pcm), -level, delta=1)
        self.assertLess(Meter(8000).measure(made(b"\x7f")), -95)

    def test_the_level_stays_with_a_spectrum(self):
        for coefficients in (
            b"\x20",
            b"\xe0",
            b"\x20\xb0",
            b"\x30\xa0\x60\x90",
            bytes(range(90, 100)),
        ):
            pcm = made(b"\x28" + coefficients, 8000)
            self.assertAlmostEqual(Meter(8000).measure(pcm), -40, delta=2)

    def test_coefficients_shape_the_spectrum(self):
        # k1 = -R(1) / R(0): negative when neighbours are alike, which is noise of low pitch.
        for n in (48, 127, 208):
            pcm = made(bytes((40, n)), 8000)
            self.assertAlmostEqual(likeness(pcm, 1), -258 * (n - 127) / 32768, delta=0.04)
        # R(2) of order 2: k1 ** 2 - k2 * (1 - k1 ** 2).
        pcm = made(bytes((40, 48, 190)), 8000)
        k1, k2 = -0.622, 0.496
        self.assertAlmostEqual(likeness(pcm, 2), k1 * k1 - k2 * (1 - k1 * k1), delta=0.05)

    def test_extreme_descriptions_stay_in_range(self):
        for payload in (b"\x00" + b"\xff" * 10, b"\x80" + b"\x00" * 20, b"\x00" * 11):
            pcm = made(payload)
            self.assertTrue(min(pcm) >= -32768 and max(pcm) <= 32767)

    def test_nothing_described_is_silence(self):
        maker = ComfortNoise()
        maker.update(b"", 0)
        pcm = array("h", bytes(320))
        maker.fill(pcm, 160)
        self.assertLessEqual(max(pcm) - min(pcm), 1)

    def test_every_runtime_has_the_same_noise(self):
        k = array("H", (20000, 40000, 36000, 30000))
        past = array("H", (32768,) * 4)
        pcm = array("h", bytes(4000))
        seed = generate(pcm, 2000, 30000, 77, k, past, 4)
        self.assertEqual((checksum(pcm), seed, checksum(past)), (218851685, 876541, 492715))


class TestSuppressor(unittest.TestCase):
    def described(self, one, level_dbov, frames):
        """In which of so many silent frames a description is due."""
        due = []
        for i in range(frames):
            self.assertTrue(one.suppress(level_dbov, False))
            if one.due:
                due.append(i)
        return due

    def test_speech_is_sent_and_silence_described_once(self):
        one = SilenceSuppressor()
        self.assertFalse(one.suppress(-20, True))
        self.assertEqual(self.described(one, -60, 11), [0])
        packet = bytearray(4)
        self.assertEqual(one.payload_into(packet), 1)
        self.assertEqual((packet[0], one.suppressed), (60, 11))
        self.assertFalse(one.suppress(-20, True))
        self.assertEqual(self.described(one, -60, 1), [0])

    def test_it_is_described_again_in_half_a_second_and_when_it_changes(self):
        one = SilenceSuppressor()
        self.assertEqual(self.described(one, -60, 51), [0, 25, 50])
        self.assertGreater(len(self.described(one, -45, 26)), 1)
        packet = bytearray(1)
        one.payload_into(packet)
        self.assertAlmostEqual(packet[0], 45, delta=4)

    def test_no_decision_allocates(self):
        one = SilenceSuppressor()
        without_heap(one.suppress, -60, False)
        without_heap(one.suppress, -60, False)


class TestCodec(unittest.TestCase):
    def test_speech_passes_and_noise_follows_its_description(self):
        codec = WithComfortNoise(Pcmu())
        speech = tone(500, 8000, 160)
        packet = bytearray(160)
        pcm = array("h", bytes(640))
        self.assertEqual(codec.encode_into(speech, packet), 160)
        self.assertEqual(codec.packet_samples(packet, 160), 160)
        self.assertEqual(codec.decode_into(packet, pcm, 160), 160)
        self.assertEqual(codec.packet_samples(b"\x2d", 1), 160)
        self.assertEqual(codec.decode_into(b"\x2d", pcm, 1), 160)
        self.assertAlmostEqual(Meter(8000).measure(pcm[:160]), -45, delta=2)
        codec.conceal_into(pcm)
        self.assertAlmostEqual(Meter(8000).measure(pcm), -45, delta=2)
        codec.decode_into(packet, pcm, 160)
        codec.conceal_into(pcm[:160])
        self.assertEqual(codec.dropped, 0)

    def test_a_jitter_buffer_plays_the_pause_as_noise(self):
        codec = WithComfortNoise(Pcmu())
        jitter = JitterBuffer(codec)
        packet = bytearray(160)
        codec.encode_into(noise(160, 3, 8000), packet)
        pcm = array("h", bytes(320))
        meter = Meter(8000)
        levels = []
        seq = 0
        for i in range(150):
            now_ms = 20 * i
            # One second of speech, one of silence with a description each half, one of speech.
            if not 50 <= i < 100 or i in (50, 75):
                size = 160 if not 50 <= i < 100 else 1
                jitter.push(packet if size > 1 else b"\x32", 0, size, seq, 160 * i, now_ms)
                seq += 1
            jitter.pull_into(pcm, now_ms)
            levels.append(meter.measure(pcm))
        for i in range(60, 95):
            self.assertAlmostEqual(levels[i], -50, delta=3)
        self.assertGreater(min(levels[15:45]), -25)
        self.assertGreater(min(levels[115:145]), -25)
        self.assertEqual((jitter.late, jitter.lost), (0, 0))

    def test_no_frame_allocates(self):
        codec = WithComfortNoise(Pcmu())
        pcm = array("h", bytes(320))
        payload = b"\x28\x30\xa0\x60\x90"
        without_heap(codec.decode_into, payload, pcm, 5)
        without_heap(codec.conceal_into, pcm)
