"""The jitter buffer and packets that hold a copy of the one before: what is lost is played."""
# MIT License; see LICENSE

import unittest

from audio.jitter import JitterBuffer
from audio_fixtures import without_heap
from jitter_fixtures import Call, CountingCodec, Random, counting_packet

RV32 = True
FRAMES = 1500


class CopyingCodec(CountingCodec):
    """Each packet tells its own number; recovered frames are those of the number before."""

    chunk_ms = 10

    def __init__(self):
        self.recovered = 0

    def recover_into(self, packet, pcm, length):
        self.recovered += 1
        for i in range(length):
            pcm[i] = (packet[0] - 1) << 7 | packet[i]
        return length


def loss(percent, seed=3, jitter_ms=5):
    random = Random(seed)
    lost = []

    def transit(n):
        if 50 < n < FRAMES - 20 and random.below(100) < percent:
            lost.append(n)
            return None
        return 5 + random.below(jitter_ms)

    return transit, lost


class TestCopies(unittest.TestCase):
    def call(self, transit, codec, frames=FRAMES):
        call = Call(JitterBuffer(codec), transit)
        call.run(frames)
        return call

    def test_most_of_one_in_ten_lost_is_played_from_copies(self):
        transit, lost = loss(10)
        call = self.call(transit, CopyingCodec())
        # Of two that are lost in a row, the first has no copy.
        singles = sum([n + 1 not in lost for n in lost])
        self.assertGreaterEqual(call.jitter.recovered, singles * 9 // 10)
        self.assertLessEqual(call.jitter.recovered, singles)
        self.assertLess(max(call.delays[100:]), 80)

    def test_the_frame_that_was_lost_is_what_is_heard(self):
        heard = []
        codec = CopyingCodec()
        call = Call(JitterBuffer(codec), lambda n: None if n == 60 or n == 70 else 5)
        call.payload = lambda n: bytes([n & 0xFF]) * 20
        call.run(120, lambda pcm: heard.append(pcm[10] >> 7))
        # The first loss may come before its copy has: then the buffer waits for the next.
        self.assertEqual(codec.recovered, call.jitter.recovered)
        self.assertTrue(70 in heard)
        self.assertEqual(heard[-30:], list(range(heard[-30], heard[-30] + 30)))

    def test_the_delay_grows_by_a_frame_with_the_first_loss_and_comes_back(self):
        call = self.call(lambda n: None if n == 600 else 5, CopyingCodec(), 900)
        self.assertLessEqual(call.delays[599], 30)
        self.assertGreaterEqual(call.delays[899], 35)
        call.run(700)
        self.assertLessEqual(call.delays[-1], 35)

    def test_a_codec_without_copies_waits_for_none(self):
        transit, lost = loss(10)
        call = self.call(transit, CountingCodec())
        self.assertEqual(call.jitter.recovered, 0)
        self.assertEqual(call.jitter.lost, len(lost))
        self.assertLess(max(call.delays[100:]), 50)

    def test_copies_do_not_allocate(self):
        jitter = JitterBuffer(CopyingCodec())
        call = Call(jitter, lambda n: None)
        payload = counting_packet(1)

        def frame(n, jitter=jitter, payload=payload, pcm=call.pcm):
            if n % 7:
                jitter.push(payload, 0, 20, n, 160 * n, 20 * n)
            jitter.pull_into(pcm, 20 * n)

        for n in range(300):
            without_heap(frame, n)
        self.assertTrue(jitter.recovered > 20)


if __name__ == "__main__":
    unittest.main()
