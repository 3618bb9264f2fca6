"""Handshake messages in fragments (RFC 6347 section 4.2): cutting, and putting together again."""
# MIT License; see LICENSE

from micropython import const

_HEADER = const(12)
# Browsers' hellos have 1.5 KB, RSA certificate chains up to 5 KB.
_MAX_MESSAGE = const(6144)
_MAX_TOTAL = const(8192)
_MAX_AHEAD = const(8)
_MAX_RANGES = const(16)


def header(kind, sequence, length, offset=0, size=None):
    """Return the 12-byte header; of an unfragmented message when offset and size are left out."""
    return (
        bytes((kind,))
        + length.to_bytes(3, "big")
        + sequence.to_bytes(2, "big")
        + offset.to_bytes(3, "big")
        + (length if size is None else size).to_bytes(3, "big")
    )


def cut(message, limit):
    """Return an unfragmented message as a list of fragments of at most limit bytes."""
    if len(message) <= limit:
        return [message]
    length = len(message) - _HEADER
    sequence = int.from_bytes(message[4:6], "big")
    step = limit - _HEADER
    return [
        header(message[0], sequence, length, at, min(step, length - at))
        + message[_HEADER + at : _HEADER + at + step]
        for at in range(0, length, step)
    ]


class _Partial:
    # A message of which some ranges of bytes have arrived.

    def __init__(self, kind, length):
        self.kind = kind
        self.body = bytearray(length)
        self.ranges = []

    def add(self, offset, data):
        start, end = offset, offset + len(data)
        apart = []
        for piece in self.ranges:
            if piece[1] < start or piece[0] > end:
                apart.append(piece)
            else:
                start = min(start, piece[0])
                end = max(end, piece[1])
        if len(apart) >= _MAX_RANGES:
            return
        apart.append((start, end))
        self.ranges = apart
        self.body[offset : offset + len(data)] = data

    def complete(self):
        return self.ranges == [(0, len(self.body))]


class Reassembler:
    """Collects fragments in any order and hands out whole messages in sequence."""

    def __init__(self):
        self.next_sequence = 0
        self._partial = {}

    def add(self, record):
        """Take in the fragments of one record; return (well-formed, sequence numbers seen).

        Old sequence numbers, those below next_sequence, are retransmissions and are not stored.
        """
        seen = []
        at = 0
        while at < len(record):
            if len(record) - at < _HEADER:
                return False, seen
            length = int.from_bytes(record[at + 1 : at + 4], "big")
            sequence = int.from_bytes(record[at + 4 : at + 6], "big")
            offset = int.from_bytes(record[at + 6 : at + 9], "big")
            size = int.from_bytes(record[at + 9 : at + 12], "big")
            start = at + _HEADER
            at_end = start + size
            if at_end > len(record) or offset + size > length or length > _MAX_MESSAGE:
                return False, seen
            seen.append(sequence)
            if 0 <= sequence - self.next_sequence < _MAX_AHEAD:
                self._store(record[at], sequence, length, offset, record[start:at_end])
            at = at_end
        return True, seen

    def _store(self, kind, sequence, length, offset, data):
        partial = self._partial.get(sequence)
        if partial and (partial.kind != kind or len(partial.body) != length):
            # Two stories about one message: the newer wins, so that a forged fragment costs one
            # retransmission and not the handshake.
            partial = None
            del self._partial[sequence]
        if partial is None:
            if length + sum(len(p.body) for p in self._partial.values()) > _MAX_TOTAL:
                if sequence != self.next_sequence:
                    return
                self._partial.clear()
            partial = _Partial(kind, length)
            self._partial[sequence] = partial
        if not partial.complete():
            partial.add(offset, data)

    @property
    def ready(self):
        """True when pop() will return a message."""
        partial = self._partial.get(self.next_sequence)
        return partial is not None and partial.complete()

    def pop(self):
        """Return the next message as (kind, sequence, body), or None."""
        if not self.ready:
            return None
        sequence = self.next_sequence
        partial = self._partial.pop(sequence)
        self.next_sequence += 1
        return partial.kind, sequence, bytes(partial.body)

    def clear(self):
        """Forget everything that has not been handed out."""
        self._partial.clear()
