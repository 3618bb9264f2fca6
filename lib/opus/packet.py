"""Opus packets: the table of contents byte and the frames that follow it (RFC 6716 section 3)."""
# MIT License; see LICENSE

from array import array

from micropython import const

SILK = const(0)
HYBRID = const(1)
CELT = const(2)

NARROWBAND = const(0)
MEDIUMBAND = const(1)
WIDEBAND = const(2)
SUPERWIDEBAND = const(3)
FULLBAND = const(4)

MAX_FRAMES = const(48)
MAX_FRAME_BYTES = const(1275)  # R2

_MAX_UNITS = const(48)  # R5: 120 ms in units of 2.5 ms

# Section 3.1, table 2: of each configuration the mode, the bandwidth and 2.5 ms in a frame.
_MODES = bytes([SILK] * 12 + [HYBRID] * 4 + [CELT] * 16)
_BANDWIDTHS = bytes(
    [NARROWBAND] * 4
    + [MEDIUMBAND] * 4
    + [WIDEBAND] * 4
    + [SUPERWIDEBAND] * 2
    + [FULLBAND] * 2
    + [NARROWBAND] * 4
    + [WIDEBAND] * 4
    + [SUPERWIDEBAND] * 4
    + [FULLBAND] * 4
)
_UNITS = bytes([4, 8, 16, 24] * 3 + [4, 8] * 2 + [1, 2, 4, 8] * 4)


class Packet:
    """What one packet holds; made once and filled by `parse` without allocating.

    After a successful `parse`: `mode` SILK, HYBRID or CELT; `bandwidth` NARROWBAND to FULLBAND;
    `channels` 1 or 2; `units` the length of each frame in 2.5 ms; `count` frames, frame i being
    the `sizes[i]` bytes from `starts[i]` on. A size of 0 is a frame that was not sent (DTX).
    """

    def __init__(self):
        self.mode = CELT
        self.bandwidth = FULLBAND
        self.channels = 1
        self.units = 8
        self.count = 0
        self.toc = -1  # the byte that mode, bandwidth, units and channels were read from
        self.starts = array("H", bytes(2 * MAX_FRAMES))
        self.sizes = array("H", bytes(2 * MAX_FRAMES))

    def parse(self, data, length):
        """Read the first `length` bytes of data. Returns the number of frames.

        Returns 0, and keeps what it held before, for a packet that breaks one of the rules R1 to
        R7 of section 3.4; every start and size that it leaves lies within `length`.
        """
        if length < 1 or length > len(data) or length > 65535:  # R1
            return 0
        toc = data[0]
        code = toc & 3
        if code == 0:
            if length > MAX_FRAME_BYTES + 1:
                return 0
            self.starts[0] = count = 1
            self.sizes[0] = length - 1
        elif code == 1:
            count = self._equal(2, 1, length)
        elif code == 2:
            count = self._unequal(data, 2, 1, length)
        else:
            count = self._many(data, length, _UNITS[toc >> 3])
        if count:
            self.count = count
            if toc != self.toc:
                self.toc = toc
                config = toc >> 3
                self.mode = _MODES[config]
                self.bandwidth = _BANDWIDTHS[config]
                self.units = _UNITS[config]
                self.channels = 1 + ((toc >> 2) & 1)
        return count

    # `count` frames of one size in data[start:end]: R2, R3, R6.
    def _equal(self, count, start, end):
        size = (end - start) // count
        if size * count != end - start or size > MAX_FRAME_BYTES:
            return 0
        for i in range(count):
            self.starts[i] = start
            self.sizes[i] = size
            start += size
        return count

    # `count` frames in data[start:end], each but the last with its size ahead: R2, R4, R7.
    def _unequal(self, data, count, start, end):
        sizes = self.sizes
        room = end - start
        for i in range(count - 1):
            if start >= end:
                return 0
            size = data[start]
            start += 1
            room -= 1
            if size >= 252:
                if start >= end:
                    return 0
                size += 4 * data[start]
                start += 1
                room -= 1
            room -= size
            if room < 0:
                return 0
            sizes[i] = size
        if room > MAX_FRAME_BYTES:
            return 0
        sizes[count - 1] = room
        for i in range(count):
            self.starts[i] = start
            start += sizes[i]
        return count

    # Code 3, section 3.2.5: a count, padding, and frames of one size or of several.
    def _many(self, data, end, units):
        if end < 2:
            return 0
        flags = data[1]
        count = flags & 63
        if count == 0 or count * units > _MAX_UNITS:
            return 0
        start = 2
        if flags & 64:
            more = 255
            while more == 255:
                if start >= end:
                    return 0
                more = data[start]
                start += 1
                end -= 254 if more == 255 else more
        if start > end:
            return 0
        if flags & 128:
            return self._unequal(data, count, start, end)
        return self._equal(count, start, end)
