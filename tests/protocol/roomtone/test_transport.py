"""The byte stream below a WebSocket: what it says when it is closed, full, or without memory."""
# MIT License; see LICENSE

import asyncio
import unittest

from roomtone import dial
from roomtone.errors import Unreachable
from roomtone.transport import Transport
from roomtone.url import Url


class Full:
    """A stream that takes nothing and has nothing."""

    closed = 0

    def write(self, data):
        return None

    def read(self, size):
        return None

    def close(self):
        self.closed += 1


class TestClosed(unittest.TestCase):
    def setUp(self):
        self.stream = Full()
        self.transport = Transport(self.stream, self.stream)

    def test_a_write_that_waits_ends_with_the_connection(self):
        async def go():
            write = asyncio.create_task(self.transport.write(b"leave", 10000))
            await asyncio.sleep_ms(20)
            self.transport.close()
            with self.assertRaises(Unreachable) as caught:
                await write
            self.assertEqual(caught.exception.code, "connection-lost")

        asyncio.run(go())

    def test_nothing_is_read_or_written_any_more(self):
        self.transport.close()
        self.transport.close()
        self.assertEqual(self.stream.closed, 2)  # socket and TLS, once each
        with self.assertRaises(Unreachable):
            self.transport.read(100)
        with self.assertRaises(Unreachable):
            asyncio.run(self.transport.write(b"x", 100))


class NoMemory:
    """A Trust and its context: TLS finds no memory for its buffers."""

    def verifier(self):
        return self

    def context(self, verifier):
        return self

    def wrap_socket(self, *_, **__):
        raise OSError(-0x7F00)  # MBEDTLS_ERR_SSL_ALLOC_FAILED


async def _at_once(*_):
    pass


class TestDial(unittest.TestCase):
    def setUp(self):
        self._connect_socket = dial._connect_socket
        dial._connect_socket = _at_once

    def tearDown(self):
        dial._connect_socket = self._connect_socket

    def test_no_memory_for_tls_is_worth_another_try(self):
        with self.assertRaises(Unreachable) as caught:
            asyncio.run(dial.connect(Url("https://127.0.0.1:1"), NoMemory(), 100))
        self.assertEqual(caught.exception.code, "server-unreachable")


if __name__ == "__main__":
    unittest.main()
