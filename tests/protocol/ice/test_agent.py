"""The ICE agent: pairs of agents in memory, under a fake clock, with loss, NAT and restarts."""
# MIT License; see LICENSE

import unittest

from ice_world import World, connected, introduce
from micropython import heap_lock, heap_unlock
from webrtc import stun

A = ("10.0.0.1", 4001)
B = ("10.0.0.2", 4002)
SERVER = ("192.0.2.1", 3478)


def gaps(times):
    return [times[i + 1] - times[i] for i in range(len(times) - 1)]


class Pair(unittest.TestCase):
    def world(self, a=True, b=False, a_lite=False, b_lite=False, **options):
        self.net = World(**options)
        self.a = self.net.agent(a, A, lite=a_lite)
        self.b = self.net.agent(b, B, lite=b_lite)

    def introduce(self, candidates=True):
        introduce(self.a, self.b, candidates)
        introduce(self.b, self.a, candidates)

    def connect(self, within_ms=1000):
        self.introduce()
        self.assertTrue(self.net.run(within_ms, connected(self.a, self.b)))
        self.assertEqual(self.a.selected, B)
        self.assertEqual(self.b.selected, A)


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


class GatherTest(unittest.TestCase):
    def setUp(self):
        self.net = World()

    def test_host_candidates_stand_in_order_of_preference(self):
        agent = self.net.agent(True, A)
        line = "candidate:1 1 udp 2130706431 10.0.0.1 4001 typ host"
        self.assertEqual(agent.candidates(), [line])
        self.assertEqual((agent.gathering_state, agent.deadline_ms), ("complete", None))

    def test_stun_server_gives_a_reflexive_candidate(self):
        agent = self.net.agent(True, A, stun_server=SERVER)
        self.assertEqual(agent.gathering_state, "gathering")
        agent.tick(0)
        agent.outbox.clear()
        agent.tick(500)
        data, address = agent.outbox.pop()
        self.assertEqual(address, SERVER)
        request = stun.parse(data)
        mapped = [(stun.XOR_MAPPED_ADDRESS, stun.xor_address(("198.51.100.7", 61000)))]
        answer = stun.build(stun.SUCCESS, request.transaction, mapped)
        agent.receive(answer, B, 510)  # not from the server
        self.assertEqual(agent.gathering_state, "gathering")
        agent.receive(answer, SERVER, 520)
        self.assertEqual(agent.gathering_state, "complete")
        line = "candidate:2 1 udp 1694498815 198.51.100.7 61000 typ srflx"
        self.assertEqual(agent.candidates()[1], line + " raddr 10.0.0.1 rport 4001")

    def test_silent_stun_server_is_given_up(self):
        agent = self.net.agent(True, A, stun_server=SERVER)
        self.net.run(16000)
        self.assertEqual(agent.gathering_state, "complete")
        self.assertEqual(len(agent.candidates()), 1)
        self.assertEqual(len(self.net.trace), 5)


