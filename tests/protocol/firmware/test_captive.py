"""DNS of the setup network: one address for every name, nothing for what is no query."""
# MIT License; see LICENSE

import asyncio
import unittest

import captive
from captive import answer

_IP = b"\xc0\xa8\x04\x01"
_NAME = b"\x07example\x03com\x00"
_HEAD = b"\xbe\xef\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
_A = b"\x00\x01\x00\x01"


class TestCaptive(unittest.TestCase):
    def test_an_address_for_any_name(self):
        found = answer(_HEAD + _NAME + _A, _IP)
        self.assertEqual(found[:12], b"\xbe\xef\x85\x00\x00\x01\x00\x01\x00\x00\x00\x00")
        self.assertEqual(found[12:29], _NAME + _A)
        self.assertEqual(found[29:], b"\xc0\x0c" + _A + b"\x00\x00\x00\x0a\x00\x04" + _IP)

    def test_other_types_have_no_records(self):
        for kind in (b"\x00\x1c\x00\x01", b"\x00\x41\x00\x01"):  # AAAA, HTTPS
            found = answer(_HEAD + _NAME + kind, _IP)
            self.assertEqual(found[6:8], b"\x00\x00")
            self.assertEqual(found[3] & 15, 0)  # no error: the name exists
            self.assertEqual(len(found), 12 + 17)

    def test_what_edns_adds_is_left_out(self):
        query = bytearray(_HEAD + _NAME + _A + b"\x00\x00\x29\x04\xd0" + bytes(6))
        query[11] = 1
        self.assertEqual(len(answer(query, _IP)), 12 + 17 + 16)

    def test_what_is_no_query(self):
        good = _HEAD + _NAME + _A
        response = bytearray(good)
        response[2] |= 0x80
        two = bytearray(good)
        two[5] = 2
        pointer = _HEAD + b"\xc0\x0c" + _A
        for query in (b"", good[:11], good[:-1], good[:20], bytes(response), bytes(two), pointer):
            self.assertIsNone(answer(query, _IP))
        for length in range(len(good)):
            self.assertIsNone(answer(good[:length], _IP))


class Udp:
    """A chip's sockets: one that got an empty datagram gives empty ones for ever."""

    AF_INET = SOCK_DGRAM = 0
    arrived = []
    answered = []
    opened = closed = 0

    def __init__(self, *_):
        Udp.opened += 1
        self.sick = False

    @staticmethod
    def getaddrinfo(ip, port):
        return [(0, 0, 0, "", (ip, port))]

    def setblocking(self, flag):
        pass

    def bind(self, address):
        pass

    def recvfrom(self, size):
        if not (self.sick or Udp.arrived):
            raise OSError(11)
        data = b"" if self.sick else Udp.arrived.pop(0)
        self.sick = not data
        return data, ("192.168.4.2", 4000)

    def sendto(self, data, address):
        Udp.answered.append(data)

    def close(self):
        Udp.closed += 1


class SocketModule(Udp):
    socket = Udp


class TestServe(unittest.TestCase):
    def setUp(self):
        self._socket = captive.socket
        captive.socket = SocketModule

    def tearDown(self):
        captive.socket = self._socket

    def test_an_empty_datagram_does_not_end_it(self):
        Udp.arrived.extend((b"", _HEAD + _NAME + _A))

        async def go():
            task = asyncio.create_task(captive.serve("192.168.4.1", 53))
            await asyncio.sleep_ms(250)
            task.cancel()
            try:  # noqa: SIM105 (a chip has no contextlib)
                await task
            except asyncio.CancelledError:
                pass  # as asked

        asyncio.run(go())
        self.assertEqual(len(Udp.answered), 1)
        self.assertEqual((Udp.opened, Udp.closed), (2, 2))


if __name__ == "__main__":
    unittest.main()
