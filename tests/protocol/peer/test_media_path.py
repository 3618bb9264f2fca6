"""The media path: what it allocates, how it treats sources, and a call over real sockets."""
# MIT License; see LICENSE

import asyncio
import gc
import os
import sys
import unittest

import micropython
from webrtc import srtp
from webrtc.driver import PeerDriver
from webrtc.receiver import Receiver
from webrtc.sender import Sender

KEY = bytes(range(16))
SALT = bytes(range(14))
# A packet out and one in, sockets and hashes included. What stock firmware forces is counted in
# objects, which are twice as wide on a 64-bit machine.
MOST_GARBAGE = 1024 if sys.maxsize < 1 << 32 else 1280


def allocated():
    """Bytes of heap in use; CPython does not tell."""
    return gc.mem_alloc() if hasattr(gc, "mem_alloc") else 0


class Air:
    """Keeps the last packet that was sent."""

    def __init__(self):
        self.data = bytearray(600)
        self.size = 0

    def take(self, view):
        self.size = len(view)
        srtp.fast.copy(self.data, 0, view, 0, self.size)
        return True

    def packet(self):
        return bytes(self.data[: self.size])


class Sink:
    def __init__(self):
        self.count = 0
        self.sequence = -1
        self.timestamp = -1

    def push(self, buffer, start, length, sequence, timestamp, now_ms):
        self.count += 1
        self.sequence = sequence
        self.timestamp = timestamp


class FixedHash:
    """Stands for hashlib.sha1, whose objects the firmware can't avoid allocating."""

    def __call__(self, data):
        return self

    value = bytes(range(20))

    def digest(self):
        return self.value


class Path(unittest.TestCase):
    def setUp(self):
        self.air = Air()
        self.sink = Sink()
        self.receiver = Receiver(300)
        self.receiver.codec = (0, "PCMU", 8000)
        self.receiver.open(KEY, SALT, 1)
        self.receiver.sink = self.sink
        self.sender = self.new_sender(b"\x01\x02\x03\x04")

    def new_sender(self, ssrc, codec=(0, "PCMU", 8000)):
        sender = Sender(ssrc, 160)
        sender.codec = codec
        sender.open(KEY, SALT, 1, os.urandom)
        sender.transmit = self.air.take
        return sender

    def pass_on(self, sender, now_ms=0):
        self.assertTrue(sender.send(160, 160, -20, True))
        self.receiver.receive(self.air.packet(), now_ms)


class Allocation(Path):
    def test_sending_and_receiving_allocate_nothing_of_their_own(self):
        sha1 = srtp.sha1
        srtp.sha1 = FixedHash()
        try:
            for _ in range(3):
                self.pass_on(self.sender)
            count = 0
            send, receive, data = self.sender.send, self.receiver.receive, self.air.data
            self.receiver.max_packet = 190
            packets = []
            for _ in range(20):
                send(160, 160, -20, True)
                packets.append(self.air.packet())
            micropython.heap_lock()
            try:
                while count < 20:
                    send(160, 160, -20, True)
                    receive(packets[count], 0x2FFFFFFF)
                    self.sender.skip(160)
                    count += 1
            finally:
                micropython.heap_unlock()
            self.assertEqual(self.sink.count, 23)
            self.assertEqual(len(data), 600)
        finally:
            srtp.sha1 = sha1

    def test_nor_after_days_when_the_octets_are_no_small_int_any_more(self):
        sha1 = srtp.sha1
        srtp.sha1 = FixedHash()
        try:
            self.pass_on(self.sender)
            for end in (self.sender, self.receiver):
                end._octets, end._rounds = (1 << 24) - 160, 63
            self.sender.send(160, 160, -20, True)
            packet = self.air.packet()
            micropython.heap_lock()
            try:
                self.receiver.receive(packet, 0)
                self.sender.send(160, 160, -20, True)
            finally:
                micropython.heap_unlock()
        finally:
            srtp.sha1 = sha1
        self.assertEqual((self.sender.octets, self.receiver.octets), ((1 << 30) + 160, 1 << 30))

    def test_rejecting_allocates_nothing_but_hashes(self):
        sha1 = srtp.sha1
        self.pass_on(self.sender)
        srtp.sha1 = FixedHash()
        replayed = self.air.packet()
        forged = replayed[:2] + b"\xff" + replayed[3:]
        short = b"\x80" * 20
        long = bytes(500)
        bad = (replayed, forged, short, long)
        try:
            micropython.heap_lock()
            try:
                for data in bad:
                    self.receiver.receive(data, 0)
            finally:
                micropython.heap_unlock()
        finally:
            srtp.sha1 = sha1
        self.assertEqual(self.receiver.rejected, 4)


