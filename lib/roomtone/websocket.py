"""A WebSocket client (RFC 6455) for one JSON conversation."""
# MIT License; see LICENSE

import asyncio
import os
import time

from micropython import const

from . import frames
from .errors import Refused, Unreachable

_POLL_MS = const(5)
_READ = const(256)  # bytes at a time: a heap with holes still has as many in one piece
_READS = const(8)  # in a row
_SEND_TIMEOUT_MS = const(5000)


class WebSocket:
    """An open connection; made by `upgrade.open()`. Two senders in one moment wait."""

    def __init__(self, transport, rest=b"", urandom=os.urandom, max_message=16384):
        self._transport = transport
        self._parser = frames.Parser(max_message)
        self._messages = []
        self._lock = asyncio.Lock()
        self._urandom = urandom
        self._close_sent = False
        self._pongs = []  # to be sent: what the pings held
        self.heard_ms = time.ticks_ms()
        self.close_code = None
        self._parse(rest)

    async def send(self, text):
        """Send one text message. Raises Unreachable."""
        await self._send(frames.TEXT, text.encode())

    async def ping(self):
        """Ask for a sign of life; any answer moves `heard_ms`. Raises Unreachable."""
        await self._send(frames.PING, b"")

    async def receive(self):
        """The next text message, or None when none is here yet; never waits for one.

        Answers pings. Raises Unreachable when the connection is over (`close_code` says how the
        server closed it) and Refused when the server broke the protocol.
        """
        if not self._messages:
            self._poll()
            await self._answer()
        if self._messages:
            return self._messages.pop(0)
        if self.close_code is not None:
            raise Unreachable("connection-lost")
        return None

    async def close(self, code=frames.NORMAL, timeout_ms=1000):
        """Say goodbye, wait a little for the same from the server, and close. Never raises.

        code: why, unless the server has closed already, or broke the protocol.
        """
        start = time.ticks_ms()
        try:
            await self._send_close(self.close_code or code)
            while self.close_code is None:
                if time.ticks_diff(time.ticks_ms(), start) >= timeout_ms:
                    break
                await asyncio.sleep_ms(_POLL_MS)
                self._poll()
        except (Unreachable, Refused):
            pass  # it is closed, then
        finally:
            self._transport.close()

    def abort(self):
        """Close without a goodbye, at once: nobody is there to hear it."""
        self._transport.close()

    def _poll(self):
        """Read what is there, without waiting."""
        for _ in range(_READS):
            if self.close_code is not None:
                return
            data = self._transport.read(_READ)
            if data is None:
                return
            if not data:
                self.close_code = 1006  # section 7.1.5: closed without a close frame
                return
            self.heard_ms = time.ticks_ms()
            self._parse(data)

    def _parse(self, data):
        try:
            for opcode, payload in self._parser.feed(data):
                if opcode == frames.TEXT:
                    self._messages.append(payload)
                elif opcode == frames.PING:
                    self._pongs.append(bytes(payload))
                elif opcode == frames.CLOSE:
                    self.close_code = frames.close_code(payload)
                    return
        except frames.FrameError as error:
            self.close_code = error.code  # which `close` tells the server
            raise Refused("protocol-error", f"WebSocket: {error}.") from None

    async def _answer(self):
        while self._pongs:
            await self._send(frames.PONG, self._pongs.pop(0))
        if self.close_code is not None:
            await self._send_close(self.close_code)

    async def _send_close(self, code):
        # 1005 and 1006 are never sent: they say that there was no code.
        if not self._close_sent and code not in (1005, 1006):
            await self._send(frames.CLOSE, code.to_bytes(2, "big"))
        self._close_sent = True

    async def _send(self, opcode, payload):
        async with self._lock:
            if self._close_sent:
                raise Unreachable("connection-lost")
            frame = frames.build(opcode, payload, self._urandom(4))
            await self._transport.write(frame, _SEND_TIMEOUT_MS)
