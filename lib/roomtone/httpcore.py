"""Heads of HTTP/1.1 requests and responses (RFC 9112): built and parsed, no I/O."""
# MIT License; see LICENSE

from micropython import const

_MAX_HEAD = const(4096)


class HttpError(ValueError):
    """What came is not HTTP/1.1, or too long."""


def request(method, url, path, headers, body=b""):
    """The bytes of a request; `headers` is a list of (name, value). Raises ValueError.

    A name or value with a line break in it is refused, so that no setting can add a header.
    """
    lines = [f"{method} {path} HTTP/1.1", f"Host: {url.authority}"]
    for name, value in headers:
        lines.append(f"{name}: {value}")
    if body:
        lines.append(f"Content-Length: {len(body)}")
    for line in lines:
        if "\r" in line or "\n" in line:
            raise ValueError("a header has a line break in it")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class Head:
    """The head of a response: `status` (int) and `headers` (dict, names in lower case).

    `take()` gives it bytes until `complete`; `rest` is what came after it.
    """

    def __init__(self):
        self._buffer = b""
        self.complete = False
        self.status = 0
        self.headers = {}
        self.rest = b""

    def take(self, data):
        """Take more bytes. Raises HttpError when this can't become a head of a response."""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end > _MAX_HEAD or (end < 0 and len(self._buffer) > _MAX_HEAD):
            raise HttpError("the response's head is too long")
        if end < 0:
            return
        self.rest = self._buffer[end + 4 :]
        try:
            lines = self._buffer[:end].decode().split("\r\n")
        except UnicodeError:
            raise HttpError("the response's head is not text") from None
        self._buffer = b""
        self._parse(lines)
        self.complete = True

    def _parse(self, lines):
        status = lines[0].split(" ", 2)
        if len(status) < 2 or status[0] not in ("HTTP/1.1", "HTTP/1.0"):
            raise HttpError("the answer is not HTTP")
        if len(status[1]) != 3 or not status[1].isdigit():
            raise HttpError("the answer has no status")
        self.status = int(status[1])
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                raise HttpError("a header is broken")
            name = name.lower()
            value = value.strip()
            known = self.headers.get(name)
            # Several lines of one name are one list (RFC 9110 section 5.3).
            self.headers[name] = value if known is None else known + ", " + value
