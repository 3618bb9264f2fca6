"""Two ICE agents find each other: who nominates, who follows, and under what loss."""
# MIT License; see LICENSE

import unittest

from ice_world import A, B, Pair, connected, introduce
from webrtc import stun


def gaps(times):
    return [times[i + 1] - times[i] for i in range(len(times) - 1)]


class ConnectTest(Pair):
    def test_two_full_agents_select_each_other_within_two_round_trips(self):
        self.world()
        self.assertEqual(self.a.state, "new")
        self.connect(25)
        self.assertEqual(self.a.round_trip_ms, 10)

    def test_controlled_side_may_learn_of_the_other_late(self):
        self.world()
        introduce(self.b, self.a)
        self.net.run(3000)
        self.assertEqual(self.b.state, "checking")
        introduce(self.a, self.b)
        self.assertTrue(self.net.run(300, connected(self.a, self.b)))

    def test_controlling_side_may_learn_of_the_other_late(self):
        self.world()
        introduce(self.a, self.b)
        self.net.run(3000)
        introduce(self.b, self.a)
        self.assertTrue(self.net.run(300, connected(self.a, self.b)))

    def test_lite_peer_makes_us_controlling(self):
        self.world(a=False, b_lite=True)
        self.connect(25)
        self.assertTrue(self.a.controlling)
        requests = [t for t in self.net.trace if t[1] == B and t[3][:2] == b"\x00\x01"]
        self.assertEqual(requests, [])

    def test_lite_agent_waits_for_the_nomination(self):
        self.world(a=True, a_lite=True, b=True)
        self.assertFalse(self.a.controlling)
        self.connect(25)

    def test_no_candidates_on_one_side_is_enough_for_a_peer_reflexive_one(self):
        for one in (True, False):
            self.world()
            introduce(self.a, self.b, one)
            introduce(self.b, self.a, not one)
            self.assertTrue(self.net.run(500, connected(self.a, self.b)))
            self.assertEqual((self.a.selected, self.b.selected), (B, A))

    def test_peer_behind_nat_is_reached_at_the_address_its_checks_come_from(self):
        outside = ("198.51.100.7", 61000)
        self.world()
        self.net.translated[B] = outside
        introduce(self.b, self.a)
        introduce(self.a, self.b, False)
        self.assertTrue(self.net.run(1000, connected(self.a, self.b)))
        self.assertEqual(self.a.selected, outside)
        self.assertTrue(self.a.is_valid(outside))
        self.assertFalse(self.a.is_valid(B))

    def test_candidates_may_trickle_in(self):
        self.world()
        self.introduce(False)
        self.net.run(2000)
        self.assertEqual(self.a.state, "checking")
        self.assertTrue(self.a.add_remote_candidate("a=" + self.b.candidates()[0]))
        self.assertTrue(self.net.run(300, connected(self.a, self.b)))

    def test_dead_candidates_do_not_delay_a_live_one_by_more_than_their_pace(self):
        self.world()
        self.introduce(False)
        for host in range(9, 1, -1):
            line = f"candidate:1 1 udp 2130706431 10.9.0.{host} 9 typ host"
            self.assertTrue(self.a.add_remote_candidate(line))
        self.a.add_remote_candidate(self.b.candidates()[0])
        self.assertTrue(self.net.run(600, connected(self.a, self.b)))
        sent = [t[0] for t in self.net.trace if t[1] == A and t[3][:2] == b"\x00\x01"]
        self.assertTrue(min(gaps(sent)) >= 50)

    def test_candidate_that_comes_before_the_credentials_is_kept(self):
        self.world()
        self.introduce(False)
        a = self.net.agent(True, A)
        self.assertTrue(a.add_remote_candidate(self.b.candidates()[0] + " ufrag abcd"))
        self.assertFalse(a.add_remote_candidate("a=end-of-candidates"))
        self.assertTrue(a.end_of_candidates)
        self.assertEqual((a.state, a.dropped), ("new", 0))

    def test_controlled_side_follows_the_nomination_to_a_better_pair(self):
        low, high = ("10.0.0.7", 7), ("10.0.0.8", 8)
        self.world(a=False)
        self.a.set_remote("peer", "q" * 22)
        now_ms = 0
        for address, rank in ((low, 1000), (high, 2000), (low, 1000)):
            self.a.receive(self.nomination(rank), address, now_ms)
            while now_ms < 500 and not self.a.is_valid(address):
                self.a.tick(now_ms)
                for data, to in self.a.outbox:
                    self.answer(stun.parse(data), to, address, now_ms)
                self.a.outbox.clear()
                now_ms += 10
            self.assertTrue(self.a.is_valid(address))
        self.assertEqual(self.a.selected, high)
        self.assertTrue(self.a.is_valid(low))

    def nomination(self, rank):
        check = [
            (stun.USERNAME, (self.a.local_ufrag + ":peer").encode()),
            (stun.PRIORITY, rank.to_bytes(4, "big")),
            (stun.ICE_CONTROLLING, b"\xff" * 8),
            (stun.USE_CANDIDATE, b""),
        ]
        return stun.build(stun.REQUEST, b"t" * 12, check, self.a.local_pwd.encode())

    def answer(self, message, to, address, now_ms):
        if to == address and message.kind == stun.REQUEST:
            data = stun.build(stun.SUCCESS, message.transaction, (), b"q" * 22)
            self.a.receive(data, address, now_ms)

    def test_thirty_percent_loss_does_not_prevent_or_end_a_connection(self):
        for seed in range(1, 6):
            self.world(seed=seed, loss_percent=30, delay_ms=30)
            self.connect(5000)
            for _ in range(60):
                self.net.run(1000)
                self.assertTrue(self.a.state in ("connected", "disconnected"))
            self.net.loss_percent = 0
            self.assertTrue(self.net.run(2000, connected(self.a, self.b)))

    def test_answers_slower_than_the_retries_still_count(self):
        self.world(delay_ms=700)
        self.connect(5000)
        self.net.run(40000)
        self.assertEqual((self.a.state, self.b.state), ("connected", "connected"))
        self.assertTrue(1300 < self.a.round_trip_ms < 1500)

    def test_without_a_path_the_search_ends_after_30_s(self):
        self.world()
        self.net.cut.add(B)
        self.introduce()
        self.net.run(29900)
        self.assertEqual(self.a.state, "checking")
        self.net.run(200)
        self.assertEqual(self.a.state, "failed")
        self.assertIsNone(self.a.deadline_ms)
        self.assertTrue(len(self.net.trace) < 100)

    def test_closed_agent_is_silent(self):
        self.world()
        self.connect()
        self.b.close()
        self.net.run(100)
        self.net.trace.clear()
        self.b.set_remote("abcd", "p" * 22)
        self.b.tick(self.net.now_ms)
        self.b.receive(b"", A, self.net.now_ms)
        self.assertEqual((self.b.state, self.b.outbox, self.b.selected), ("closed", [], None))


