"""The jitter buffer in calls of a fake clock: loss, jitter, drift, disorder, new time lines."""
# MIT License; see LICENSE

import unittest
from array import array

from audio.jitter import JitterBuffer
from audio_fixtures import without_heap
from jitter_fixtures import Call, CountingCodec, Random

RV32 = True
MINUTE = 3000  # frames


def concealed_percent(call, start=0):
    played = (len(call.delays) - start) * CountingCodec.frame_samples
    return 100 * sum(call.concealed[start:]) / played


class TestSteadyCalls(unittest.TestCase):
    def setUp(self):
        self.random = Random(1)

    def call(self, transit, frames, ppm=0):
        call = Call(JitterBuffer(CountingCodec()), transit, ppm)
        call.run(frames)
        return call

    def test_a_perfect_network_costs_less_than_two_frames(self):
        call = self.call(lambda n: 5, MINUTE)
        self.assertLessEqual(call.delays[-1], 30)
        self.assertEqual(sum(call.concealed), 0)
        self.assertEqual(call.jitter.target_ms, 20)

    def test_a_fast_sender_does_not_make_the_delay_grow_in_ten_minutes(self):
        call = self.call(lambda n: 5, 10 * MINUTE, ppm=-200)
        self.assertLessEqual(max(call.delays[MINUTE:]), 35)
        self.assertEqual(sum(call.concealed), 0)
        # 120 ms of drift, and the initial delay.
        self.assertLessEqual(abs(call.jitter.removed - 130), 25)

    def test_a_slow_sender_does_not_empty_the_buffer_in_ten_minutes(self):
        call = self.call(lambda n: 5, 10 * MINUTE, ppm=200)
        self.assertGreaterEqual(min(call.delays[MINUTE:]), 10)
        self.assertLess(concealed_percent(call), 0.1)
        self.assertLessEqual(abs(call.jitter.inserted - 100), 35)

    def test_drift_under_jitter_stays_within_the_target(self):
        for ppm in (200, -200):
            call = self.call(lambda n: 5 + self.random.below(30), 3 * MINUTE, ppm)
            self.assertLess(concealed_percent(call, 200), 0.2)
            for delay in call.delays[MINUTE:]:
                self.assertTrue(30 < delay < 70, delay)

    def test_loss_is_concealed_and_adds_no_delay(self):
        for percent in (5, 10, 30):
            lost = []

            def transit(n, percent=percent, lost=lost):
                # A loss at either end can't be known.
                if 0 < n < MINUTE - 20 and self.random.below(100) < percent:
                    lost.append(n)
                    return None
                return 5 + self.random.below(10)

            call = self.call(transit, MINUTE)
            self.assertEqual(call.jitter.lost, len(lost))
            self.assertLessEqual(abs(sum(call.concealed) - 20 * len(lost)), 200)
            self.assertLess(max(call.delays[200:]), 50)
            self.assertEqual(call.jitter.late, 0)

    def test_200_ms_of_jitter_is_absorbed(self):
        call = self.call(lambda n: 5 + self.random.below(200), MINUTE)
        self.assertLess(concealed_percent(call, 300), 3)
        self.assertLess(max(call.delays[300:]), 230)

    def test_moderate_jitter_needs_no_concealment(self):
        call = self.call(lambda n: 5 + self.random.below(60), MINUTE)
        self.assertLess(concealed_percent(call, 100), 0.3)
        self.assertLess(call.delays[-1], 100)

    def test_speaker_pulls_in_bursts_do_no_harm(self):
        call = self.call(lambda n: 5 + self.random.below(10), 100)
        jitter, pcm = call.jitter, call.pcm
        before = jitter.concealed_samples
        for n in range(50, 500):
            now_ms = n * 40
            call.send_until(now_ms)
            call.deliver_until(now_ms)
            jitter.pull_into(pcm, now_ms)
            jitter.pull_into(pcm, now_ms)
        self.assertLess(jitter.concealed_samples - before, 100)
        self.assertLess(jitter.delay_ms, 60)


