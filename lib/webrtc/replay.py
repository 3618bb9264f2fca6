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
        # Until two packets in a row lie close together, the first may be a straggler that says
        # nothing about where the stream is.
        self.settled = False
        self._straggler = -1

    def estimate(self, sequence):
        """Return the rollover counter that puts this sequence number closest to the highest.

        Returns -1 when the packet is too old or was seen (RFC 3711 3.3.1, 3.3.2).
        """
        ahead = ((sequence - self.sequence + 0x8000) & 0xFFFF) - 0x8000
        roc = self.roc + ((self.sequence + ahead) >> 16)
        if not self.settled and roc < 0:
            roc = 0
        if self.settled and ahead <= -_WINDOW or self._seen[sequence % _WINDOW] == sequence:
            return -1
        return -1 if roc == 0 and sequence == self._straggler else roc

    def accept(self, roc, sequence):
        """Commit an authentic packet."""
        ahead = ((sequence - self.sequence + 0x8000) & 0xFFFF) - 0x8000
        self._seen[sequence % _WINDOW] = sequence
        if self.sequence < 0:
            self.sequence = sequence
        elif self.settled or -_WINDOW < ahead < _WINDOW:
            self.settled = True
            if ahead > 0:
                self.roc = roc
                self.sequence = sequence
        else:
            self._straggler = self.sequence
            self.roc = roc
            self.sequence = sequence
