"""One HTTP/1.1 request on a connection of its own, TLS verified (RFC 9112)."""
# MIT License; see LICENSE

import asyncio

from micropython import const

_MAX_RESPONSE = const(32768)
_READ_SIZE = const(1024)


class HttpError(OSError):
    """The server cannot be reached, or what it says is not HTTP."""


class Url:
    """`secure`, `host`, `port`, `path` (with query) of an http or https URL.

    Raises ValueError for another one.
    """

    def __init__(self, text):
        scheme, separator, rest = text.partition("://")
        if not separator or scheme not in ("http", "https") or any(c <= " " for c in text):
            raise ValueError("not an http or https URL: " + text)
        self.secure = scheme == "https"
        authority, slash, path = rest.partition("/")
        self.host, colon, port = authority.partition(":")
        if not self.host or "@" in authority or (colon and not port.isdigit()):
            raise ValueError("not a usable host: " + authority)
        self.port = int(port) if colon else 443 if self.secure else 80
        self.path = "/" + path
        self.origin = scheme + "://" + authority

    def join(self, location):
        """Return the URL, as text, that a Location header of this resource means."""
        if "://" in location:
            return location
        if location.startswith("/"):
            return self.origin + location
        folder = self.path.partition("?")[0].rsplit("/", 1)[0]
        return self.origin + folder + "/" + location


class Response:
    """`status`, `headers` (names in lower case), `body` (bytes)."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body


def client_context(ca):
    """Return a TLS context that trusts the certificate authority `ca` (PEM or DER bytes) alone.

    Stock firmware has no list of authorities, so there is no default.
    """
    import tls

    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    context.verify_mode = tls.CERT_REQUIRED
    context.load_verify_locations(ca)
    return context


async def request(method, url, headers, body, context, timeout_ms):
    """Send one request and return the Response.

    url: Url. headers: dict. body: bytes. context: for https, a TLS context. timeout_ms: for all
    of it. Raises HttpError, or ValueError for https without a context or a header with a line
    break.
    """
    if url.secure and context is None:
        raise ValueError("https needs the certificate of an authority to verify with")
    lines = [method + " " + url.path + " HTTP/1.1", "Host: " + url.host + ":" + str(url.port)]
    for name, value in headers.items():
        lines.append(name + ": " + value)
    lines.append("Content-Length: " + str(len(body)))
    lines.append("Connection: close")
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("line break in a header")
    data = ("\r\n".join(lines) + "\r\n\r\n").encode() + body
    try:
        return await asyncio.wait_for(_exchange(url, data, context), timeout_ms / 1000)
    except asyncio.TimeoutError:  # noqa: UP041 (another class on a chip)
        raise HttpError("no answer within " + str(timeout_ms) + " ms") from None
    except HttpError:
        raise
    except OSError as error:
        raise HttpError("no connection to " + url.host + ": " + str(error)) from None
    except ValueError as error:  # how MicroPython's TLS tells that a certificate did not verify
        raise HttpError("no answer to understand: " + str(error)) from None


async def _exchange(url, data, context):
    if url.secure:
        reader, writer = await asyncio.open_connection(
            url.host, url.port, ssl=context, server_hostname=url.host
        )
    else:
        reader, writer = await asyncio.open_connection(url.host, url.port)
    try:
        writer.write(data)
        await writer.drain()
        return await _read(reader)
    finally:
        writer.close()
        await writer.wait_closed()


async def _read(reader):
    data = b""
    while True:
        more = await reader.read(_READ_SIZE)
        data += more
        if len(data) > _MAX_RESPONSE:
            raise HttpError("the answer is too long")
        response = parse(data, not more)
        if response is not None:
            return response


def parse(data, ended):
    """Return the Response in `data`, or None while it is not whole; ended: no more will come.

    Raises HttpError for what is not HTTP or was cut off.
    """
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        if ended:
            raise HttpError("the connection was cut off")
        return None
    try:
        status, headers = _parse_head(head.decode())
        whole = _body(headers, body, ended)
    except (ValueError, IndexError):
        raise HttpError("the answer is not HTTP") from None
    if whole is None and ended:
        raise HttpError("the answer was cut off")
    return None if whole is None else Response(status, headers, whole)


def _parse_head(text):
    lines = text.split("\r\n")
    words = lines[0].split(" ", 2)
    if not words[0].startswith("HTTP/1."):
        raise ValueError
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return int(words[1]), headers


# The body, or None while it is not whole.
def _body(headers, data, ended):
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return _unchunk(data)
    size = headers.get("content-length")
    if size is None:
        return data if ended else None
    if not size.isdigit():
        raise ValueError
    return data[: int(size)] if len(data) >= int(size) else None


def _unchunk(data):
    body = b""
    while True:
        line, separator, rest = data.partition(b"\r\n")
        if not separator:
            return None
        size = int(line.split(b";")[0].decode(), 16)
        if size == 0:
            return body
        if size < 0:
            raise ValueError
        if len(rest) < size + 2:
            return None
        body += rest[:size]
        data = rest[size + 2 :]
