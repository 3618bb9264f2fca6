"""Whether this machine kept pace while people talked: what is heard depends on it."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import time
import warnings

_TICK_S = 0.02
_LATE_S = 0.02
# Alone on two cores one in two hundred is late, beside other work one in thirty and more.
_LATE_SHARE_MAX = 0.01


class Pace:
    """Looks how late a task wakes that is due every 20 ms; `async with`."""

    def __init__(self) -> None:
        self._late: list[bool] = []
        self._task: asyncio.Task[None]

    async def __aenter__(self) -> Pace:
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])

    def kept(self) -> bool:
        """Whether it was late seldom."""
        share = sum(self._late) / max(1, len(self._late))
        kept = share <= _LATE_SHARE_MAX
        if not kept:
            warnings.warn(f"judged leniently: {share:.1%} of this process was late", stacklevel=2)
        return kept

    async def _watch(self) -> None:
        # Each frame of sound has its time: one long stall makes many late.
        due_s = time.monotonic()
        while True:
            due_s += _TICK_S
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))
            self._late.append(time.monotonic() - due_s > _LATE_S)
