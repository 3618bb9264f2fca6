"""The DTLS handshake between two of our endpoints: loss, disorder, refusals, timers, slices."""
# MIT License; see LICENSE

import unittest

from dtls_pair import CLIENT, SERVER, TURN_MS, Link, Pair, Random
from webrtc import ecdsa, p256
from webrtc.dtls import Dtls, Pool, fragments, record

WRONG = "00:" * 31 + "00"


class CleanTest(unittest.TestCase):
    def test_both_ends_connect_with_the_same_keys(self):
        pair = Pair()
        pair.run()
        self.assertTrue(pair.connected())
        self.assertEqual([len(part) for part in pair.client.srtp_keys()], [16, 14, 16, 14])
        self.assertEqual(pair.client.dropped + pair.server.dropped, 0)

    def test_each_flight_is_one_datagram(self):
        pair = Pair()
        pair.run()
        self.assertEqual((len(pair.up.sent), len(pair.down.sent)), (2, 2))

    def test_pools_are_used_up(self):
        pools = Pool(Random(4).bytes), Pool(Random(5).bytes)
        for pool in pools:
            while pool.refill_step():
                self.assertFalse(pool.full)
            self.assertTrue(pool.full)
        pair = Pair(client_pool=pools[0], server_pool=pools[1])
        pair.run()
        self.assertTrue(pair.connected())
        for pool in pools:
            self.assertIsNone(pool.take_pair())
            self.assertIsNone(pool.take_half())

    def test_keys_differ_from_call_to_call(self):
        first, second = Pair(seed=1), Pair(seed=2)
        first.run()
        second.run()
        self.assertFalse(first.client.srtp_keys() == second.client.srtp_keys())

    def test_keys_are_held_back_before_the_end(self):
        pair = Pair()
        while pair.client.state == "connecting":
            with self.assertRaises(RuntimeError):
                pair.client.srtp_keys()
            pair.turn()

    def test_close_notify_ends_the_other_side(self):
        for name in ("client", "server"):
            pair = Pair()
            pair.run()
            getattr(pair, name).close(pair.now_ms)
            pair.turn()
            pair.turn()
            self.assertEqual((pair.client.state, pair.server.state), ("closed", "closed"))
            with self.assertRaises(RuntimeError):
                pair.client.srtp_keys()


class LossTest(unittest.TestCase):
    def check(self, limit_ms, **link):
        # -> how long the slowest of eight handshakes took.
        worst = 0
        for seed in range(8):
            pair = Pair(seed, Link(seed * 2, **link), Link(seed * 2 + 1, **link))
            took = pair.run()
            self.assertTrue(pair.connected(), f"seed {seed}: {pair.client.error}")
            worst = max(worst, took)
        self.assertTrue(worst <= limit_ms, f"took {worst} ms")

    def test_5_percent_loss(self):
        self.check(4000, loss=5)

    def test_10_percent_loss(self):
        self.check(8000, loss=10)

    def test_30_percent_loss(self):
        self.check(25000, loss=30)

    def test_reordering_repetition_and_jitter(self):
        self.check(1000, repeat=50, late=60)

    def test_everything_at_once(self):
        self.check(20000, loss=15, repeat=15, late=40, delay_ms=100)

    def test_a_lost_first_hello_costs_a_tenth_of_a_second(self):
        pair = Pair()
        pair.client.step(0)
        pair.client.outbox.clear()
        self.assertTrue(pair.run() <= 80 + 6 * TURN_MS)

    def test_a_lost_final_flight_is_sent_again(self):
        pair = Pair(0, Link(), Link(delay_ms=50))
        while pair.server.state != "connected":
            pair.turn()
        self.assertEqual(len(pair.down.arrived(pair.now_ms + 1000)), 1)
        lost_ms = pair.now_ms
        took = pair.run() - lost_ms
        self.assertTrue(pair.connected())
        self.assertEqual(len(pair.down.sent), 3)
        self.assertTrue(900 <= took <= 1100)

    def test_repetitions_are_answered_once_in_200_ms(self):
        pair = Pair()
        pair.run()
        pair.now_ms += 1000
        last = pair.up.sent[-1]
        # Replays as they are: the record is known, nothing happens.
        for _ in range(5):
            pair.server.receive(last, pair.now_ms)
        self.assertEqual(pair.server.outbox, [])
        self.assertTrue(pair.server.dropped >= 5)


