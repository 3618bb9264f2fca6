"""Events of a room: handlers that are called, waits with a deadline, tasks that are ended."""
# MIT License; see LICENSE

import asyncio
import sys
import time

from .errors import RoomTimeout


class Events:
    """Calls handlers and wakes waiters. A handler that raises is printed and the room goes on."""

    def __init__(self):
        self._handlers = {}
        self._waiters = []

    def on(self, event, handler):
        """Call `handler(value)` at each `event`; "*" means all, called with (event, value)."""
        self._handlers.setdefault(event, []).append(handler)

    def off(self, event, handler):
        """Undo `on()`. Raises ValueError when it was never done."""
        self._handlers.get(event, []).remove(handler)

    def emit(self, event, value=None):
        """Tell the handlers, in the order in which they came, then wake the waiters."""
        for handler in self._handlers.get(event, ()):
            self._call(handler, value)
        for handler in self._handlers.get("*", ()):
            self._call(handler, event, value)
        self.wake()

    def wake(self):
        """Let every `wait_until` look again."""
        for waiter in self._waiters:
            waiter.set()

    def _call(self, handler, *arguments):
        try:
            handler(*arguments)
        except Exception as error:
            sys.print_exception(error)

    async def wait_until(self, happened, timeout_ms=None, what="event"):
        """Wait until `happened()` is true; returns its value. Raises RoomTimeout."""
        # One for each wait, and it stays set: what comes before the wait has begun is not missed.
        waiter = asyncio.Event()
        self._waiters.append(waiter)
        try:
            return await self._watch(waiter, happened, timeout_ms, what)
        finally:
            self._waiters.remove(waiter)

    async def _watch(self, waiter, happened, timeout_ms, what):
        start = time.ticks_ms()
        while True:
            waiter.clear()
            value = happened()
            if value:
                return value
            if timeout_ms is None:
                await waiter.wait()
                continue
            left = timeout_ms - time.ticks_diff(time.ticks_ms(), start)
            if left <= 0:
                raise RoomTimeout(f"no {what} within {timeout_ms} ms")
            try:
                await asyncio.wait_for_ms(waiter.wait(), left)
            except asyncio.TimeoutError:  # noqa: UP041 (another class on a chip)
                continue  # looked at once more, then raised above


async def end(task):
    """Cancel `task`, which may be None, and wait until it is over. Raises what it raises."""
    if task:
        task.cancel()
        try:  # noqa: SIM105 (a chip has no contextlib)
            await task
        except asyncio.CancelledError:
            pass  # as asked
