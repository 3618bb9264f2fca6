"""What an ICE agent gathers, and what it makes of strangers, forgeries and floods."""
# MIT License; see LICENSE

import unittest

from ice_world import SERVER, A, B, Pair, World, connected, introduce
from webrtc import stun


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