class RefragmentedLink(Link):
    """Cuts plaintext handshake messages to small overlapping pieces, last piece first."""

    size = 37

    def send(self, data, now_ms):
        count = 0
        for content_type, epoch, _, body in record.split(data):
            if content_type != 22 or epoch:
                pieces = [body]
            else:
                pieces = fragments.cut(body, 12 + self.size)[::-1]
            for piece in pieces:
                count += 1
                if epoch:
                    super().send(data[-13 - len(body) :], now_ms)
                else:
                    number = (len(self.sent) + 1000).to_bytes(8, "big")
                    head = bytes((content_type, 0xFE, 0xFD)) + number
                    super().send(head + len(piece).to_bytes(2, "big") + piece, now_ms)


class FragmentTest(unittest.TestCase):
    def test_small_fragments_in_reverse(self):
        for size in (11, 37, 100):
            pair = Pair(0, RefragmentedLink(), RefragmentedLink())
            pair.up.size = pair.down.size = size
            pair.run()
            self.assertTrue(pair.connected(), pair.client.error)


class RefusalTest(unittest.TestCase):
    def test_client_refuses_another_certificate(self):
        pair = Pair(client_expects=WRONG)
        pair.run(2000)
        self.assertEqual(pair.client.state, "failed")
        self.assertIn("does not match its fingerprint", pair.client.error)

    def test_server_refuses_another_certificate(self):
        pair = Pair(server_expects=WRONG)
        pair.run(2000)
        self.assertEqual(pair.server.state, "failed")
        self.assertIn("does not match its fingerprint", pair.server.error)

    def test_the_refused_side_fails_soon_and_says_why(self):
        pair = Pair(client_expects=WRONG)
        pair.run(6000)
        self.assertEqual(pair.server.state, "failed")
        self.assertEqual(pair.server.error, "peer refused: bad certificate (42)")

    def test_a_forged_plain_alert_does_not_stop_the_handshake(self):
        pair = Pair(0, Link(delay_ms=100), Link(delay_ms=100))
        pair.turn()
        alert = b"\x15\xfe\xfd" + bytes(8) + b"\x00\x02\x02\x28"
        pair.client.receive(alert, pair.now_ms)
        pair.run()
        self.assertTrue(pair.connected())

    def test_bad_arguments(self):
        for role, fingerprint in (
            ("both", SERVER.fingerprint),
            ("client", "AB:CD"),
            ("client", "no:such"),
        ):
            with self.assertRaises(ValueError):
                Dtls(role, CLIENT, fingerprint, Random(1).bytes)

    def test_lower_case_fingerprints_are_good(self):
        pair = Pair(client_expects=SERVER.fingerprint.lower())
        pair.run()
        self.assertTrue(pair.connected())


