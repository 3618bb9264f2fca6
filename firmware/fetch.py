"""Files from the room server over one HTTP/1.1 connection that is kept (RFC 9112)."""
# MIT License; see LICENSE

import asyncio
import time

from micropython import const
from roomtone import httpcore
from roomtone.dial import connect
from roomtone.errors import Refused, RoomError, Unreachable

_READ = const(1024)
_POLL_MS = const(5)
_CONNECT_MS = const(10000)
# Without a byte for this long the server is gone.
_SILENCE_MS = const(8000)
_TRIES = const(3)
_PAUSE_MS = const(500)
_NOT_FOUND = const(404)


class NotFound(Refused):
    """The server does not have it."""


class Fetcher:
    """Gets files of the server at `url` (roomtone.url.Url), which `trust` (Trust) verifies."""

    def __init__(self, url, trust):
        self._url = url
        self._trust = trust
        self._transport = None

    async def get(self, path, limit, take):
        """Get `path`; `take(chunk)` gets each piece of at most `limit` bytes in all.

        `take(None)` means that it begins again, from the first byte. Raises NotFound, Refused,
        Unreachable.
        """
        for attempt in range(_TRIES):
            try:
                take(None)
                await self._get(path, limit, take)
                return
            except Unreachable:
                self.close()
                if attempt == _TRIES - 1:
                    raise
                await asyncio.sleep_ms(_PAUSE_MS)
            except RoomError:
                self.close()
                raise

    def close(self):
        """Close the connection; `get` opens another."""
        if self._transport:
            self._transport.close()
        self._transport = None

    async def _get(self, path, limit, take):
        if self._transport is None:
            self._transport = await connect(self._url, self._trust, _CONNECT_MS)
        request = httpcore.request("GET", self._url, self._url.join(path), ())
        await self._transport.write(request, _SILENCE_MS)
        head = httpcore.Head()
        while not head.complete:
            try:
                head.take(await self._read())
            except httpcore.HttpError as error:
                raise Refused("protocol-error", f"HTTP: {error}.") from None
        left = _length(head, limit)
        take(head.rest[:left])
        left -= min(left, len(head.rest))
        while left:
            data = await self._read()
            take(data[:left])
            left -= min(left, len(data))
        if head.headers.get("connection", "").lower() == "close":
            self.close()

    async def _read(self):
        start = time.ticks_ms()
        while True:
            data = self._transport.read(_READ)
            if data:
                return data
            if data is not None or time.ticks_diff(time.ticks_ms(), start) >= _SILENCE_MS:
                raise Unreachable("connection-lost")
            await asyncio.sleep_ms(_POLL_MS)


def _length(head, limit):
    if head.status == _NOT_FOUND:
        raise NotFound("not-found", "The server does not have it.")
    if head.status >= 500:
        raise Unreachable("server-unreachable", f"The server answers {head.status}.")
    size = head.headers.get("content-length", "")
    if head.status != 200 or not size.isdigit():
        raise Refused("protocol-error", f"The server answers {head.status}.")
    if int(size) > limit:
        raise Refused("too-large", "The server sends more than it said.")
    return int(size)
