"""DER (X.690): the encoder and the strict reader that certificates and signatures need."""
# MIT License; see LICENSE

from micropython import const

INTEGER = const(0x02)
BIT_STRING = const(0x03)
OBJECT_ID = const(0x06)
UTF8_STRING = const(0x0C)
UTC_TIME = const(0x17)
SEQUENCE = const(0x30)
SET = const(0x31)


def element(tag, *parts):
    """Return one element: tag, length, and the parts joined as its content (up to 65535 bytes)."""
    content = b"".join(parts)
    n = len(content)
    if n < 0x80:
        return bytes((tag, n)) + content
    if n < 0x100:
        return bytes((tag, 0x81, n)) + content
    return bytes((tag, 0x82, n >> 8, n & 0xFF)) + content


def sequence(*parts):
    """Return a SEQUENCE of encoded elements."""
    return element(SEQUENCE, *parts)


def integer(value):
    """Return a non-negative INTEGER below 2^256 in its shortest form."""
    data = value.to_bytes(33, "big")
    start = 0
    while start < 32 and data[start] == 0 and data[start + 1] < 0x80:
        start += 1
    return element(INTEGER, data[start:])


class Reader:
    """Reads elements in order from bytes-like data; raises ValueError at anything malformed."""

    def __init__(self, data, start=0, end=None):
        self._data = data
        self._at = start
        self._end = len(data) if end is None else end

    def peek(self):
        """Return the tag of the next element, or None at the end."""
        return self._data[self._at] if self._at < self._end else None

    def next(self, tag):
        """Return (start, end) of the content of the next element, which must have this tag."""
        data = self._data
        at = self._at
        if self._end - at < 2 or data[at] != tag:
            raise ValueError("DER: expected another element")
        n = data[at + 1]
        at += 2
        if n >= 0x80:
            size = n & 0x7F
            if not 1 <= size <= 2 or self._end - at < size:
                raise ValueError("DER: bad length")
            n = int.from_bytes(data[at : at + size], "big")
            at += size
            if n < 0x80 or size == 2 and n < 0x100:
                raise ValueError("DER: length is not minimal")
        if n > self._end - at:
            raise ValueError("DER: element is cut off")
        self._at = at + n
        return at, at + n

    def enter(self, tag):
        """Return a Reader of the content of the next element."""
        start, end = self.next(tag)
        return Reader(self._data, start, end)

    def content(self, tag):
        """Return the content of the next element as bytes."""
        start, end = self.next(tag)
        return bytes(self._data[start:end])

    def integer(self):
        """Return the next element, a non-negative INTEGER."""
        data = self.content(INTEGER)
        if not data or data[0] >= 0x80:
            raise ValueError("DER: integer is empty or negative")
        if len(data) > 1 and data[0] == 0 and data[1] < 0x80:
            raise ValueError("DER: integer is not minimal")
        return int.from_bytes(data, "big")

    def bits(self):
        """Return the next element, a BIT STRING of whole bytes, as bytes."""
        data = self.content(BIT_STRING)
        if not data or data[0] != 0:
            raise ValueError("DER: bit string of odd bits")
        return data[1:]

    def end(self):
        """Raise ValueError unless everything has been read."""
        if self._at != self._end:
            raise ValueError("DER: trailing bytes")