class TestDisorder(unittest.TestCase):
    def play(self, transit, frames=200):
        call = Call(JitterBuffer(CountingCodec()), transit)
        heard = array("h")
        call.run(frames, heard.extend)
        return call, heard

    def test_reordered_packets_are_played_in_order(self):
        call, heard = self.play(lambda n: 5 if n % 3 else 40)
        self.assertEqual(call.jitter.late, 0)
        self.assertEqual(call.jitter.lost, 0)
        numbers = [value >> 7 for value in heard[1000:] if value & 127 == 10]
        for i in range(1, len(numbers)):
            self.assertIn((numbers[i] - numbers[i - 1]) & 0xFF, (0, 1))

    def test_duplicates_are_counted_and_not_played(self):
        call, heard = self.play(lambda n: (5, 5, 9, 300))
        copies = call.jitter.duplicates
        self.assertTrue(copies > 3 * 200 - 70, copies)
        self.assertEqual(sum(call.concealed), 0)
        self.assertEqual(call.jitter.late, 0)

    def test_order_is_open_until_the_first_frame_is_played(self):
        jitter = JitterBuffer(CountingCodec())
        for n, now_ms in ((1, 0), (0, 1), (2, 2)):
            jitter.push(bytes([n]) + bytes(19), 0, 20, 100 + n, 8000 + 160 * n, now_ms)
        heard = []
        pcm = array("h", bytes(40))
        for now_ms in range(20, 140, 20):
            jitter.pull_into(pcm, now_ms)
            heard.append(pcm[5])
        started = heard.index(0)
        self.assertEqual(heard[started : started + 3], [0, 128, 256])

    def test_a_late_packet_is_counted_and_teaches_delay(self):
        call, _ = self.play(lambda n: 150 if 50 <= n < 60 else 5, 90)
        self.assertGreater(call.jitter.late, 0)
        self.assertGreater(call.jitter.target_ms, 80)

    def test_the_delay_adapts_down_again_after_a_spike(self):
        random = Random(3)
        call, _ = self.play(lambda n: 5 + (random.below(180) if 300 < n < 400 else 0), 1200)
        self.assertGreater(max(call.delays[300:450]), 100)
        # It never pauses, so 20 ms too much are left as they are.
        self.assertLess(max(call.delays[-300:]), 45)

    def test_a_lasting_step_of_the_transit_time_is_followed(self):
        call, _ = self.play(lambda n: 5 if n < 300 else 305, 1500)
        self.assertEqual(sum(call.concealed[-900:]), 0)
        self.assertLess(call.delays[-1], 50)

    def test_an_outage_leaves_the_delay_as_it_was(self):
        call, _ = self.play(lambda n: None if 300 <= n < 3300 else 5, 3600)
        self.assertEqual(call.jitter.resets, 0)
        self.assertEqual(sum(call.concealed[-250:]), 0)
        self.assertLess(max(call.delays), 50)

    def test_a_listener_that_stops_for_a_while_comes_back_with_little_delay(self):
        call, _ = self.play(lambda n: 5, 300)
        call.pulled += 100
        call.run(300)
        self.assertLess(max(call.delays[-250:]), 50)
        self.assertEqual(sum(call.concealed[-250:]), 0)


class TestBusyListener(unittest.TestCase):
    def stall(self, call, frames):
        """No pull for so many frames; then all packets at once, and the speaker is filled."""
        call.pulled += frames
        now_ms = call.pulled * 20
        call.send_until(now_ms)
        late = [(now_ms,) + arrival[1:] for arrival in call.in_flight if arrival[0] < now_ms]
        call.in_flight = late + [one for one in call.in_flight if one[0] >= now_ms]
        call.deliver_until(now_ms)
        call.jitter.pull_into(call.pcm, now_ms)

    def test_one_stall_teaches_no_delay_and_is_caught_up_at_once(self):
        for frames in (3, 5, 8):
            call = Call(JitterBuffer(CountingCodec()), lambda n: 5)
            call.run(300)
            before = call.jitter.delay_ms
            self.stall(call, frames)
            call.run(20)
            self.assertLess(call.jitter.target_ms, 25)
            self.assertLess(call.jitter.delay_ms, before + 25)

    def test_stalls_again_and_again_teach_delay(self):
        call = Call(JitterBuffer(CountingCodec()), lambda n: 5)
        for _ in range(20):
            call.run(20)
            self.stall(call, 4)
        self.assertGreater(call.jitter.target_ms, 60)

    def test_a_stall_of_an_earlier_connection_is_not_forgiven_in_the_next(self):
        jitter = JitterBuffer(CountingCodec())
        call = Call(jitter, lambda n: 5)
        call.run(2000)
        self.stall(call, 4)
        jitter.reset()
        random = Random(5)
        again = Call(jitter, lambda n: 5 + random.below(100))  # its clock begins at 0
        again.run(500)
        self.assertGreater(jitter.target_ms, 60)
        self.assertLess(concealed_percent(again, 200), 3)