class HostileTest(Pair):
    def setUp(self):
        self.world()
        self.introduce()

    def request(self, username, key, extra=()):
        attributes = [(stun.USERNAME, username.encode())] + list(extra)
        return stun.build(stun.REQUEST, b"t" * 12, attributes, key)

    def answer_to(self, data):
        self.a.outbox.clear()
        self.a.receive(data, ("203.0.113.5", 5), self.net.now_ms)
        return stun.parse(self.a.outbox.pop(0)[0]) if self.a.outbox else None

    def test_requests_without_the_password_change_nothing_and_get_an_error(self):
        name = self.a.local_ufrag + ":x"
        key = self.a.local_pwd.encode()
        self.assertEqual(self.answer_to(self.request(name, b"wrong")).error_code, 401)
        self.assertEqual(self.answer_to(self.request("nobody:x", key)).error_code, 401)
        self.assertEqual(self.answer_to(self.request(name, None)).error_code, 400)
        self.assertEqual(self.answer_to(stun.build(stun.REQUEST, b"t" * 12)).error_code, 400)
        self.assertEqual(self.a.dropped, 4)
        self.assertFalse(self.a.is_valid(("203.0.113.5", 5)))
        self.assertEqual(len(self.a._checks.pairs), 1)

    def test_unknown_mandatory_attribute_is_named_in_a_420(self):
        data = self.request(
            self.a.local_ufrag + ":x", self.a.local_pwd.encode(), [(0x7001, b"?"), (0xC001, b"")]
        )
        answer = self.answer_to(data)
        self.assertEqual(answer.error_code, 420)
        self.assertEqual(answer.get(stun.UNKNOWN_ATTRIBUTES), b"\x70\x01")

    def test_answers_forged_from_elsewhere_or_without_the_password_are_ignored(self):
        self.a.tick(0)
        check = stun.parse(self.a.outbox.pop(0)[0])
        key = self.b.local_pwd.encode()
        right = stun.build(stun.SUCCESS, check.transaction, (), key)
        self.a.receive(right, ("203.0.113.5", 5), 5)
        self.a.receive(stun.build(stun.SUCCESS, check.transaction), B, 5)
        self.a.receive(stun.build(stun.SUCCESS, check.transaction, (), b"wrong"), B, 5)
        self.a.receive(stun.build(stun.SUCCESS, b"z" * 12, (), key), B, 5)
        unauthorised = [(stun.ERROR_CODE, stun.error_value(401, ""))]
        self.a.receive(stun.build(stun.ERROR, check.transaction, unauthorised), B, 5)
        self.assertEqual((self.a.state, self.a.dropped), ("checking", 5))
        self.a.receive(right, B, 5)
        self.assertEqual(self.a.state, "connected")

    def test_indications_and_rubbish_do_nothing(self):
        self.assertIsNone(self.answer_to(stun.build(stun.INDICATION, b"t" * 12)))
        self.assertEqual(self.a.dropped, 0)
        self.assertIsNone(self.answer_to(stun.build(0x0003, b"t" * 12)))
        self.assertIsNone(self.answer_to(b"\x00\x01\x00\x00"))
        self.assertEqual(self.a.dropped, 2)

    def test_error_under_the_right_password_ends_the_check(self):
        self.a.tick(0)
        check = stun.parse(self.a.outbox.pop(0)[0])
        error = [(stun.ERROR_CODE, stun.error_value(400, ""))]
        key = self.b.local_pwd.encode()
        self.a.receive(stun.build(stun.ERROR, check.transaction, error, key), B, 5)
        self.assertEqual(self.a.deadline_ms, 30000)

    def test_candidates_are_capped(self):
        for port in range(1, 60):
            self.a.add_remote_candidate(f"candidate:1 1 udp 5 10.9.0.1 {port} typ host")
        self.assertEqual(len(self.a._checks.pairs), 16)
        self.assertTrue(self.net.run(2000, connected(self.a, self.b)))

    def test_peer_reflexive_candidate_finds_room_in_a_full_list(self):
        self.world()
        introduce(self.b, self.a)
        self.introduce(False)
        for port in range(1, 60):
            self.a.add_remote_candidate(f"candidate:1 1 udp 5 10.9.0.1 {port} typ host")
        self.assertTrue(self.net.run(2000, connected(self.a, self.b)))

    def test_candidates_of_no_use_are_left_out(self):
        for line in (
            "candidate:1 1 udp 5 fe80::1 9 typ host",
            "candidate:1 1 tcp 5 10.0.0.2 9 typ host tcptype active",
            "candidate:1 2 udp 5 10.0.0.2 9 typ host",
            "candidate:1 1 udp 5 10.0.0.2 0 typ host",
            "candidate:1 1 udp 5 224.0.0.1 9 typ host",
            "candidate:1 1 udp 5 7f1ab0c9-4d21.local 9 typ host",
            "candidate:1 1 udp 5 10.0.0.2 7 typ host ufrag other",
        ):
            self.assertFalse(self.a.add_remote_candidate(line), line)
        self.assertEqual(self.a.dropped, 0)
        for line in ("candidate:", "x", "candidate:1 1 udp 5 10.0.0.2 9 host", "a" * 600):
            self.assertFalse(self.a.add_remote_candidate(line))
        self.assertEqual(self.a.dropped, 4)

    def test_resolver_turns_names_into_addresses(self):
        names = {"7f1ab0c9.local": "10.0.0.2"}
        a = self.net.agent(True, A, resolve=names.get)
        self.assertTrue(a.add_remote_candidate("candidate:1 1 udp 5 7f1ab0c9.local 9 typ host"))
        self.assertFalse(a.add_remote_candidate("candidate:1 1 udp 5 other.local 9 typ host"))
        self.assertEqual(a._checks.pairs[0].address, ("10.0.0.2", 9))

    def test_flood_does_not_grow_the_outbox_without_bound(self):
        for _ in range(200):
            self.a.receive(stun.build(stun.REQUEST, b"t" * 12), B, 0)
        self.assertTrue(len(self.a.outbox) <= 64)


if __name__ == "__main__":
    unittest.main()
