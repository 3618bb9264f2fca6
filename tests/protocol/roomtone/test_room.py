"""Rooms whose connections are made up: what a fault comes to, and that nothing hangs on it."""
# MIT License; see LICENSE

import asyncio
import time
import unittest

from roomtone import room as room_module
from roomtone.errors import Refused, RoomError, RoomTimeout, Unreachable
from roomtone.room import Room

JOINED = {
    "room_id": "lab",
    "session_id": "s-1",
    "participant_id": "p-1",
    "resume": "secret",
    "sdp": "",
    "participants": [],
    "active_speaker": None,
    "presenter": None,
}


class Receiver:
    sink = None


class Link:
    """A media path that is there at once and carries nothing."""

    next_fault = None

    def __init__(self, *_):
        self.codec = "PCMU"
        self.comfort_noise = False
        self.now_ms = 0
        self.sender = None
        self.receiver = Receiver()
        self.fault = Link.next_fault

    def stats(self):
        return {}


class NoNetwork:
    """A media path on a board without an address; the second time it has one."""

    tries = 0

    def __new__(cls, *_):
        NoNetwork.tries += 1
        if NoNetwork.tries == 1:
            raise OSError(101)
        return Link()


class FaultThenNoNetwork:
    """A media path with a fault of our own; then the network is gone for some tries."""

    tries = 0

    def __new__(cls, *_):
        FaultThenNoNetwork.tries += 1
        if 1 < FaultThenNoNetwork.tries < 5:
            raise OSError(101)
        link = Link()
        link.fault = "KeyError" if FaultThenNoNetwork.tries == 1 else None
        return link


class Session:
    """A connection that follows `script`: an exception for each try, None stays for ever."""

    script = []
    closed = 0
    close_fault = None
    sent = []

    def __init__(self, link, handle, check):
        self.link = link
        self._check = check

    async def open(self, config, participant_id, resume):
        fault = Session.script.pop(0) if Session.script else None
        if fault:
            raise fault
        return JOINED

    async def wait_media(self):
        pass

    async def run(self):
        while True:
            self._check()
            await asyncio.sleep_ms(5)

    async def send(self, text):
        Session.sent.append(text)

    async def close(self):
        Session.closed += 1
        if Session.close_fault:
            raise Session.close_fault


class Microphone:
    """Breaks at the given read; `stop()` breaks too when told so."""

    rate_hz = 16000

    def __init__(self, breaks_at=0, stop_breaks=False):
        self.left = breaks_at
        self.stop_breaks = stop_breaks
        self.running = False

    def start(self):
        self.running = True

    def stop(self):
        self.running = False
        if self.stop_breaks:
            raise OSError(5)

    def readinto(self, pcm):
        self.left -= 1
        if self.left == 0:
            raise OSError(5)
        return 0


class Case(unittest.TestCase):
    def setUp(self):
        self._real = room_module.Session
        room_module.Session = Session
        Session.script = []
        Session.closed = 0
        Session.sent = []

    def tearDown(self):
        room_module.Session = self._real

    def run_room(self, play, link=Link):
        async def go():
            room = Room("http://127.0.0.1:1", "lab", link=link)
            try:
                await play(room)
            finally:
                await room.leave()

        asyncio.run(go())


