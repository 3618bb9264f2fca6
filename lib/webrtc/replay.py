"""Replay protection and rollover counter of one SRTP source (RFC 3711 3.3)."""
# MIT License; see LICENSE

from array import array

from micropython import const

_WINDOW = const(128)  # RFC 3711 3.3.2 asks for 64 at least; 2.5 s of 20 ms packets


class Stream:
    """Where one SSRC stands: its highest index (`roc`, `sequence`), and which of the last came.

    ssrc: 4 bytes. Allocates nothing after construction.
    """

    def __init__(self, ssrc):
        self.ssrc = ssrc
        self.roc = 0
        self.sequence = -1
        # A slot holds the last sequence number that fell on it. It begins with one that never can.
        self._seen = array("H", [i ^ 1 for i in range(_WINDOW)])
        # A stray packet among the first two says nothing about where the stream is. Up to two
        # jumps are followed; what was jumped from is not admitted again while the counter could
        # still be that of then.
        self.settled = False
        self._strays = [-1, -1]

    def estimate(self, sequence):
        """Return the rollover counter that puts this sequence number closest to the highest.

        Returns -1 when the packet is too old or was seen (RFC 3711 3.3.1, 3.3.2).
        """
        ahead = ((sequence - self.sequence + 0x8000) & 0xFFFF) - 0x8000
        roc = self.roc + ((self.sequence + ahead) >> 16)
        if self.settled:
            if ahead <= -_WINDOW:
                return -1
        elif roc < 0:
            roc = 0
        if self._seen[sequence % _WINDOW] == sequence:
            return -1
        return -1 if roc < 2 and sequence in self._strays else roc

    def accept(self, roc, sequence):
        """Commit an authentic packet."""
        ahead = ((sequence - self.sequence + 0x8000) & 0xFFFF) - 0x8000
        self._seen[sequence % _WINDOW] = sequence
        if self.sequence >= 0:
            if self.settled or -_WINDOW < ahead < _WINDOW:
                self.settled = True
                if ahead <= 0:
                    return
            else:
                self._leave(self.sequence)
        self.roc = roc
        self.sequence = sequence

    def _leave(self, sequence):
        second = self._strays[0] >= 0
        self._strays[second] = sequence
        self.settled = second
