"""Rate limits: so many attempts for each key in a time, refilled steadily."""
# MIT License; see LICENSE

from __future__ import annotations

import time
from collections.abc import Callable

_KEYS_LIMIT = 4096


class RateLimit:
    """A token bucket for each key: `burst` at once, then `per_s` a second."""

    def __init__(
        self, burst: float, per_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._burst = burst
        self._per_s = per_s
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}

    def allow(self, key: str) -> bool:
        """Whether `key` may go on now; counts the attempt."""
        now = self._clock()
        left, at = self._buckets.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._per_s)
        if len(self._buckets) >= _KEYS_LIMIT:
            # The key that was quiet for longest is first: buckets are put back at the end.
            del self._buckets[next(iter(self._buckets))]
        self._buckets[key] = (left - 1 if left >= 1 else left, now)
        return left >= 1
