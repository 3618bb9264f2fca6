"""A TCP or TLS byte stream that is polled, so that no socket sits in the event loop's poller.

On a chip each pass of asyncio with a registered socket costs a whole select(), 0.3 ms; a read
that finds nothing every 50 ms costs less than a hundredth of that.
"""
# MIT License; see LICENSE

import asyncio
import errno
import time

from micropython import const

from .errors import Unreachable

_POLL_MS = const(5)
# What a socket says that has nothing to give or no room yet.
AGAIN = (errno.EAGAIN, errno.EINPROGRESS, errno.ETIMEDOUT)


class Transport:
    """One connection; made by `dial.connect()`."""

    def __init__(self, raw, stream):
        self._raw = raw
        self._stream = stream

    def read(self, size):
        """Up to `size` bytes that are here now, None when there are none, b"" at the end.

        Raises Unreachable when the connection broke.
        """
        try:
            return self._open_stream().read(size)
        except OSError as error:
            if error.errno in AGAIN:
                return None
            raise Unreachable("connection-lost") from None

    async def write(self, data, timeout_ms):
        """Write all of `data`. Raises Unreachable when that takes longer than `timeout_ms`."""
        view = memoryview(data)
        start = time.ticks_ms()
        at = 0
        while at < len(view):
            try:
                count = self._open_stream().write(view[at:])
            except OSError as error:
                if error.errno not in AGAIN:
                    raise Unreachable("connection-lost") from None
                count = None
            if count:
                at += count
                continue
            check_time(start, timeout_ms)
            await asyncio.sleep_ms(_POLL_MS)

    # Whoever still writes when another task closes is told, as of any connection that ended.
    def _open_stream(self):
        if self._stream is None:
            raise Unreachable("connection-lost")
        return self._stream

    def close(self):
        """Close the connection; may be called again."""
        if self._stream is None:
            return
        for part in (self._stream, self._raw):
            try:  # noqa: SIM105 (a chip has no contextlib)
                part.close()
            except OSError:
                pass  # the peer was faster
        self._stream = None


def check_time(start, timeout_ms, code="connection-lost"):
    """Raise Unreachable when `timeout_ms` have passed since the tick `start`."""
    if time.ticks_diff(time.ticks_ms(), start) >= timeout_ms:
        raise Unreachable(code)
