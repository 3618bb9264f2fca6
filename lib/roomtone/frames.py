"""WebSocket frames (RFC 6455 section 5) of a client: built and parsed, no I/O."""
# MIT License; see LICENSE

from micropython import const

TEXT = const(1)
BINARY = const(2)
CLOSE = const(8)
PING = const(9)
PONG = const(10)
_CONTINUATION = const(0)

# Close codes, section 7.4.1.
NORMAL = const(1000)
PROTOCOL_ERROR = const(1002)
_NOT_UTF8 = const(1007)
_TOO_BIG = const(1009)

_FIN = const(0x80)
_RSV = const(0x70)
_MASKED = const(0x80)
_MAX_CONTROL = const(125)
_STRIDE = const(64)  # bytes masked at a time


class FrameError(ValueError):
    """The peer broke the protocol; `code` is the close code that says how."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def build(opcode, payload, mask):
    """One whole frame with FIN set, masked with the 4 bytes `mask` as a client must."""
    size = len(payload)
    if size <= _MAX_CONTROL:
        head = bytes((_FIN | opcode, _MASKED | size))
    elif size < 65536:
        head = bytes((_FIN | opcode, _MASKED | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((_FIN | opcode, _MASKED | 127)) + size.to_bytes(8, "big")
    frame = bytearray(len(head) + 4 + size)
    frame[: len(head)] = head
    frame[len(head) : len(head) + 4] = mask
    _xor_into(frame, len(head) + 4, payload, mask * (_STRIDE // 4))
    return frame


# A big number of some words at a time: less work than a loop over bytes, and no copies of it all.
def _xor_into(frame, start, payload, key):
    for at in range(0, len(payload), _STRIDE):
        part = payload[at : at + _STRIDE]
        size = len(part)
        value = int.from_bytes(part, "big") ^ int.from_bytes(key[:size], "big")
        frame[start + at : start + at + size] = value.to_bytes(size, "big")


class Parser:
    """Takes bytes as they come and gives messages: (opcode, payload).

    TEXT comes as str, all others as bytes. `max_message` bounds a message with all its
    fragments; nothing larger is ever stored.
    """

    def __init__(self, max_message=16384):
        self.max_message = max_message
        self._pending = b""
        self._opcode = 0  # of the message whose fragments are being gathered
        self._parts = []
        self._gathered = 0

    def feed(self, data):
        """Take more bytes; returns a list of messages. Raises FrameError, once and for good."""
        buffer = self._pending + data if self._pending else data
        messages = []
        at = 0
        while True:
            end, fin, opcode, payload = self._frame(buffer, at)
            if not end:
                break
            at = end
            message = self._take(fin, opcode, payload)
            if message:
                messages.append(message)
        self._pending = buffer[at:]
        return messages

    def _frame(self, buffer, at):
        """One frame at `at`: (its end or 0 when incomplete, fin, opcode, payload)."""
        if len(buffer) - at < 2:
            return 0, False, 0, b""
        first = buffer[at]
        second = buffer[at + 1]
        if first & _RSV:
            raise FrameError(PROTOCOL_ERROR, "reserved bits are set")
        if second & _MASKED:
            raise FrameError(PROTOCOL_ERROR, "the server masks its frames")
        size = second
        at += 2
        if second >= 126:
            width = 2 if second == 126 else 8
            if len(buffer) - at < width:
                return 0, False, 0, b""
            size = int.from_bytes(buffer[at : at + width], "big")
            at += width
            if size < (126 if width == 2 else 65536):
                raise FrameError(PROTOCOL_ERROR, "the length is not written shortest")
        self._check_size(first & 0x0F, first & _FIN, size)
        if len(buffer) - at < size:
            return 0, False, 0, b""
        return at + size, first & _FIN, first & 0x0F, buffer[at : at + size]

    def _check_size(self, opcode, fin, size):
        if opcode >= CLOSE:
            if size > _MAX_CONTROL or not fin:
                raise FrameError(PROTOCOL_ERROR, "a control frame is too long or in pieces")
        elif self._gathered + size > self.max_message:
            raise FrameError(_TOO_BIG, f"the message is over {self.max_message} bytes")

    def _take(self, fin, opcode, payload):
        if opcode >= CLOSE:
            if opcode > PONG:
                raise FrameError(PROTOCOL_ERROR, f"unknown opcode {opcode}")
            return opcode, payload
        if opcode > BINARY:
            raise FrameError(PROTOCOL_ERROR, f"unknown opcode {opcode}")
        if (opcode == _CONTINUATION) != bool(self._opcode):
            raise FrameError(PROTOCOL_ERROR, "fragments are out of order")
        if not fin:
            self._opcode = self._opcode or opcode
            self._parts.append(payload)
            self._gathered += len(payload)
            return None
        opcode = self._opcode or opcode
        if self._parts:
            self._parts.append(payload)
            payload = b"".join(self._parts)
        self._parts = []
        self._gathered = self._opcode = 0
        return opcode, _utf8(payload) if opcode == TEXT else payload


def _utf8(payload):
    try:
        return bytes(payload).decode("utf-8")
    except UnicodeError:
        raise FrameError(_NOT_UTF8, "a text message is not UTF-8") from None


def close_code(payload):
    """The code of a CLOSE frame's payload, 1005 when it has none. Raises FrameError."""
    if not payload:
        return 1005
    if len(payload) == 1:
        raise FrameError(PROTOCOL_ERROR, "a close frame of one byte")
    code = payload[0] << 8 | payload[1]
    # Section 7.4: below 1000 and these are never sent; 3000 to 4999 belong to applications.
    if not (1000 <= code <= 1014 or 3000 <= code <= 4999) or code in (1004, 1005, 1006):
        raise FrameError(PROTOCOL_ERROR, f"close code {code}")
    return code
