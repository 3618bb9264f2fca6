"""G.711 against ITU-T's formula for every input, and the codec objects' contract."""
# MIT License; see LICENSE

import unittest
from array import array

from audio.g711 import Pcma, Pcmu
from audio_fixtures import checksum, largest_step, tone, without_heap


# As the ITU-T software tool library (G.191) words it: search the segment, complement negatives.
def reference_ulaw(sample):
    magnitude = min(((~sample if sample < 0 else sample) >> 2) + 33, 0x1FFF)
    segment = 1
    while magnitude >> (5 + segment):
        segment += 1
    code = (8 - segment) << 4 | (15 - (magnitude >> segment & 15))
    return code | 0x80 if sample >= 0 else code


def reference_alaw(sample):
    code = (~sample if sample < 0 else sample) >> 4
    if code > 15:
        exponent = 1
        while code > 31:
            code >>= 1
            exponent += 1
        code += (exponent << 4) - 16
    return (code | 0x80 if sample >= 0 else code) ^ 0x55


def reference_ulaw_linear(code):
    # The middle between the decision values of table 2: those that `code` is the code of.
    code ^= 0xFF
    segment = code >> 4 & 7
    magnitude = ((2 * (code & 15) + 33) << segment) - 33
    return -4 * magnitude if code & 0x80 else 4 * magnitude


def reference_alaw_linear(code):
    code ^= 0x55
    segment = code >> 4 & 7
    step = 1 << max(segment - 1, 0)
    magnitude = step * (2 * (code & 15) + 1 + (32 if segment else 0))
    return 8 * magnitude if code & 0x80 else -8 * magnitude


class TestG711(unittest.TestCase):
    def check_encoder(self, codec, reference):
        packet = bytearray(256)
        for base in range(-32768, 32768, 256):
            codec.encode_into(array("h", range(base, base + 256)), packet)
            for i in range(256):
                if packet[i] != reference(base + i):
                    self.assertEqual((base + i, packet[i]), (base + i, reference(base + i)))

    def check_decoder(self, codec, reference):
        pcm = array("h", bytes(512))
        codec.decode_into(bytes(range(256)), pcm)
        self.assertEqual(list(pcm), [reference(code) for code in range(256)])

    def test_ulaw_encodes_every_sample_as_itu_does(self):
        self.check_encoder(Pcmu(), reference_ulaw)

    def test_alaw_encodes_every_sample_as_itu_does(self):
        self.check_encoder(Pcma(), reference_alaw)

    def test_ulaw_decodes_every_code_as_itu_does(self):
        self.check_decoder(Pcmu(), reference_ulaw_linear)

    def test_alaw_decodes_every_code_as_itu_does(self):
        self.check_decoder(Pcma(), reference_alaw_linear)

    def test_a_second_pass_changes_nothing(self):
        for codec in (Pcmu(), Pcma()):
            codes = bytes(range(256))
            pcm = array("h", bytes(512))
            again = bytearray(256)
            codec.decode_into(codes, pcm)
            codec.encode_into(pcm, again)
            # mu-law has two zeros; the negative one comes back as the positive one.
            expected = bytearray(codes)
            if codec.name == "PCMU":
                expected[0x7F] = 0xFF
            self.assertEqual(again, expected)

    def test_odd_lengths_touch_no_byte_beyond(self):
        codec = Pcmu()
        for count in (0, 1, 3, 7, 9, 15):
            packet = bytearray(b"\x11" * (count + 4))
            self.assertEqual(codec.encode_into(array("h", bytes(2 * count)), packet), count)
            self.assertEqual(packet, b"\xff" * count + b"\x11" * 4)
            pcm = array("h", [1] * (count + 4))
            self.assertEqual(codec.decode_into(packet, pcm, count), count)
            self.assertEqual(list(pcm), [0] * count + [1] * 4)

    def test_a_wrong_size_is_dropped_and_counted(self):
        codec = Pcma()
        packet = bytearray(159)
        self.assertEqual(codec.encode_into(array("h", [9] * 160), packet), 0)
        self.assertEqual(packet, bytes(159))
        self.assertEqual(codec.decode_into(bytes(161), array("h", bytes(320))), 0)
        self.assertEqual(codec.decode_into(bytes(9), array("h", bytes(320)), 10), 0)
        self.assertEqual(codec.dropped, 3)

    def test_what_a_caller_needs_to_know(self):
        known = [(c.name, c.rate_hz, c.frame_samples, c.payload_type) for c in (Pcmu, Pcma)]
        self.assertEqual(known, [("PCMU", 8000, 160, 0), ("PCMA", 8000, 160, 8)])

    def test_no_call_allocates(self):
        for codec in (Pcmu(), Pcma()):
            pcm = tone(440, 8000, 160)
            packet = bytearray(160)
            without_heap(codec.encode_into, pcm, packet)
            without_heap(codec.decode_into, packet, pcm)
            without_heap(codec.conceal_into, pcm)
            without_heap(codec.conceal_into, pcm)
            without_heap(codec.decode_into, packet, pcm, 80)


class TestConcealment(unittest.TestCase):
    def setUp(self):
        self.codec = Pcmu()
        self.pcm = array("h", bytes(320))
        self.packet = bytearray(160)
        self.heard = array("h")

    def hear(self, frames):
        for frame in frames:
            if frame is None:
                self.codec.conceal_into(self.pcm)
            else:
                source = tone(200, 8000, 160, 10000, 160 * frame)
                self.codec.encode_into(source, self.packet)
                self.codec.decode_into(self.packet, self.pcm)
            self.heard.extend(self.pcm)

    def test_a_lost_frame_of_a_tone_is_hardly_heard(self):
        self.hear([0, 1, 2, 3, None, 5, 6])
        whole = tone(200, 8000, 7 * 160, 10000)
        error = sum((self.heard[i] - whole[i]) ** 2 for i in range(640, 800))
        total = sum(whole[i] ** 2 for i in range(640, 800))
        self.assertLess(error * 50, total)  # 17 dB below, with the fade that has begun

    def test_no_loss_pattern_clicks(self):
        self.hear([0, 1, 2, None, 4, None, None, 7, 8, None, None, None, None, 13, 14, None, 16])
        # 10000 * 2 pi * 200 / 8000 is 1571; quantisation and cross-fades add a little.
        self.assertLess(largest_step(self.heard), 2000)

    def test_a_long_loss_fades_to_silence(self):
        self.hear([0, 1, 2] + [None] * 6)
        peaks = [max(abs(v) for v in self.heard[160 * n : 160 * n + 160]) for n in range(9)]
        for n in range(3, 6):
            self.assertLessEqual(peaks[n + 1], peaks[n])
        self.assertEqual(peaks[7:], [0, 0])

    def test_before_anything_was_heard_there_is_silence(self):
        self.hear([None, None])
        self.assertEqual(checksum(self.heard), 0)

    def test_part_frames_are_concealed_too(self):
        self.hear([0, 1, 2])
        part = array("h", bytes(2 * 37))
        self.assertEqual(self.codec.conceal_into(part), 37)
        self.assertGreater(max(part), 3000)
