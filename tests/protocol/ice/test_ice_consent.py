"""An ICE connection that stands: consent, silence, a peer that comes back, restarts."""
# MIT License; see LICENSE

import unittest

from ice_world import A, B, Pair, connected
from micropython import heap_lock, heap_unlock


def gaps(times):
    return [times[i + 1] - times[i] for i in range(len(times) - 1)]


class ConsentTest(Pair):
    def test_checks_go_on_every_two_seconds_and_no_faster(self):
        self.world()
        self.connect()
        self.net.trace.clear()
        self.net.run(60000)
        requests = [t[0] for t in self.net.trace if t[1] == A and t[3][:2] == b"\x00\x01"]
        self.assertTrue(22 <= len(requests) <= 38)
        between = gaps(requests[1:])
        self.assertTrue(min(between) >= 1500 and max(between) <= 2700)

    def test_dead_peer_is_noticed_within_5_s_and_given_up_after_30(self):
        self.world()
        self.connect()
        self.net.run(10000)
        self.net.cut.add(B)
        died_ms = self.net.now_ms
        self.assertTrue(self.net.run(5000, lambda: self.a.state == "disconnected"))
        self.assertEqual(self.a.selected, B)
        self.net.run(40000, lambda: self.a.state == "failed")
        self.assertEqual((self.a.state, self.a.selected), ("failed", None))
        self.assertTrue(27000 <= self.net.now_ms - died_ms <= 31000)
        self.net.trace.clear()
        self.net.run(60000)
        self.assertEqual([t for t in self.net.trace if t[1] == A], [])

    def test_peer_that_comes_back_is_connected_again(self):
        self.world()
        self.connect()
        self.net.cut.add(B)
        self.net.run(20000)
        self.assertEqual(self.a.state, "disconnected")
        self.net.cut.clear()
        self.assertTrue(self.net.run(1500, connected(self.a, self.b)))
        self.net.run(30000)
        self.assertEqual(self.a.state, "connected")

    def test_peer_that_comes_back_from_another_address_is_followed(self):
        moved = ("10.0.0.9", 4009)
        for a_controls in (True, False):
            self.world(a=a_controls, b=not a_controls)
            self.connect()
            self.net.run(3000)
            self.net.translated[B] = moved
            self.net.run(8000)
            self.assertEqual(self.a.selected, moved)
            self.assertEqual((self.a.state, self.b.state), ("connected", "connected"))

    def test_media_counts_as_life_but_not_as_consent(self):
        self.world()
        self.connect()
        self.net.cut.add(B)
        for _ in range(28):
            self.net.run(1000)
            self.a.heard(self.net.now_ms)
        self.assertEqual(self.a.state, "connected")
        self.net.run(3000)
        self.assertEqual(self.a.state, "failed")

    def test_noting_media_allocates_nothing(self):
        self.world()
        self.connect()
        heard, now_ms = self.a.heard, self.net.now_ms
        heap_lock()
        try:
            heard(now_ms)
        finally:
            heap_unlock()

    def test_lite_agent_notices_silence_too(self):
        self.world(a_lite=True, b=True)
        self.connect()
        self.net.run(20000)
        self.assertEqual(self.a.state, "connected")
        self.net.cut.add(B)
        self.assertTrue(self.net.run(5000, lambda: self.a.state == "disconnected"))
        self.assertTrue(self.net.run(30000, lambda: self.a.state == "failed"))

    def test_role_conflict_in_consent_is_settled_without_a_gap(self):
        self.world()
        self.connect()
        self.b.controlling = True
        self.net.run(10000)
        self.assertEqual((self.a.state, self.b.state), ("connected", "connected"))
        self.assertTrue(self.a.controlling != self.b.controlling)


class RestartTest(Pair):
    def test_restart_keeps_the_connection_and_changes_the_credentials(self):
        self.world()
        self.connect()
        self.net.run(3000)
        old = self.a.local_ufrag, self.a.local_pwd
        self.a.restart()
        self.net.run(3000)
        self.assertEqual((self.a.state, self.a.selected), ("connected", B))
        self.b.restart()
        self.introduce()
        self.net.run(100)
        self.assertTrue((self.a.local_ufrag, self.a.local_pwd) != old)
        for _ in range(20):
            self.net.run(1000)
            self.assertEqual((self.a.state, self.b.state), ("connected", "connected"))

    def test_peer_that_restarts_alone_is_found_again(self):
        self.world()
        self.connect()
        self.b.restart()
        self.introduce()
        self.assertTrue(self.net.run(500, lambda: self.a._settled and self.b._settled))
        for _ in range(10):
            self.net.run(1000)
            self.assertEqual((self.a.state, self.b.state), ("connected", "connected"))

    def test_restart_under_loss(self):
        for seed in range(1, 5):
            self.world(seed=seed, loss_percent=30)
            self.connect(6000)
            self.a.restart()
            self.b.restart()
            self.introduce()
            done = self.net.run(6000, lambda: self.a._settled and self.b._settled)
            self.assertTrue(done, seed)

    def test_restart_moves_to_a_new_address(self):
        moved = ("10.0.0.8", 4008)
        self.world()
        self.connect()
        self.b.restart()
        self.net.agents[moved] = self.net.agents.pop(B)
        self.b._gatherer._hosts[0] = moved
        self.a.restart()
        self.introduce()
        self.assertTrue(self.net.run(500, lambda: self.a.selected == moved))
        self.assertEqual(self.a.state, "connected")

    def test_restart_after_failure_begins_anew(self):
        self.world()
        self.net.cut.add(B)
        self.introduce()
        self.net.run(31000)
        self.assertEqual((self.a.state, self.b.state), ("failed", "failed"))
        self.net.cut.clear()
        self.a.restart()
        self.b.restart()
        self.assertEqual(self.a.state, "new")
        self.connect(1000)

    def test_restart_that_finds_nothing_leaves_the_old_pair_in_use(self):
        self.world()
        self.connect()
        self.a.restart()
        self.a.set_remote("else", "r" * 22)
        self.net.run(70000)
        self.assertEqual(self.a.state, "connected")
        self.assertTrue(self.net.steps < 1000)

    def test_restart_then_death_ends_in_failure(self):
        self.world()
        self.connect()
        self.a.restart()
        self.a.set_remote("else", "r" * 22)
        self.net.cut.add(B)
        self.net.run(100000)
        self.assertEqual(self.a.state, "failed")


if __name__ == "__main__":
    unittest.main()