class HostileTest(unittest.TestCase):
    def test_changed_datagrams_never_connect_two_ends_with_different_keys(self):
        random = Random(9)
        for seed in range(30):
            pair = Pair(seed)
            for _ in range(30):
                pair.turn()
                for link in (pair.up, pair.down):
                    data = bytearray(random.below(40))
                    if link.sent:
                        data = bytearray(link.sent[-1])
                        data[random.below(len(data))] ^= 1 << random.below(8)
                    link.send(data, pair.now_ms)
            if pair.client.state == pair.server.state == "connected":
                self.assertTrue(pair.connected())

    def test_cut_datagrams_are_dropped(self):
        clean = Pair()
        clean.run()
        for data in clean.up.sent[:1] + clean.down.sent[:1]:
            for n in range(0, len(data), 9):
                pair = Pair()
                pair.turn()
                pair.server.receive(data[:n], pair.now_ms)
                pair.client.receive(data[:n], pair.now_ms)
                self.assertFalse(pair.client.state == "connected")

    def test_forged_protected_records_cost_a_bounded_number_of_decryptions(self):
        pair = Pair()
        pair.run()
        server = pair.server
        opened = []
        original = server.records.open
        server.records.open = lambda *parts: opened.append(1) or original(*parts)
        pair.now_ms += 2000
        for i in range(500):
            number = b"\x00\x01" + (1000 + i).to_bytes(6, "big")
            forged = b"\x16\xfe\xfd" + number + b"\x00\x30" + bytes(48)
            server.receive(forged, pair.now_ms)
        self.assertTrue(len(opened) <= 16)
        self.assertEqual(server.state, "connected")

    def test_nothing_is_accepted_after_failure_or_close(self):
        pair = Pair(client_expects=WRONG)
        pair.run(6000)
        for end in (pair.client, pair.server):
            end.outbox.clear()
            end.receive(pair.up.sent[0], pair.now_ms)
            end.tick(pair.now_ms + 1000)
            end.step()
            self.assertEqual(end.state, "failed")
            self.assertEqual(end.outbox, [])
            self.assertIsNone(end.deadline_ms)

    def test_datagrams_before_the_start_are_ignored(self):
        end = Dtls("server", SERVER, CLIENT.fingerprint, Random(1).bytes)
        end.receive(b"\x16\xfe\xfd", 0)
        self.assertEqual((end.state, end.outbox, end.busy), ("new", [], False))


class TimerTest(unittest.TestCase):
    def silent_client(self, seconds):
        # -> the times at which a client without a peer sends.
        end = Dtls("client", CLIENT, SERVER.fingerprint, Random(1).bytes)
        end.start(0)
        while end.busy:
            end.step(0)
        times = []
        for now_ms in range(0, seconds * 1000, TURN_MS):
            end.tick(now_ms)
            while end.outbox:
                end.outbox.pop(0)
                times.append(now_ms)
        return end, times

    def test_hellos_back_off(self):
        _, times = self.silent_client(12)
        self.assertEqual(times[:7], [0, 80, 240, 560, 1200, 2480, 5040])

    def test_silence_ends_in_failure(self):
        end, times = self.silent_client(40)
        self.assertEqual((end.state, end.error), ("failed", "peer does not answer"))
        self.assertTrue(len(times) < 12)

    def test_deadline_is_when_the_next_hello_is_due(self):
        end = Dtls("client", CLIENT, SERVER.fingerprint, Random(1).bytes)
        self.assertIsNone(end.deadline_ms)
        end.start(500)
        while end.busy:
            end.step()
        self.assertEqual(end.deadline_ms, 580)

    def test_a_server_waits_for_the_first_hello(self):
        end = Dtls("server", SERVER, CLIENT.fingerprint, Random(1).bytes)
        end.start(0)
        while end.busy:
            end.step()
        end.tick(100000)
        self.assertEqual(end.state, "connecting")
        self.assertIsNone(end.deadline_ms)


class SliceTest(unittest.TestCase):
    """Instructions on a 32-bit chip, from measured costs: no slice may hold up audio."""

    DOUBLE, ADD, INVERSE = 130, 175, 670  # thousands of instructions
    LIMIT = 2200

    def setUp(self):
        self.cost = 0
        self.kept = p256.double, p256.add, p256.inverse
        p256.double = self.counting(p256.double, self.DOUBLE)
        p256.add = self.counting(p256.add, self.ADD)
        p256.inverse = ecdsa.inverse = self.counting(p256.inverse, self.INVERSE)

    def tearDown(self):
        p256.double, p256.add, p256.inverse = self.kept
        ecdsa.inverse = p256.inverse

    def counting(self, function, cost):
        def counted(*arguments):
            self.cost += cost
            return function(*arguments)

        return counted

    def test_no_slice_is_long(self):
        pair = Pair()
        worst = slices = 0
        for _ in range(20):
            for end in (pair.client, pair.server):
                while end.busy:
                    self.cost = 0
                    end.step(pair.now_ms)
                    worst = max(worst, self.cost)
                    slices += 1
            pair.turn()
        self.assertTrue(pair.connected())
        self.assertTrue(slices > 150)
        self.assertTrue(worst <= self.LIMIT, f"{worst} k instructions in a slice")


if __name__ == "__main__":
    unittest.main()