class RoleTest(Pair):
    def test_both_controlling_or_both_controlled_is_resolved(self):
        for role in (True, False):
            for seed in range(1, 7):
                self.world(a=role, b=role, seed=seed)
                self.connect(1000)
                self.assertTrue(self.a.controlling != self.b.controlling)

    def test_conflict_is_resolved_under_loss(self):
        for role in (True, False):
            self.world(a=role, b=role, seed=3, loss_percent=30)
            self.connect(6000)

    def test_nomination_received_as_controlling_holds_after_the_switch(self):
        # aioice nominates in its first check only (facts: it then waits for ever).
        self.world(a=True, b=True)
        self.a.set_remote("peer", "q" * 22)
        self.a._tie_breaker = b"\xff" * 8
        check = [
            (stun.USERNAME, (self.a.local_ufrag + ":peer").encode()),
            (stun.PRIORITY, b"\x6e\xff\xff\xff"),
            (stun.ICE_CONTROLLING, b"\0" * 8),
            (stun.USE_CANDIDATE, b""),
        ]
        key = self.a.local_pwd.encode()
        self.a.receive(stun.build(stun.REQUEST, b"t" * 12, check, key), B, 0)
        answer = stun.parse(self.a.outbox.pop(0)[0])
        self.assertEqual(answer.error_code, stun.ROLE_CONFLICT)
        self.assertTrue(answer.verify(key))
        self.a.tick(0)
        ours = stun.parse(self.a.outbox.pop(0)[0])
        conflict = [(stun.ERROR_CODE, stun.error_value(stun.ROLE_CONFLICT, "Role Conflict"))]
        old = self.a._tie_breaker
        data = stun.build(stun.ERROR, ours.transaction, conflict, b"q" * 22)
        self.a.receive(data, B, 10)
        self.assertFalse(self.a.controlling)
        self.assertTrue(self.a._tie_breaker != old)
        self.a.tick(50)
        again = stun.parse(self.a.outbox.pop(0)[0])
        self.assertIsNone(again.get(stun.USE_CANDIDATE))
        self.assertTrue(again.transaction != ours.transaction)
        self.a.receive(stun.build(stun.SUCCESS, again.transaction, (), b"q" * 22), B, 60)
        self.assertEqual((self.a.state, self.a.selected), ("connected", B))


if __name__ == "__main__":
    unittest.main()
