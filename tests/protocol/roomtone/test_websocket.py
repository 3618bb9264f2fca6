"""The WebSocket over a made-up stream: what it answers by itself, and how it ends."""
# MIT License; see LICENSE

import asyncio
import unittest

from roomtone.errors import Refused, Unreachable
from roomtone.websocket import WebSocket

_HELLO = b"\x81\x05hello"
_PING = b"\x89\x02hi"
_CLOSE_1001 = b"\x88\x02\x03\xe9"
_MASKED = b"\x81\x85\x00\x00\x00\x00hello"  # which a server never sends


class Stream:
    """Gives `parts`, then nothing; keeps the frames written, their mask being 0."""

    def __init__(self, *parts):
        self.parts = list(parts)
        self.frames = []
        self.closed = False

    def read(self, size):
        return self.parts.pop(0) if self.parts else None

    async def write(self, data, timeout_ms):
        self.frames.append((data[0] & 15, bytes(data[6:])))

    def close(self):
        self.closed = True


def _no_mask(count):
    return bytes(count)


class TestWebSocket(unittest.TestCase):
    def open(self, *parts):
        self.stream = Stream(*parts)
        return WebSocket(self.stream, urandom=_no_mask)

    def test_a_ping_is_answered_and_not_told(self):
        socket = self.open(_PING + _HELLO)
        self.assertEqual(asyncio.run(socket.receive()), "hello")
        self.assertEqual(self.stream.frames, [(10, b"hi")])

    def test_a_goodbye_of_the_server_is_returned_once(self):
        async def go():
            socket = self.open(_HELLO + _CLOSE_1001)
            self.assertEqual(await socket.receive(), "hello")
            with self.assertRaises(Unreachable):
                await socket.receive()
            self.assertEqual(socket.close_code, 1001)
            await socket.close()

        asyncio.run(go())
        self.assertEqual(self.stream.frames, [(8, b"\x03\xe9")])
        self.assertTrue(self.stream.closed)

    def test_ours_waits_for_that_of_the_server(self):
        socket = self.open(_CLOSE_1001)
        asyncio.run(socket.close())
        self.assertEqual(self.stream.frames, [(8, b"\x03\xe8")])
        self.assertEqual((socket.close_code, self.stream.closed), (1001, True))

    def test_a_server_that_breaks_the_protocol_is_told_that_it_does(self):
        async def go():
            socket = self.open(_MASKED)
            with self.assertRaises(Refused):
                await socket.receive()
            await socket.close()

        asyncio.run(go())
        self.assertEqual(self.stream.frames, [(8, b"\x03\xea")])  # 1002
        self.assertTrue(self.stream.closed)


if __name__ == "__main__":
    unittest.main()
