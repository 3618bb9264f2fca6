"""One connection to a room over a made-up socket: what is answered, asked, and ends it."""
# MIT License; see LICENSE

import asyncio
import json
import unittest

from roomtone import session as session_module
from roomtone.errors import Unreachable
from roomtone.session import Session

_WRAP = 1 << 30  # of a chip's ticks, in ms: 12 days


class Socket:
    """Gives the texts it was made with, then nothing; breaks when there is no more to give."""

    def __init__(self, texts=(), turns=1):
        self.texts = list(texts)
        self.turns = turns  # looks that find nothing, until the connection is lost
        self.sent = []
        self.pings = 0
        self.heard_ms = session_module.time.ticks_ms()

    async def receive(self):
        if self.texts:
            return self.texts.pop(0)
        self.turns -= 1
        if self.turns < 0:
            raise Unreachable("connection-lost")
        return None

    async def send(self, text):
        self.sent.append(json.loads(text))

    async def ping(self):
        self.pings += 1


class Link:
    state = "connected"

    def __init__(self, now_ms=0):
        self.now_ms = now_ms


class Clock:
    """The module `time` of a chip, whose clock goes on by a second each time it is read."""

    def __init__(self, start_ms):
        self.now_ms = start_ms

    def ticks_ms(self):
        self.now_ms = (self.now_ms + 1000) % _WRAP
        return self.now_ms

    def ticks_diff(self, end, start):
        return (end - start + _WRAP // 2) % _WRAP - _WRAP // 2


class TestSession(unittest.TestCase):
    def setUp(self):
        self._time = session_module.time

    def tearDown(self):
        session_module.time = self._time

    def run_session(self, socket, now_ms=0):
        handled = []
        session = Session(Link(now_ms), handled.append, lambda: None)
        session._socket = socket
        with self.assertRaises(Unreachable) as caught:
            asyncio.run(session.run())
        self.assertEqual(caught.exception.code, "connection-lost")
        return handled, caught.exception

    def test_a_burst_of_messages_that_only_a_newer_board_knows_is_left_out(self):
        news = [json.dumps({"type": "weather", "n": n}) for n in range(1000)]
        left = json.dumps({"type": "participant-left", "participant_id": "p", "reason": "left"})
        handled, _ = self.run_session(Socket(news + [left]))
        self.assertEqual([message["type"] for message in handled], ["participant-left"])

    def test_pings_are_answered_each(self):
        socket = Socket([json.dumps({"type": "ping", "id": n}) for n in range(1000)])
        handled, _ = self.run_session(socket)
        self.assertEqual(handled, [])
        self.assertEqual([answer["id"] for answer in socket.sent], list(range(1000)))

    def test_it_asks_for_a_sign_of_life_however_long_the_board_is_up(self):
        for start_ms in (0, _WRAP // 2 - 500, _WRAP // 2 + 1000, _WRAP - 1500):
            session_module.time = Clock(start_ms)
            socket = Socket(turns=4)
            self.run_session(socket)
            self.assertGreater(socket.pings, 0, start_ms)

    def test_a_server_that_says_nothing_is_noticed_within_five_seconds(self):
        session_module.time = clock = Clock(_WRAP - 2000)
        socket = Socket(turns=100)
        _, error = self.run_session(socket)
        self.assertEqual(error.text, "The server has gone silent.")
        self.assertLess((clock.now_ms - socket.heard_ms) % _WRAP, 6000)

    def test_no_connection_lasts_until_its_time_is_no_small_int(self):
        _, error = self.run_session(Socket(turns=100), (1 << 30) - 1000000)
        self.assertEqual(error.text, "After 12 days the connection is made anew.")
        _, error = self.run_session(Socket(), 1 << 29)
        self.assertEqual(error.text, "The connection was lost.")


if __name__ == "__main__":
    unittest.main()
