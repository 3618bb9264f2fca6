"""How many bits a second an encoder may send: less when packets are lost, more when none are."""
# MIT License; see LICENSE

from micropython import const

_LEAST_BPS = const(12000)
_MOST_BPS = const(32000)
_FIRST_BPS = const(24000)
_DOWN_BPS = const(4000)
_UP_BPS = const(2000)
# Of 256. In between, where Wi-Fi often is, fewer bits would not help.
_MUCH = const(26)
_LITTLE = const(5)
_CALM_REPORTS = const(3)  # in a row, before more is tried


class Bitrate:
    """`bps`, from 12000 to 32000, in steps of at most 4000 a report; begins with 24000."""

    def __init__(self):
        self.bps = _FIRST_BPS
        self._calm = 0

    def report(self, loss):
        """Take the loss since the last report, 0 to 255 of 256; return whether `bps` changed."""
        before = self.bps
        self._calm = self._calm + 1 if loss <= _LITTLE else 0
        if loss > _MUCH:
            self.bps = max(before - _DOWN_BPS, _LEAST_BPS)
        elif self._calm >= _CALM_REPORTS:
            self._calm = 0
            self.bps = min(before + _UP_BPS, _MOST_BPS)
        return self.bps != before
