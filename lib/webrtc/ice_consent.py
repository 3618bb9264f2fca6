"""Consent freshness on the selected ICE pair (RFC 7675), and noticing a dead peer."""
# MIT License; see LICENSE

from micropython import const

SILENCE_MS = const(4500)  # no sign of life for so long: disconnected (noticed within 5 s)
EXPIRY_MS = const(30000)  # no answer for so long: consent is gone (RFC 7675 section 5.1)
_INTERVAL_MS = const(2000)
# While an answer is overdue. Under 30 % loss each way half the checks go unanswered; a dozen in
# the silence above still make a false alarm rare.
_RETRY_MS = const(400)
_MAX_PENDING = const(12)


class Consent:
    """Whether the peer still agrees to receive and is alive.

    username, key: the peer's credentials, as bytes, which outlive an ICE restart until another
    pair is selected. checks: whether we send any (an ICE-lite agent does not).
    """

    def __init__(self, username, key, checks, now_ms):
        self.username = username
        self.key = key
        self.heard_ms = now_ms  # last sign of life
        self._granted_ms = now_ms  # last answer
        self._next_ms = now_ms + _RETRY_MS if checks else None
        self._pending = []  # (transaction, sent_ms), oldest first

    @property
    def due_ms(self):
        """When to send the next check, or None."""
        return self._next_ms

    def was_sent(self, transaction, now_ms):
        """Note a check that goes out."""
        if len(self._pending) == _MAX_PENDING:
            self._pending.pop(0)
        self._pending.append((transaction, now_ms))
        # A peer gone for long gets them at a slower pace, to be found when it is back.
        silent = now_ms - self.heard_ms >= SILENCE_MS
        self._next_ms = now_ms + (_RETRY_MS * 2 if silent else _RETRY_MS)

    def is_pending(self, transaction):
        """Whether a check with this transaction waits for its answer."""
        return any(pending[0] == transaction for pending in self._pending)

    def answered(self, transaction, now_ms, noise):
        """Take an authenticated answer in and return the round trip in ms.

        noise: a random byte; spreads the checks by a fifth (RFC 7675 section 5.1).
        """
        round_trip_ms = 0
        for pending in self._pending:
            if pending[0] == transaction:
                round_trip_ms = now_ms - pending[1]
        self._pending.clear()
        self._granted_ms = self.heard_ms = now_ms
        self._next_ms = now_ms + _INTERVAL_MS * (205 + noise // 2) // 256 - round_trip_ms
        return round_trip_ms

    def is_overdue(self, now_ms):
        """Whether the peer has left more than two checks in a row unanswered."""
        return len(self._pending) > 2 and now_ms - self.heard_ms > 3 * _RETRY_MS

    def is_silent(self, now_ms):
        """Whether the peer has given no sign of life for SILENCE_MS."""
        return now_ms - self.heard_ms >= SILENCE_MS

    def is_expired(self, now_ms):
        """Whether we may not send any more."""
        return now_ms >= self._expiry_ms()

    # A lite agent sends no checks and is allowed to send as long as it is asked for.
    def _expiry_ms(self):
        return (self.heard_ms if self._next_ms is None else self._granted_ms) + EXPIRY_MS

    def deadline_ms(self, connected):
        """Return when something is due next; connected: whether silence is still to be noticed."""
        soonest = self._expiry_ms()
        if connected:
            soonest = min(soonest, self.heard_ms + SILENCE_MS)
        return soonest if self._next_ms is None else min(soonest, self._next_ms)