class Sources(Path):
    def test_a_new_source_takes_over_at_once_and_an_old_one_when_it_is_silent(self):
        first, second = self.sender, self.new_sender(b"\x05\x06\x07\x08")
        self.pass_on(first, 0)
        self.pass_on(second, 20)
        self.assertEqual(self.receiver.source, b"\x05\x06\x07\x08")
        self.pass_on(first, 40)
        self.assertEqual((self.sink.count, self.receiver.foreign), (2, 1))
        self.pass_on(first, 600)
        self.assertEqual(self.receiver.source, b"\x01\x02\x03\x04")
        self.assertEqual(self.sink.count, 3)

    def test_another_payload_type_is_not_for_the_sink(self):
        self.pass_on(self.new_sender(b"\x05\x06\x07\x08", (13, "CN", 8000)))
        self.assertEqual((self.sink.count, self.receiver.foreign), (0, 1))
        self.assertEqual(self.receiver.rejected, 0)

    def test_a_frame_that_does_not_fit_is_not_sent(self):
        for size in (0, -1, 161):
            self.assertFalse(self.sender.send(size, 160))
        self.assertEqual((self.sender.unsent, self.sender.packets), (3, 0))

    def test_the_timestamp_is_a_small_int(self):
        for _ in range(3):
            self.pass_on(self.sender)
        self.assertTrue(0 <= self.sink.timestamp < 1 << 30)


class OverSockets(unittest.TestCase):
    def test_garbage_of_a_packet_pair_is_bounded(self):
        asyncio.run(self.measure())

    async def measure(self):
        a = PeerDriver("127.0.0.1")
        b = PeerDriver("127.0.0.1")
        async with a, b:
            a.accept(await b.answer(await a.offer()))
            await a.wait_connected()
            await b.wait_connected()
            a.peer.deadline_ms = b.peer.deadline_ms = None  # reports and checks apart
            self.turns(a, b, 5)
            gc.collect()
            before = allocated()
            self.turns(a, b, 50)
            garbage = (allocated() - before) // 50
            self.assertEqual(b.receiver.packets, 55)
            self.assertTrue(garbage <= MOST_GARBAGE)
            before = allocated()
            for _ in range(50):
                a._turn()
            self.assertTrue(allocated() - before < 50)  # a look that finds nothing is free
            await a.close()
            self.assertEqual(await b.wait_closed(), "closed by the peer")
        self.assertEqual((a.state, b.state), ("closed", "closed"))

    def turns(self, a, b, count):
        for _ in range(count):
            self.assertTrue(a.sender.send(160, 160, -20, True))
            a._turn()
            b._turn()

    def test_calls_leave_nothing_behind(self):
        asyncio.run(self.many())

    async def many(self):
        sizes = []
        for _ in range(6):
            async with PeerDriver("127.0.0.1") as a, PeerDriver("127.0.0.1") as b:
                a.accept(await b.answer(await a.offer()))
                await a.wait_connected()
                await b.wait_connected()
            gc.collect()
            sizes.append(allocated())
        self.assertTrue(sizes[-1] - sizes[1] < 2000)
