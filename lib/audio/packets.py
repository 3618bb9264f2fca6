"""Packets of one RTP stream, put in order by sequence number (RFC 3550 section 5.1)."""
# MIT License; see LICENSE

from array import array

from micropython import const

from .copy_viper import copy_bytes

STORED = const(0)
DUPLICATE = const(1)
LATE = const(2)
_EMPTY = const(-1)
_MAX_DROPOUT = const(3000)  # a longer gap is no loss but another count (RFC 3550 appendix A.1)


class PacketRing:
    """A slot each for the next `slots` sequence numbers; allocation-free.

    `next_seq` is the first number not yet taken; `lost` counts numbers passed over.
    """

    def __init__(self, slots, max_payload):
        self._slots = slots
        self._seqs = array("i", (_EMPTY,) * slots)
        self._timestamps = array("i", (0,) * slots)
        self._lengths = array("i", (0,) * slots)  # 0: taken
        self._payloads = tuple(bytearray(max_payload) for _ in range(slots))
        self.max_payload = max_payload
        self.lost = 0
        self.next_seq = 0
        self._ahead = 0  # numbers from next_seq on, up to the highest that has arrived
        # What take() found:
        self.payload = None
        self.length = 0

    def restart(self, seq):
        """Empty all slots and expect seq next."""
        for i in range(self._slots):
            self._seqs[i] = _EMPTY
        self.next_seq = seq
        self._ahead = 0

    def rewind(self, seq):
        """Expect seq, an earlier number, next: before playing has begun, order is still open."""
        back = (self.next_seq - seq) & 0xFFFF
        if self._ahead + back > self._slots:
            return False
        self.next_seq = seq
        self._ahead += back
        return True

    def store(self, buf, start, length, seq, timestamp):
        """Copy a payload into its slot. Returns STORED, DUPLICATE or LATE (before next_seq).

        A number too far ahead makes the ring move on; what it passes over is lost, unless it is
        so much that the sender must have begun to count anew.
        """
        slot = seq % self._slots
        if self._seqs[slot] == seq:
            return DUPLICATE
        distance = (seq - self.next_seq) & 0xFFFF
        if distance >= 0x8000:
            return LATE
        while distance >= self._slots and self._ahead:
            self._pass_over()
            distance -= 1
        if distance >= self._slots:
            skipped = distance - self._slots + 1
            if skipped < _MAX_DROPOUT:
                self.lost += skipped
            self.next_seq = (self.next_seq + skipped) & 0xFFFF
            distance -= skipped
        copy_bytes(buf, start, self._payloads[slot], 0, length)
        self._seqs[slot] = seq
        self._timestamps[slot] = timestamp
        self._lengths[slot] = length
        if self._ahead <= distance:
            self._ahead = distance + 1
        return STORED

    def peek(self):
        """Return the timestamp of the first packet there is, or -1; those before may yet come."""
        for distance in range(self._ahead):
            slot = self._slot(distance)
            if slot >= 0:
                self.payload = self._payloads[slot]
                self.length = self._lengths[slot]
                return self._timestamps[slot]
        return -1

    def drop(self):
        """Take out the packet that peek() found; numbers before it are lost."""
        while self._ahead and self._slot(0) < 0:
            self.lost += 1
            self._move_on()
        if self._ahead:
            self._lengths[self.next_seq % self._slots] = 0
            self._move_on()

    # The slot that holds next_seq + distance, or -1.
    def _slot(self, distance):
        seq = (self.next_seq + distance) & 0xFFFF
        slot = seq % self._slots
        return slot if self._seqs[slot] == seq and self._lengths[slot] else -1

    def _pass_over(self):
        slot = self._slot(0)
        if slot >= 0:
            self._lengths[slot] = 0
        self.lost += 1
        self._move_on()

    def _move_on(self):
        self.next_seq = (self.next_seq + 1) & 0xFFFF
        self._ahead -= 1
