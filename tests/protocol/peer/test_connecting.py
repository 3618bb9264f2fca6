"""What only connecting needs: dropped in a call without harm to it, back when it is needed."""
# MIT License; see LICENSE

import gc
import sys
import unittest

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from pair import Pair  # noqa: E402
from webrtc import connecting  # noqa: E402

CONNECTED = ["connected", "connected"]
GONE = ("p256", "p256_table", "ecdsa", "rsa", "x509", "der", "sdp", "sdp_media", "candidate")
GONE += ("dtls.client", "dtls.server", "dtls.handshake", "dtls.messages", "dtls.attempt")


class Dropped(unittest.TestCase):
    def setUp(self):
        connecting.load_description()
        connecting.load_handshake()
        self.before = dict(sys.modules)

    def tearDown(self):
        # The other tests of this process go on with the modules that they know.
        for name, module in self.before.items():
            if name.startswith("webrtc."):
                sys.modules[name] = module
                package, _, leaf = name.rpartition(".")
                setattr(sys.modules[package], leaf, module)

    def loaded(self):
        return [name for name in GONE if "webrtc." + name in sys.modules]

    def in_call(self, **options):
        pair = Pair(**options)
        self.assertTrue(pair.connect(3000))
        connecting.unload()
        self.assertEqual(self.loaded(), [])
        return pair

    def hear_each_other(self, pair):
        before = len(pair.sinks[0].frames), len(pair.sinks[1].frames)
        pair.talk(10)
        pair.run(100)
        after = len(pair.sinks[0].frames), len(pair.sinks[1].frames)
        self.assertEqual(after, (before[0] + 10, before[1] + 10))

    def test_a_call_goes_on_for_long_and_ends_without_it(self):
        pair = self.in_call()
        self.hear_each_other(pair)
        pair.run(40000)  # consent, reports, the end of the last flight
        self.hear_each_other(pair)
        self.assertEqual(pair.states(), CONNECTED)
        pair.peers[0].stats()
        pair.peers[0].close()
        pair.run(500)
        self.assertEqual(pair.states(), ["closed", "closed"])
        self.assertEqual(pair.peers[1].failure_reason, "closed by the peer")
        self.assertEqual(self.loaded(), [])

    def test_packages_do_not_hold_what_was_dropped(self):
        self.in_call()
        package = sys.modules["webrtc"]
        self.assertFalse(hasattr(package, "p256") or hasattr(package, "sdp"))
        self.assertFalse(hasattr(sys.modules["webrtc.dtls"], "client"))

    def test_its_heap_comes_back_in_the_call(self):
        if sys.implementation.name != "micropython":
            return  # no other tells
        pair = Pair()
        self.before.clear()  # or this would hold it
        self.assertTrue(pair.connect(3000))
        gc.collect()
        before = gc.mem_alloc()
        connecting.unload()
        self.assertTrue(before - gc.mem_alloc() > 20000)
        self.hear_each_other(pair)

    def test_a_last_flight_that_got_lost_is_still_sent_again(self):
        # The answerer says setup:active, so that the offerer is the server and finishes last.
        pair = Pair()
        pair.negotiate()
        server, client = pair.peers
        pair.run(3000, lambda: server.connection_state == "connected")
        pair.wire = []  # its Finished never came
        connecting.unload()
        self.assertTrue(client.connection_state != "connected")
        self.assertTrue(pair.run(5000, lambda: pair.states() == CONNECTED))
        self.hear_each_other(pair)

    def test_an_ice_restart_brings_it_back(self):
        for offerer in (0, 1):
            pair = self.in_call()
            peer, other = pair.peers[offerer], pair.peers[1 - offerer]
            peer.restart_ice()
            offer = peer.create_offer()
            peer.set_local_description("offer", offer)
            other.set_remote_description("offer", offer)
            connecting.unload()  # in the middle of it, because of another connection
            answer = other.create_answer()
            other.set_local_description("answer", answer)
            peer.set_remote_description("answer", answer)
            pair.run(1000)
            connecting.unload()
            self.assertEqual(pair.states(), CONNECTED)
            self.hear_each_other(pair)

    def test_the_next_connection_brings_it_back(self):
        self.in_call().peers[0].close()
        for _ in range(2):
            self.hear_each_other(self.in_call())

    def test_a_connection_being_made_is_not_harmed(self):
        pair = Pair()
        pair.negotiate()
        for _ in range(200):
            pair.pass_ms()
            connecting.unload()
        self.assertEqual(pair.states(), CONNECTED)
        self.hear_each_other(pair)


if __name__ == "__main__":
    unittest.main()
