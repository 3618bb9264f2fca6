"""The ICE check list: remote addresses, and how the connectivity check to each stands."""
# MIT License; see LICENSE

from micropython import const

# All pairs share one base, our socket, so a pair is told by its remote address and ordered by
# the priority of its remote candidate (RFC 8445 section 6.1.2.3 comes to the same).
FROZEN = const(0)  # not checked now: another pair is selected
WAITING = const(1)
IN_PROGRESS = const(2)
SUCCEEDED = const(3)
FAILED = const(4)

_PACE_MS = const(50)  # Ta, RFC 8445 section 14.2
# Shorter than the 500 ms of section 14.3: the answers of a LAN peer whose signaling came late
# must not cost half a second. An answer to any earlier sending still counts.
_FIRST_RETRY_MS = const(200)
_LAST_RETRY_MS = const(1600)
_MAX_SENT = const(7)  # sendings to a pair while another one is selected


class Pair:
    """A remote address under check.

    `address`, `priority`, `state`; `nominated`: the peer sent USE-CANDIDATE here. Of the check
    under way: `transaction` (12 bytes or None), `sent` (times), `sent_ms`, `due_ms` (next sending,
    None = none), `controlling`, `nominating` (what it said), `key` (the peer's password then).
    """

    def __init__(self, address, priority):
        self.address = address
        self.priority = priority
        self.state = WAITING
        self.nominated = False
        self.urgent = False
        self.retarget()

    def retarget(self):
        """Forget the check under way: the next sending is a new transaction."""
        self.transaction = None
        self.sent = 0
        self.sent_ms = 0
        self.due_ms = None
        self.controlling = False
        self.nominating = False
        self.key = b""

    def trigger(self, now_ms):
        """Put the pair at the head of the queue (RFC 8445 section 7.3.1.4)."""
        self.urgent = True
        if self.state == IN_PROGRESS and self.due_ms is not None:
            self.due_ms = now_ms
        else:
            self.retarget()
            self.state = WAITING

    def was_sent(self, now_ms, settled):
        """Note a sending and plan the next; settled: whether another pair is selected."""
        self.state = IN_PROGRESS
        self.urgent = False
        self.sent += 1
        self.sent_ms = now_ms
        if settled and self.sent >= _MAX_SENT:
            self.due_ms = None
        else:
            self.due_ms = now_ms + min(_FIRST_RETRY_MS << min(self.sent - 1, 3), _LAST_RETRY_MS)

    def finish(self, state):
        """End the check with SUCCEEDED or FAILED."""
        self.state = state
        self.urgent = False
        self.transaction = None
        self.due_ms = None


class CheckList:
    """The pairs, at most `max_pairs`, and whose turn it is."""

    # A browser with several interfaces and IPv6 lists about 10 addresses, of which half are ours.
    max_pairs = 16

    def __init__(self):
        self.pairs = []
        self._slot_ms = 0  # no check before this moment

    def find(self, address):
        """Return the pair with this remote address, or None."""
        for pair in self.pairs:
            if pair.address == address:
                return pair
        return None

    def find_transaction(self, transaction, address):
        """Return the pair whose check has this transaction and went to this address, or None."""
        for pair in self.pairs:
            if pair.transaction == transaction and pair.address == address:
                return pair
        return None

    def add(self, address, priority):
        """Add a pair unless it is known or the list is full; return it, or None when full."""
        pair = self.find(address)
        if pair is None and len(self.pairs) < self.max_pairs:
            pair = Pair(address, priority)
            self.pairs.append(pair)
        return pair

    def learn(self, address, priority, keep):
        """As `add`, for an address that proved itself: in a full list it takes the place of the
        lowest pair that has not succeeded and is not `keep`.
        """
        pair = self.add(address, priority)
        if pair is None:
            weak = [p for p in self.pairs if p.state != SUCCEEDED and p is not keep]
            if weak:
                self.pairs.remove(min(weak, key=_priority))
                pair = self.add(address, priority)
        return pair

    def clear(self):
        """Forget all pairs."""
        self.pairs = []

    def freeze(self):
        """Send no more checks; answers to those under way still count."""
        for pair in self.pairs:
            pair.urgent = False
            pair.due_ms = None
            if pair.state in (WAITING, IN_PROGRESS):
                pair.state = FROZEN

    def thaw(self, keep):
        """Check all pairs but `keep` anew."""
        for pair in self.pairs:
            if pair is not keep:
                pair.retarget()
                pair.state = WAITING

    def next_pair(self, now_ms):
        """Return the pair to check now, or None; takes the pace into account.

        The order: triggered ones, those not checked yet, those whose answer is overdue.
        """
        if now_ms < self._slot_ms:
            return None
        best = None
        best_rank = 0
        for pair in self.pairs:
            rank = self._rank(pair, now_ms)
            if rank > best_rank or (rank == best_rank > 0 and pair.priority > best.priority):
                best = pair
                best_rank = rank
        if best is not None:
            self._slot_ms = now_ms + _PACE_MS
        return best

    def _rank(self, pair, now_ms):
        if pair.state == WAITING:
            return 3 if pair.urgent else 2
        if pair.state == IN_PROGRESS and pair.due_ms is not None and pair.due_ms <= now_ms:
            return 3 if pair.urgent else 1
        return 0

    def deadline_ms(self):
        """Return when `next_pair` has one next, or None."""
        soonest = None
        for pair in self.pairs:
            if pair.state == WAITING:
                return self._slot_ms
            due_ms = pair.due_ms if pair.state == IN_PROGRESS else None
            if due_ms is not None and (soonest is None or due_ms < soonest):
                soonest = due_ms
        return None if soonest is None else max(soonest, self._slot_ms)


def _priority(pair):
    return pair.priority
