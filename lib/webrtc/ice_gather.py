"""Our own ICE candidates: host ones, and a server-reflexive one asked of a STUN server."""
# MIT License; see LICENSE

from micropython import const

from . import stun

_FIRST_RETRY_MS = const(500)  # RFC 8489 section 6.2.1
_MAX_SENT = const(5)  # 15.5 s in all


class Gatherer:
    """Knows our addresses (RFC 8445 section 5.1.1).

    hosts: [(ip, port)] of our socket. server: (ip, port) of a STUN server, or None.
    `asking`: whether the server's answer is awaited; `due_ms`: when to ask again, or None.
    """

    def __init__(self, hosts, server, urandom):
        self.server = server
        self.asking = server is not None
        self.due_ms = 0 if self.asking else None
        self._hosts = list(hosts)
        self._mapped = None  # our address as the server sees it
        self._transaction = urandom(12)
        self._sent = 0

    def candidates(self):
        """List our candidates as lines without `a=`."""
        from .candidate import Candidate, priority  # late, as in ice.py

        found = [
            Candidate("host", address, priority("host", index), str(index + 1))
            for index, address in enumerate(self._hosts)
        ]
        if self._mapped is not None and self._mapped not in self._hosts:
            rank, base = priority("srflx"), self._hosts[0]
            found.append(Candidate("srflx", self._mapped, rank, str(len(found) + 1), base))
        return [candidate.to_line() for candidate in found]

    def tick(self, now_ms):
        """Return the request to send to the server now, or None."""
        if not self.asking or now_ms < self.due_ms:
            return None
        if self._sent == _MAX_SENT:
            self._end()
            return None
        self.due_ms = now_ms + (_FIRST_RETRY_MS << self._sent)
        self._sent += 1
        return stun.build(stun.REQUEST, self._transaction)

    def receive(self, message, address):
        """Take a response in; return whether it was to our request."""
        if not self.asking or address != self.server or message.transaction != self._transaction:
            return False
        if message.kind == stun.SUCCESS:
            self._mapped = message.mapped_address
        self._end()
        return True

    def _end(self):
        self.asking = False
        self.due_ms = None
