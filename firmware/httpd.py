"""The smallest HTTP server that a page of the board's own needs: no files, no keep-alive."""
# MIT License; see LICENSE

import asyncio
import json

from micropython import const

_HEAD_LIMIT = const(4096)
_BODY_LIMIT = const(4096)
_READ = const(512)
_REQUEST_S = const(5)
_CLIENTS = const(4)  # a chip has ten sockets in all
_BACKLOG = const(4)

# RFC 9110 section 15.
_TEXTS = {
    200: "OK",
    302: "Found",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Content Too Large",
    503: "Service Unavailable",
}
_HEADERS = (
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
    "Cache-Control: no-store\r\nConnection: close\r\n"
)


class HttpRefusal(Exception):
    """A request that is refused with `status`, `text`, and maybe another place to ask at."""

    def __init__(self, status, text="", location=None):
        super().__init__(text)
        self.status = status
        self.text = text
        self.location = location


class Request:
    """`method`, `path` (without query), `headers` (names in lower case), `body` (bytes)."""

    def __init__(self, method, path, headers, body):
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body

    def json(self):
        """The body as a JSON object. Raises HttpRefusal; other content types are refused too.

        A form of a foreign page can't have this type without asking first.
        """
        if self.headers.get("content-type", "").split(";")[0].strip() != "application/json":
            raise HttpRefusal(400, "The content type must be application/json.")
        try:
            found = json.loads(self.body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise HttpRefusal(400, "The body must be a JSON object.")
        return found


class HttpServer:
    """Answers with `answer(request)`, a coroutine that returns (content type, bytes)."""

    def __init__(self, answer):
        self._answer = answer
        self._server = None
        self._clients = 0

    async def start(self, ip, port):
        """Listen. Raises OSError."""
        self._server = await asyncio.start_server(self._serve, ip, port, _BACKLOG)

    def close(self):
        """Listen no more."""
        if self._server:
            self._server.close()
        self._server = None

    async def _serve(self, reader, writer):
        self._clients += 1
        try:
            if self._clients > _CLIENTS:
                await _send(writer, 503, "text/plain", b"")
            else:
                await asyncio.wait_for(self._serve_one(reader, writer), _REQUEST_S)
        except (OSError, asyncio.TimeoutError):  # noqa: UP041 (another class on a chip)
            pass  # gone, or too slow
        finally:
            self._clients -= 1
            writer.close()
            await writer.wait_closed()

    async def _serve_one(self, reader, writer):
        try:
            request = await _read(reader)
            if request is None:
                return
            kind, body = await self._answer(request)
            await _send(writer, 200, kind, body)
        except HttpRefusal as refusal:
            body = json.dumps({"error": refusal.text}).encode()
            await _send(writer, refusal.status, "application/json", body, refusal.location)


async def _read(reader):
    """The request; None when the client went away. Raises HttpRefusal."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = await reader.read(_READ)
        if not more:
            return None
        data += more
        if len(data) > _HEAD_LIMIT:
            raise HttpRefusal(413, "The head is too long.")
    head, _, body = data.partition(b"\r\n\r\n")
    method, path, headers = parse_head(head)
    size = headers.get("content-length", "0")
    if not size.isdigit() or "transfer-encoding" in headers:
        raise HttpRefusal(400, "The body has no length.")
    if int(size) > _BODY_LIMIT:
        raise HttpRefusal(413, "The body is too long.")
    while len(body) < int(size):
        more = await reader.read(_READ)
        if not more:
            return None
        body += more
    return Request(method, path, headers, body[: int(size)])


def parse_head(head):
    """(method, path without query, headers) of the bytes of a head. Raises HttpRefusal."""
    try:
        lines = head.decode().split("\r\n")
        method, target, version = lines[0].split(" ")
        if version not in ("HTTP/1.1", "HTTP/1.0"):
            raise ValueError
        headers = {}
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip():
                raise ValueError
            headers[name.lower()] = value.strip()
    except (ValueError, UnicodeError):
        raise HttpRefusal(400, "This is not HTTP.") from None
    return method, target.partition("?")[0], headers


async def _send(writer, status, kind, body, location=None):
    head = f"HTTP/1.1 {status} {_TEXTS[status]}\r\nContent-Type: {kind}\r\n"
    head += f"Content-Length: {len(body)}\r\n{_HEADERS}"
    if location:
        head += f"Location: {location}\r\n"
    writer.write(head.encode() + b"\r\n")
    writer.write(body)
    await writer.drain()
