"""Two peer connections with each other: what a call needs, under loss, and how it ends."""
# MIT License; see LICENSE

import sys
import unittest

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from pair import ADDRESSES, IDENTITIES, Pair, Random  # noqa: E402


class Call(unittest.TestCase):
    def test_both_ends_connect_and_hear_each_other(self):
        pair = Pair()
        self.assertEqual(pair.states(), ["new", "new"])
        self.assertTrue(pair.connect(3000))
        pair.talk(50)
        pair.run(200)
        for i in (0, 1):
            peer = pair.peers[i]
            self.assertEqual(peer.sender.codec, (0, "PCMU", 8000))
            self.assertEqual(len(pair.sinks[i].frames), 50)
            self.assertEqual([frame[1][0] for frame in pair.sinks[i].frames], list(range(50)))
            self.assertEqual((peer.receiver.level_dbov, peer.receiver.voice), (-30, True))
            self.assertIsNone(peer.failure_reason)

    def test_reports_tell_round_trip_and_loss(self):
        pair = Pair(delay_ms=20)
        self.assertTrue(pair.connect(3000))
        pair.talk(400)
        stats = pair.peers[0].stats()
        self.assertTrue(35 <= stats["round_trip_ms"] <= 60)
        self.assertEqual((stats["lost"], stats["remote_lost"]), (0, 0))
        self.assertEqual(stats["packets_sent"], 400)
        self.assertEqual(stats["state"], "connected")
        self.assertEqual(stats["rejected"], 0)
        self.assertEqual(pair.peers[0].sender.remote_loss, 0)
        self.assertTrue(pair.peers[0].sender.reports >= 2)

    def test_opus_is_offered_first_and_given_up_where_the_answer_says_so(self):
        opus = {"codecs": ("opus", "PCMU", "PCMA")}
        for other, codec in (
            (opus, (111, "opus", 48000)),
            ({"codecs": ("PCMA", "PCMU")}, (8, "PCMA", 8000)),
            ({"codecs": ("PCMA", "opus")}, (8, "PCMA", 8000)),
        ):
            pair = Pair(options=(opus, other))
            offer = pair.peers[0].create_offer()
            self.assertTrue("RTP/SAVPF 111 0 8\r\n" in offer)
            self.assertTrue("a=rtpmap:111 opus/48000/2\r\n" in offer)
            self.assertTrue("maxplaybackrate=16000" in offer and "useinbandfec=1" in offer)
            self.assertTrue(pair.connect(3000))
            for peer in pair.peers:
                self.assertEqual(peer.sender.codec, codec)
                self.assertEqual(peer.receiver.codec, codec)

    def test_the_answerer_s_codec_holds(self):
        pair = Pair(options=({}, {"codecs": ("PCMA",)}))
        self.assertTrue(pair.connect(3000))
        for peer in pair.peers:
            self.assertEqual(peer.sender.codec, (8, "PCMA", 8000))

    def test_comfort_noise_is_taken_where_both_know_it(self):
        both = {"codecs": ("PCMU", "CN")}
        pair = Pair(options=(both, both))
        self.assertTrue(pair.connect(3000))
        sender = pair.peers[0].sender
        self.assertEqual((sender.codec, sender.noise_type), ((0, "PCMU", 8000), 13))
        sender.payload[0] = 60
        self.assertTrue(sender.send(1, 160, -60, False, True))
        sender.skip(160)
        pair.run(100)
        self.assertEqual([payload for _, payload in pair.sinks[1].frames], [b"\x3c"])
        self.assertEqual(pair.peers[1].receiver.foreign, 0)

    def test_comfort_noise_is_foreign_where_one_does_not_know_it(self):
        for options in (({"codecs": ("PCMU", "CN")}, {}), ({}, {"codecs": ("PCMU", "CN")})):
            pair = Pair(options=options)
            self.assertTrue(pair.connect(3000))
            for peer in pair.peers:
                self.assertEqual(peer.sender.codec, (0, "PCMU", 8000))
                self.assertIsNone(peer.sender.noise_type)

    def test_comfort_noise_alone_is_no_codec(self):
        pair = Pair(options=({"codecs": ("PCMA", "CN")}, {"codecs": ("PCMU", "CN")}))
        first, second = pair.peers
        offer = first.create_offer()
        first.set_local_description("offer", offer)
        with self.assertRaises(ValueError):
            second.set_remote_description("offer", offer)

    def test_one_way_audio_goes_one_way(self):
        pair = Pair(options=({"direction": "sendonly"}, {}))
        self.assertTrue(pair.connect(3000))
        self.assertIsNone(pair.peers[1].sender.payload)
        self.assertFalse(pair.peers[1].sender.send(160, 160))
        self.assertIsNone(pair.peers[0].receiver.codec)

    def test_without_the_level_extension_the_header_is_shorter(self):
        pair = Pair(options=({}, {"audio_level": False}))
        self.assertTrue(pair.connect(3000))
        pair.talk(3)
        pair.run(100)
        self.assertIsNone(pair.peers[0].receiver.level_dbov)
        self.assertEqual(len(pair.sinks[0].frames), 3)


