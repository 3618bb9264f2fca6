"""One flight of ours: its messages, kept for retransmission, and its timer (RFC 6347, 4.2.4)."""
# MIT License; see LICENSE

from micropython import const

_HANDSHAKE = const(22)  # content type, as in wire.py
# Datagrams stay below what any path carries, SRTP's usual limit included.
_MAX_DATAGRAM = const(1200)
_MAX_FRAGMENT = const(1100)
_MAX_INTERVAL_MS = const(8000)
# A peer's timer may start at 50 ms: while we computed, several duplicates have queued up, and one
# answer is enough for all of them.
_MIN_GAP_MS = const(200)


class Flight:
    """Messages that travel together; numbered anew each time they are sent."""

    def __init__(self):
        self._entries = []
        self._interval_ms = None
        self._sent_ms = 0
        self.answers = -1  # message_seq of the peer's message that, repeated, asks for a resend
        self.resend_ms = None

    def add(self, content_type, epoch, payload):
        """Append the payload of a record; handshake messages unfragmented."""
        self._entries.append((content_type, epoch, payload))

    def datagrams(self, records):
        """Return the flight as a list of datagrams, protected by records."""
        from .fragments import cut  # late, as it is dropped once there is a connection

        datagrams = []
        current = b""
        for content_type, epoch, payload in self._entries:
            pieces = cut(payload, _MAX_FRAGMENT) if content_type == _HANDSHAKE else (payload,)
            for piece in pieces:
                record = records.seal(content_type, epoch, piece)
                if current and len(current) + len(record) > _MAX_DATAGRAM:
                    datagrams.append(current)
                    current = b""
                current += record
        if current:
            datagrams.append(current)
        return datagrams

    def begin(self, answers, interval_ms):
        """Note that the flight is complete. interval_ms: its first wait; None without a timer."""
        self.answers = answers
        self._interval_ms = interval_ms

    def sent(self, now_ms):
        """Note that the flight has just been sent."""
        self._sent_ms = now_ms
        self.arm(now_ms)

    def arm(self, now_ms):
        """Start the timer anew: we wait for the peer from now on."""
        self.resend_ms = None if self._interval_ms is None else now_ms + self._interval_ms

    def expired(self, now_ms):
        """True once each time that the timer has run out; the next interval is twice as long."""
        if self.resend_ms is None or now_ms < self.resend_ms:
            return False
        self._interval_ms = min(2 * self._interval_ms, _MAX_INTERVAL_MS)
        return True

    def asked_again(self, now_ms):
        """True when a repetition by the peer deserves a resend now."""
        return bool(self._entries) and now_ms - self._sent_ms >= _MIN_GAP_MS


def first_sequence(body):
    """Return the message_seq of the first handshake message in a record, as a list."""
    return [body[4] << 8 | body[5]] if len(body) >= 12 else []