class Faults(Case):
    def fails(self, fault, code, word=""):
        async def play(room):
            Session.script = [fault]
            with self.assertRaises(RoomError) as caught:
                await room.connect()
            self.assertEqual(caught.exception.code, code)
            self.assertEqual((room.state, room.reason.code), ("failed", code))
            self.assertFalse(room.reason.retriable)
            self.assertIn(word, room.reason.text)
            self.assertEqual(Session.closed, 1)

        self.run_room(play)

    def test_what_nobody_foresaw_fails_with_a_reason(self):
        for fault in (KeyError("sdp"), TypeError("x"), ValueError("y")):
            self.setUp()
            self.fails(fault, "board-failed", "board itself")

    def test_a_refusal_fails_with_its_own(self):
        self.fails(Refused("token-expired"), "token-expired", "expired")

    def test_a_path_that_breaks_by_itself_is_tried_again_but_not_for_ever(self):
        lost = Unreachable("media-failed", "internal error")
        for fault, code in (("KeyError", "board-failed"), (None, None)):
            self.setUp()
            Link.next_fault = fault

            async def play(room, code=code):
                Session.script = [lost] * 3
                room.start()
                await room.wait_for("state", 2000)
                self.assertEqual(room.reason.code, "media-failed")
                if code:
                    self.assertEqual((await room.wait_closed(8000)).code, code)
                    self.assertEqual((room.state, room.reason.text), ("failed", "internal error"))
                else:
                    await room.connect(8000)

            try:
                self.run_room(play)
            finally:
                Link.next_fault = None

    def test_a_heap_without_room_is_tried_again_but_not_for_ever(self):
        for count, state in ((2, "connected"), (3, "failed")):
            self.setUp()

            async def play(room, count=count, state=state):
                Session.script = [MemoryError("heap")] * count
                room.start()
                await room.wait_for("state", 2000)
                self.assertEqual((room.reason.code, room.reason.retriable), ("board-failed", True))
                while room.state == "connecting":
                    await asyncio.sleep_ms(20)
                self.assertEqual(room.state, state)
                if state == "failed":
                    self.assertFalse(room.reason.retriable)
                    self.assertIn("too little memory", room.reason.text)

            self.run_room(play)

    def test_a_heap_without_room_at_hanging_up_makes_no_new_try(self):
        async def play(room):
            await room.connect()
            Session.close_fault = MemoryError("heap")
            try:
                await asyncio.wait_for(room.leave(), 2)
            finally:
                Session.close_fault = None
            self.assertEqual((room.state, Session.closed), ("closed", 1))

        self.run_room(play)

    def test_no_network_is_tried_again(self):
        NoNetwork.tries = 0
        reasons = []

        async def play(room):
            room.on("state", lambda state: reasons.append(room.reason and room.reason.code))
            await room.connect()
            self.assertEqual(room.state, "connected")

        self.run_room(play, NoNetwork)
        self.assertEqual(reasons[:3], [None, "server-unreachable", None])

    def test_a_fault_counts_once_however_long_the_network_is_gone_after_it(self):
        FaultThenNoNetwork.tries = 0

        async def play(room):
            Session.script = [Unreachable("media-failed", "internal error")]
            await room.connect(8000)
            self.assertEqual((room.state, FaultThenNoNetwork.tries), ("connected", 5))

        self.run_room(play, FaultThenNoNetwork)

    def test_a_fault_in_a_handler_ends_nothing(self):
        def handler(state):
            raise KeyError("mine")

        async def play(room):
            room.on("state", handler)
            await room.connect()
            self.assertEqual(room.state, "connected")

        self.run_room(play)

    def test_a_microphone_that_breaks_ends_the_call_with_a_reason(self):
        async def play(room):
            microphone = Microphone(breaks_at=4)
            await room.publish(microphone)
            await room.connect()
            reason = await room.wait_closed()
            self.assertEqual((room.state, reason.code), ("failed", "board-failed"))
            self.assertIn("sound", reason.text)
            await room.leave()
            self.assertFalse(microphone.running)

        self.run_room(play)

    def test_a_microphone_that_breaks_before_the_call_is_told_by_it(self):
        async def play(room):
            await room.publish(Microphone(breaks_at=1))
            await asyncio.sleep_ms(20)
            room.start()
            self.assertEqual((await room.wait_closed(2000)).code, "board-failed")

        self.run_room(play)

    def test_another_microphone_works_after_one_that_broke(self):
        async def play(room):
            await room.publish(Microphone(breaks_at=1))
            await asyncio.sleep_ms(20)
            await room.publish(Microphone())
            await room.connect()
            await asyncio.sleep_ms(30)
            self.assertEqual(room.state, "connected")

        self.run_room(play)


class Waiting(Case):
    def test_a_wait_ends_with_its_time_and_the_room_goes_on(self):
        async def play(room):
            with self.assertRaises(RoomTimeout):
                await room.wait_for("message", 30)
            Session.script = [Unreachable("server-unreachable")] * 3
            with self.assertRaises(RoomTimeout):
                await room.connect(30)
            self.assertEqual(room.state, "connecting")
            await room.connect(5000)
            with self.assertRaises(RoomTimeout):
                await room.wait_closed(30)
            self.assertEqual(room.state, "connected")

        self.run_room(play)

    def test_what_happens_before_a_wait_has_begun_is_not_missed(self):
        async def play(room):
            Session.script = [Refused("room-full", retriable=False)]
            start = time.ticks_ms()
            with self.assertRaises(Refused):
                await room.connect(4000)
            self.assertTrue(time.ticks_diff(time.ticks_ms(), start) < 2000)

        self.run_room(play)


class Leaving(Case):
    def test_a_device_that_can_t_be_stopped_does_not_keep_the_room(self):
        async def play(room):
            await room.publish(Microphone(stop_breaks=True))
            await room.connect()
            await room.leave()
            self.assertEqual((room.state, Session.closed), ("closed", 1))

        self.run_room(play)

    def test_it_ends_a_wait_for_the_next_try(self):
        async def play(room):
            Session.script = [Unreachable("server-unreachable")] * 20
            room.start()
            await asyncio.sleep_ms(100)
            self.assertEqual(room.state, "connecting")
            await room.leave()
            closed = Session.closed
            await asyncio.sleep_ms(400)
            self.assertEqual((room.state, Session.closed), ("closed", closed))

        self.run_room(play)

    def test_the_tasks_are_over(self):
        async def play(room):
            await room.publish(Microphone())
            await room.connect()
            stay, media = room._task, room._media._task
            await room.leave()
            self.assertTrue(stay.done() and media.done())

        self.run_room(play)


class Resuming(Case):
    def test_comes_back_as_the_same_and_says_again_what_it_publishes(self):
        states = []

        async def play(room):
            room.on("state", states.append)
            await room.publish(Microphone())
            await room.mute()
            await room.connect()
            before = len(Session.sent)
            room._session._check = Resuming.lose
            await room.wait_for("state", 2000)
            self.assertEqual((room.state, room.reason.code), ("reconnecting", "connection-lost"))
            await room.wait_for("state", 2000)
            self.assertEqual((room.state, room.reconnects), ("connected", 1))
            again = "".join(Session.sent[before:])
            self.assertIn("stream-started", again)
            self.assertIn("stream-muted", again)

        self.run_room(play)
        self.assertEqual(states[:4], ["connecting", "connected", "reconnecting", "connected"])

    @staticmethod
    def lose():
        raise Unreachable("connection-lost")


if __name__ == "__main__":
    unittest.main()