class Trouble(unittest.TestCase):
    def lossy(self, loss, jitter_ms):
        pair = Pair(seed=loss, loss=loss, duplicates=5, delay_ms=10, jitter_ms=jitter_ms)
        self.assertTrue(pair.connect(60000))
        frames = 250
        pair.talk(frames)
        pair.loss = 0
        pair.run(1000)
        self.assertEqual(pair.states(), ["connected", "connected"])
        for i in (0, 1):
            numbers = [frame[0] for frame in pair.sinks[i].frames]
            self.assertEqual(len(set(numbers)), len(numbers))
            share = len(numbers) * 100 // frames
            self.assertTrue(100 - loss - 9 <= share <= 100 - loss + 9)
            stats = pair.peers[i].stats()
            self.assertEqual(stats["packets_received"], len(numbers))
            self.assertTrue(abs(stats["lost"] - (frames - len(numbers))) <= 12)

    def test_5_percent_lost(self):
        self.lossy(5, 0)

    def test_10_percent_lost_in_jitter(self):
        self.lossy(10, 200)

    def test_30_percent_lost_in_jitter(self):
        self.lossy(30, 200)

    def test_media_before_the_keys_is_dropped_and_counted(self):
        pair = Pair()
        pair.negotiate()
        pair.peers[0].receive(b"\x80\x00" + bytes(190), ADDRESSES[1], pair.now_ms)
        self.assertEqual(pair.peers[0].receiver.early, 1)
        self.assertTrue(pair.run(3000, lambda: pair.states()[0] == "connected"))

    def test_garbage_of_any_kind_is_harmless(self):
        pair = Pair()
        self.assertTrue(pair.connect(3000))
        random = Random(5)
        for first in range(256):
            for size in (0, 1, 11, 40, 200, 1400):
                data = bytes([first]) + random(size)
                pair.peers[0].receive(data, ADDRESSES[1], pair.now_ms)
                pair.peers[0].receive(data, ("10.9.9.9", 9), pair.now_ms)
        pair.peers[0].receive(b"", ADDRESSES[1], pair.now_ms)
        pair.talk(5)
        pair.run(200)
        self.assertEqual(len(pair.sinks[0].frames), 5)
        self.assertEqual(pair.states(), ["connected", "connected"])


