"""Key pairs and signature halves made in idle time, each for one use."""
# MIT License; see LICENSE

from .. import ecdsa
from ..p256 import multiply_base, random_scalar


def key_pair(urandom):
    """Generator: return a new key pair (scalar, affine point)."""
    k = random_scalar(urandom)
    point = yield from multiply_base(k, urandom)
    return k, point


class Pool:
    """Holds up to `depth` key pairs and as many signature halves; a handshake takes one of each.

    With a full pool a handshake needs about a quarter less arithmetic. What it holds is secret,
    stays in RAM, and is gone once taken: a half that signed twice would reveal the private key.
    """

    def __init__(self, urandom, depth=1):
        self._urandom = urandom
        self._depth = depth
        self._pairs = []
        self._halves = []
        self._work = None
        self._target = None

    @property
    def full(self):
        """True when there is nothing to refill."""
        return len(self._pairs) >= self._depth and len(self._halves) >= self._depth

    def refill_step(self):
        """Do one slice of about 10 ms on a chip; return False when the pool is full.

        Call it while nothing else is to do, not in a call.
        """
        if self._work is None:
            if self.full:
                return False
            if len(self._pairs) < self._depth:
                self._work, self._target = key_pair(self._urandom), self._pairs
            else:
                self._work, self._target = ecdsa.prepare(self._urandom), self._halves
        try:
            next(self._work)
        except StopIteration as end:
            self._target.append(end.value)
            self._work = None
        return not self.full

    def take_pair(self):
        """Return a key pair (scalar, affine point), or None when the pool has none."""
        return self._pairs.pop() if self._pairs else None

    def take_half(self):
        """Return a half for ecdsa.sign(), or None when the pool has none."""
        return self._halves.pop() if self._halves else None