class TestTimeLines(unittest.TestCase):
    def setUp(self):
        self.jitter = JitterBuffer(CountingCodec())
        self.call = Call(self.jitter, lambda n: 5)
        self.call.run(200)

    def settles(self):
        self.call.run(400)
        self.assertLess(self.call.delays[-1], 50)
        self.assertEqual(sum(self.call.concealed[-200:]), 0)

    def test_another_ssrc_takes_over(self):
        for seq, timestamp in ((17, 12345), (40000, 0x20000000), (65530, 0x3FFFFF00)):
            self.call.first_seq = seq
            self.call.first_timestamp = timestamp
            self.settles()

    def test_a_reset_starts_at_the_next_packet(self):
        self.jitter.reset()
        self.call.first_seq = 5
        self.call.first_timestamp = 99
        self.settles()
        self.assertEqual(self.jitter.resets, 1)
        self.assertEqual(self.jitter.dropped, 0)

    def test_sequence_numbers_alone_may_jump(self):
        for jump in (20000, 50000, 100):
            self.call.first_seq += jump
            self.settles()

    def test_timestamps_alone_may_jump(self):
        for jump in (8000, -8000, 4000, -4000, 80000, -80000, 1 << 27):
            self.call.first_timestamp += jump
            self.settles()

    def test_a_pause_of_the_sender_is_no_loss(self):
        # Silence suppression: sequence numbers go on, timestamps leave a gap.
        lost = self.jitter.lost
        self.call.sent += 50
        self.call.first_seq -= 50
        self.call.run(300)
        self.assertEqual(self.jitter.lost, lost)
        self.assertLess(self.call.delays[-1], 50)
        self.assertEqual(sum(self.call.concealed[-100:]), 0)

    def test_one_foreign_packet_changes_nothing(self):
        self.jitter.push(bytes(20), 0, 20, 1234, 55555555, 200 * 20)
        self.assertEqual(self.jitter.dropped, 1)
        self.call.run(100)
        self.assertEqual(sum(self.call.concealed), 0)
        self.assertEqual(self.jitter.resets, 0)


class TestDoor(unittest.TestCase):
    def test_wrong_limits_are_refused(self):
        for arguments in ((-1, 200), (100, 60), (20, 401), (20, 200, 0), (20, 200, 1501)):
            with self.assertRaises(ValueError):
                JitterBuffer(CountingCodec(), *arguments)

    def test_malformed_pushes_are_dropped_and_counted(self):
        jitter = JitterBuffer(CountingCodec(), max_payload=40)
        buf = bytes(60)
        for start, length in ((0, 0), (0, -1), (0, 41), (21, 40), (-1, 20), (60, 1)):
            jitter.push(buf, start, length, 1, 0, 0)
        self.assertEqual(jitter.dropped, 6)
        self.assertEqual(jitter.stats()["late"], 0)

    def test_a_frame_that_is_too_long_is_left_alone(self):
        jitter = JitterBuffer(CountingCodec())
        pcm = array("h", [5] * 41)
        self.assertEqual(jitter.pull_into(pcm, 0), 0)
        self.assertEqual(jitter.dropped, 1)
        self.assertEqual(pcm[0], 5)

    def test_packets_of_odd_lengths_play_on(self):
        jitter = JitterBuffer(CountingCodec())
        pcm = array("h", bytes(40))
        lengths = (10, 20, 40, 3, 7, 60, 20, 1)
        timestamp = seq = now_ms = 0
        next_pull = 0
        concealed = 0
        while now_ms < 6000:
            if now_ms < 3000:
                concealed = jitter.concealed_samples
            length = lengths[seq % 8]
            payload = bytes(length)
            # A packet leaves when its last sample has been heard.
            now_ms += length
            while next_pull <= now_ms:
                jitter.pull_into(pcm, next_pull)
                next_pull += 20
            jitter.push(payload, 0, length, seq, timestamp, now_ms)
            seq += 1
            timestamp += 8 * length
        self.assertLess(jitter.concealed_samples - concealed, 100)
        self.assertEqual(jitter.lost, 0)

    def test_random_input_never_raises_and_never_empties_a_frame(self):
        random = Random(77)
        jitter = JitterBuffer(CountingCodec())
        pcm = array("h", bytes(40))
        buf = bytearray(64)
        for n in range(3000):
            kind = random.below(8)
            seq = n if kind < 5 else random.below(65536)
            timestamp = 160 * n if kind < 6 else random.below(1 << 17) << 13
            jitter.push(buf, random.below(40), random.below(30), seq, timestamp, 20 * n)
            if kind != 7:
                self.assertEqual(jitter.pull_into(pcm, 20 * n), 20)

    def test_push_and_pull_do_not_allocate(self):
        random = Random(5)
        jitter = JitterBuffer(CountingCodec())
        call = Call(jitter, lambda n: None)
        payload = bytearray(20)

        # No free variables: a closure of more than five arguments allocates when called.
        def frame(n, now_ms, jitter=jitter, random=random, payload=payload, pcm=call.pcm):
            for copy in range(2):
                if random.below(10):
                    seq = (65500 + n - copy * random.below(4)) & 0xFFFF
                    jitter.push(payload, 0, 20, seq, (160 * n - 4096) & 0x3FFFFFFF, now_ms)
            jitter.pull_into(pcm, now_ms)

        # The clock is beyond nine days: products of it must not leave the small ints.
        for n in range(500):
            without_heap(frame, n, 800000000 + 20 * n)
        for n in range(500, 600):
            without_heap(frame, n + 30000 * (n % 2), 800000000 + 23 * n)