class Endings(unittest.TestCase):
    def setUp(self):
        self.pair = Pair()

    def test_closing_is_told_to_the_peer(self):
        pair = self.pair
        self.assertTrue(pair.connect(3000))
        pair.talk(3)
        pair.peers[0].close(pair.now_ms)
        pair.drain(0)
        pair.run(100)
        self.assertEqual(pair.states(), ["closed", "closed"])
        self.assertEqual(pair.peers[1].failure_reason, "closed by the peer")
        self.assertTrue(pair.peers[1].receiver.ended)
        self.assertFalse(pair.peers[1].sender.send(160, 160))
        self.assertEqual(pair.peers[0].signaling_state, "closed")
        pair.peers[0].close(pair.now_ms)
        pair.peers[1].close(pair.now_ms)

    def test_a_dead_peer_is_noticed_within_5_s_and_given_up_later(self):
        pair = self.pair
        self.assertTrue(pair.connect(3000))
        pair.talk(100)
        pair.cut[1] = True
        self.assertTrue(pair.run(5000, lambda: pair.states()[0] == "disconnected"))
        self.assertTrue(pair.run(30000, lambda: pair.states()[0] == "failed"))
        self.assertEqual(pair.peers[0].failure_reason, "ice: the peer is gone")
        self.assertFalse(pair.peers[0].sender.send(160, 160))

    def test_a_short_silence_is_survived(self):
        pair = self.pair
        self.assertTrue(pair.connect(3000))
        pair.cut = [True, True]
        self.assertTrue(pair.run(6000, lambda: pair.states()[0] == "disconnected"))
        pair.run(5000)
        pair.cut = [False, False]
        self.assertTrue(pair.run(3000, lambda: pair.states() == ["connected", "connected"]))
        pair.talk(5)
        pair.run(100)
        self.assertEqual(len(pair.sinks[1].frames), 5)

    def test_no_path_fails_with_that_reason(self):
        pair = self.pair
        pair.cut = [True, True]
        pair.negotiate()
        self.assertTrue(pair.run(60000, lambda: pair.states() == ["failed", "failed"]))
        self.assertEqual(pair.peers[0].failure_reason, "ice: no path to the peer")

    def test_another_certificate_than_promised_fails_with_that_reason(self):
        # Whose description was tampered with, and who must notice: the other.
        for tampered in (0, 1):
            pair = Pair()
            a, b = pair.peers
            fingerprint = IDENTITIES[tampered].fingerprint
            other = fingerprint[:-2] + ("00" if fingerprint[-2:] != "00" else "01")
            offer = a.create_offer()
            a.set_local_description("offer", offer)
            b.set_remote_description("offer", offer.replace(fingerprint, other))
            answer = b.create_answer()
            b.set_local_description("answer", answer)
            a.set_remote_description("answer", answer.replace(fingerprint, other))
            victim = pair.peers[1 - tampered]
            self.assertTrue(pair.run(5000, lambda: "failed" in pair.states()))
            self.assertIn("fingerprint", victim.failure_reason)
            self.assertIsNone(victim.sender.payload)


class Restart(unittest.TestCase):
    def renegotiate(self, pair, offerer):
        a, b = pair.peers[offerer], pair.peers[1 - offerer]
        offer = a.create_offer()
        a.set_local_description("offer", offer)
        b.set_remote_description("offer", offer)
        answer = b.create_answer()
        b.set_local_description("answer", answer)
        a.set_remote_description("answer", answer)

    def test_ice_restarts_from_either_end_without_a_gap(self):
        for offerer in (0, 1):
            pair = Pair()
            self.assertTrue(pair.connect(3000))
            pair.talk(5)
            before = pair.peers[offerer].ice.local_ufrag
            pair.peers[offerer].restart_ice()
            self.renegotiate(pair, offerer)
            pair.talk(50)
            pair.run(100)
            self.assertEqual(pair.states(), ["connected", "connected"])
            self.assertTrue(pair.peers[offerer].ice.local_ufrag != before)
            self.assertEqual(len(pair.sinks[0].frames), 55)
            self.assertEqual(len(pair.sinks[1].frames), 55)

    def test_a_new_offer_without_restart_changes_nothing(self):
        pair = Pair()
        self.assertTrue(pair.connect(3000))
        self.renegotiate(pair, 1)
        pair.talk(5)
        pair.run(100)
        self.assertEqual(len(pair.sinks[0].frames), 5)


class Signaling(unittest.TestCase):
    def test_states_are_those_of_w3c(self):
        pair = Pair()
        a, b = pair.peers
        self.assertEqual(a.signaling_state, "stable")
        offer = a.create_offer()
        with self.assertRaises(ValueError):
            a.set_local_description("offer", offer + "a=x\r\n")
        offer = a.create_offer()
        a.set_local_description("offer", offer)
        self.assertEqual(a.signaling_state, "have-local-offer")
        with self.assertRaises(ValueError):
            a.set_remote_description("offer", offer)
        with self.assertRaises(ValueError):
            b.create_answer()
        b.set_remote_description("offer", offer)
        self.assertEqual(b.signaling_state, "have-remote-offer")
        answer = b.create_answer()
        b.set_local_description("answer")
        self.assertEqual(b.signaling_state, "stable")
        for bad in ("", "v=0", answer.replace("sha-256", "sha-1"), answer.replace(" 0 8", " 9")):
            with self.assertRaises(ValueError):
                a.set_remote_description("answer", bad)
        a.set_remote_description("answer", answer)
        self.assertEqual(a.signaling_state, "stable")

    def test_unknown_codecs_are_refused(self):
        with self.assertRaises(ValueError):
            Pair(options=({"codecs": ("G729",)}, {}))
