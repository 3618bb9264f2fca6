"""One connection to a room, from the WebSocket to the last message; the room makes many."""
# MIT License; see LICENSE

import asyncio
import time

from micropython import const
from webrtc import connecting

from . import signaling
from .errors import Refused, RoomError, Unreachable, from_code

_CONNECT_MS = const(5000)
_JOIN_MS = const(10000)
_MEDIA_MS = const(10000)
# While joining, a turn costs nothing that matters; in a call each look at the socket does.
_FAST_MS = const(5)
_CALL_MS = const(40)
# Two pings without an answer, and the dead server is noticed within 5 s.
_PING_MS = const(2000)
_SILENCE_MS = const(4500)
# 12 days. Soon after, a connection's time is no small int on a chip any more, and each frame would
# allocate: a new connection counts from 0.
_LONGEST_MS = const(1036800000)
# Of this package, what only connecting needs; none of it has machine code.
_CONNECT_ONLY = tuple(
    ["roomtone." + name for name in ("upgrade", "dial", "httpcore", "trust", "url", "reasons")]
)


class Config:
    """What a join needs and a reconnect needs again."""

    def __init__(self, server, room_id, name, token, codecs, kind):
        self._server = server
        self.room_id = room_id
        self.name = name
        self.token = token
        self.codecs = codecs
        self.kind = kind

    def server(self):
        """The server's Url, and the Trust that it has to earn. Raises ValueError."""
        from .trust import Trust  # late, as in _connect
        from .url import Url

        url, ca, certificate_sha256 = self._server
        return Url(url), Trust(ca, certificate_sha256)


class Session:
    """Holds the WebSocket and the media link of one try. Use `run()` once, then `close()`.

    `link` is the media path (link.Link); `handle(message)` gets every message of the server that
    is not answered here. `check()` is called at each turn, and raises what ends the call.
    """

    def __init__(self, link, handle, check):
        self.link = link
        self._handle = handle
        self._check = check
        self._socket = None
        self._reason = None
        self._pinged_ms = time.ticks_ms()  # 0 would be in the future for a board up for a week
        self._gone = False  # nobody will answer a goodbye

    async def open(self, config, participant_id, resume):
        """Connect, join, and bring the media up; returns the `joined` message.

        Raises RoomError with the reason.
        """
        self._socket = await _connect(config)
        connecting.drop(_CONNECT_ONLY)
        offer = await self.link.offer()
        await self._socket.send(
            signaling.join(offer, config.name, config.codecs, config.kind, participant_id, resume)
        )
        joined = await self._wait_joined()
        self.link.accept(joined.pop("sdp"))
        return joined

    async def wait_media(self):
        """Wait until sound can flow. Raises RoomError."""
        start = time.ticks_ms()
        while self.link.state != "connected":
            await self._take_messages()
            self._check_link("media-failed")
            if time.ticks_diff(time.ticks_ms(), start) >= _MEDIA_MS:
                raise Unreachable("media-failed")
            await asyncio.sleep_ms(_FAST_MS)
        connecting.unload(_CONNECT_ONLY)  # once more: an error may have asked for its sentence

    async def run(self):
        """Serve the connection until it ends; never returns, raises RoomError."""
        while True:
            await self._take_messages()
            self._check_link("connection-lost")
            if self.link.now_ms >= _LONGEST_MS:
                raise Unreachable("connection-lost", "After 12 days the connection is made anew.")
            await self._stay_alive()
            await asyncio.sleep_ms(_CALL_MS)

    async def send(self, text):
        """Send a message. Raises Unreachable."""
        await self._socket.send(text)

    async def close(self):
        """Close both, whatever state they are in."""
        try:
            await self.link.close()
        finally:
            socket = self._socket
            self._socket = None
            if socket and self._gone:
                socket.abort()
            elif socket:
                await socket.close()

    async def _wait_joined(self):
        start = time.ticks_ms()
        while time.ticks_diff(time.ticks_ms(), start) < _JOIN_MS:
            message = await self._next()
            if message is None:
                await asyncio.sleep_ms(_FAST_MS)
            elif message["type"] == "joined":
                return message
            elif message["type"] == "error":
                raise from_code(message["code"], message["text"], message["retriable"])
        raise Unreachable("server-unreachable", "The server does not answer the join.")

    async def _take_messages(self):
        while True:
            message = await self._next()
            if message is None:
                return
            kind = message["type"]
            if kind == "error" and not message.get("about"):
                # What ends the call comes before the close, which then has this reason.
                self._reason = from_code(message["code"], message["text"], message["retriable"])
            elif kind == "removed":
                raise Refused(message["reason"] if message["reason"] == "replaced" else "removed")
            elif kind == "end":
                raise Refused("room-ended")
            self._handle(message)

    async def _next(self):
        """The next message, None when none is here. Pings are answered, unknown ones left out."""
        # A loop: a burst of them in a call inside a call would use up a chip's stack.
        while True:
            try:
                text = await self._socket.receive()
                if text is None:
                    return None
                message = signaling.parse(text)
            except Unreachable:
                raise (self._reason or Unreachable("connection-lost")) from None
            except signaling.MessageError as error:
                raise Refused("protocol-error", f"The server's message: {error}.") from None
            if message is None:
                continue  # a newer server says more than we know
            if message["type"] != "ping":
                return message
            await self.send(signaling.build("pong", {"id": message["id"]}))

    def _check_link(self, code):
        self._check()
        if self.link.state in ("failed", "closed"):
            raise self._reason or Unreachable(code, self.link.failure_text())

    async def _stay_alive(self):
        now = time.ticks_ms()
        if time.ticks_diff(now, self._socket.heard_ms) >= _SILENCE_MS:
            self._gone = True
            raise Unreachable("connection-lost", "The server has gone silent.")
        if time.ticks_diff(now, self._pinged_ms) >= _PING_MS:
            self._pinged_ms = now
            await self._socket.ping()


async def _connect(config):
    from . import upgrade  # late: `open` drops it before it makes an offer, which needs room too
    from .url import quote

    url, trust = config.server()
    path = url.join(f"/v1/rooms/{quote(config.room_id)}/connect")
    return await upgrade.open(url, path, signaling.PROTOCOL, trust, config.token, _CONNECT_MS)


__all__ = ("Config", "RoomError", "Session")
