"""Opens a WebSocket (RFC 6455 section 4): needed to join, and dropped in a call."""
# MIT License; see LICENSE

import asyncio
import hashlib
import os
import time
from binascii import b2a_base64

from micropython import const

from . import httpcore
from .dial import connect
from .errors import Refused, Unreachable, from_code
from .websocket import WebSocket

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_POLL_MS = const(5)
_READ = const(256)
_STATUS_REASONS = {401: "token-invalid", 403: "forbidden", 404: "room-not-found"}


def accept_of(key):
    """The Sec-WebSocket-Accept that belongs to a Sec-WebSocket-Key (section 4.2.2)."""
    return b2a_base64(hashlib.sha1(key + _GUID).digest()).strip()


async def open(url, path, protocol, trust, token=None, timeout_ms=10000, urandom=os.urandom):
    """Open a WebSocket to `path` of `url` that speaks `protocol`.

    Raises Unreachable or Refused, of which the reason word says what failed.
    """
    start = time.ticks_ms()
    transport = await connect(url, trust, timeout_ms)
    try:
        key = b2a_base64(urandom(16)).strip()
        headers = [
            ("Upgrade", "websocket"),
            ("Connection", "Upgrade"),
            ("Sec-WebSocket-Key", key.decode()),
            ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Protocol", protocol),
        ]
        if token:
            headers.append(("Authorization", "Bearer " + token))
        left = timeout_ms - time.ticks_diff(time.ticks_ms(), start)
        await transport.write(httpcore.request("GET", url, path, headers), max(left, 0))
        head = await read_head(transport, start, timeout_ms)
        check_upgrade(head, key, protocol)
        return WebSocket(transport, head.rest, urandom)
    except BaseException:
        transport.close()
        raise


async def read_head(transport, start, timeout_ms):
    """Read the head of a response. Raises Unreachable or Refused."""
    head = httpcore.Head()
    while True:
        data = transport.read(_READ)
        if data:
            try:
                head.take(data)
            except httpcore.HttpError as error:
                raise Refused("protocol-error", f"HTTP: {error}.") from None
            if head.complete:
                return head
        elif data is not None:
            raise Unreachable("server-unreachable", "The server closed without an answer.")
        if time.ticks_diff(time.ticks_ms(), start) >= timeout_ms:
            raise Unreachable("server-unreachable")
        if data is None:
            await asyncio.sleep_ms(_POLL_MS)


def check_upgrade(head, key, protocol):
    """Check the answer to the upgrade (section 4.1). Raises RoomError with the right reason."""
    if head.status != 101:
        if head.status >= 500:
            raise Unreachable("server-unreachable", f"The server answers {head.status}.")
        code = _STATUS_REASONS.get(head.status, "protocol-error")
        raise from_code(code, f"The server answers {head.status} to the WebSocket.")
    get = head.headers.get
    if (
        get("upgrade", "").lower() != "websocket"
        or "upgrade" not in get("connection", "").lower().replace(" ", "").split(",")
        or get("sec-websocket-accept", "").encode() != accept_of(key)
    ):
        raise Refused("protocol-error", "The server's WebSocket handshake is wrong.")
    if get("sec-websocket-protocol") != protocol or "sec-websocket-extensions" in head.headers:
        raise Refused("protocol-error", f"The server does not speak {protocol}.")
