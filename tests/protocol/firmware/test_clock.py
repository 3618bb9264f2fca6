"""The clock: asked only when it must be wrong, and not told by strangers."""
# MIT License; see LICENSE

import asyncio
import socket
import struct
import time
import unittest

import clock
from clock import ClockError

_NONCE = b"12345678"


def _packet(unix_s, mode=4, stratum=2, nonce=_NONCE):
    seconds = (unix_s + 2208988800) & 0xFFFFFFFF
    return (
        bytes((0x20 | mode, stratum))
        + bytes(22)
        + nonce
        + bytes(8)
        + struct.pack("!II", seconds, 0)
    )


class TestClock(unittest.TestCase):
    def test_an_answer(self):
        self.assertEqual(clock.parse(_packet(1763700000), _NONCE), 1763700000)

    def test_the_era_after_2036(self):
        self.assertEqual(clock.parse(_packet(2524608000), _NONCE), 2524608000)

    def test_what_is_no_answer(self):
        good = _packet(1763700000)
        for data in (
            b"", good[:47], _packet(1763700000, mode=3), _packet(1763700000, stratum=0),
            _packet(1763700000, stratum=16), _packet(1763700000, nonce=b"87654321"),
            _packet(1000000000),
        ):  # fmt: skip
            self.assertIsNone(clock.parse(data, _NONCE))

    def test_a_clock_that_is_right_asks_nobody(self):
        self.assertTrue(clock.is_set())
        self.assertTrue(abs(clock.unix_time() - time.time()) < 2 or time.gmtime(0)[0] == 2000)
        asyncio.run(clock.ensure("127.0.0.1", 9, self.fail))

    def test_a_server_is_asked_and_a_forged_answer_passed_over(self):
        async def serve(udp):
            while True:
                await asyncio.sleep_ms(5)
                try:
                    request, sender = udp.recvfrom(48)
                except OSError:
                    continue
                udp.sendto(_packet(1800000000, nonce=b"forgery!"), sender)
                udp.sendto(_packet(1763700000, nonce=request[40:48]), sender)

        async def ask():
            udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            udp.setblocking(False)
            port = 20000 + time.ticks_us() % 20000
            udp.bind(socket.getaddrinfo("127.0.0.1", port)[0][-1])
            server = asyncio.create_task(serve(udp))
            try:
                return await clock.ask("127.0.0.1", port, tries=1)
            finally:
                server.cancel()
                udp.close()

        self.assertEqual(asyncio.run(ask()), 1763700000)

    def test_nobody_answers(self):
        with self.assertRaises(ClockError) as caught:
            asyncio.run(clock.ask("127.0.0.1", 9, tries=1))
        self.assertTrue("127.0.0.1" in str(caught.exception))


if __name__ == "__main__":
    unittest.main()
