"""The WebSocket of one participant: a bounded queue out, checked messages in."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import contextlib
import json

from starlette.websockets import WebSocket, WebSocketDisconnect

from . import messages
from .reasons import Refusal

SUBPROTOCOL = "roomtone.v1"
_QUEUE_LIMIT = 256
_LEVELS_QUEUE = 4  # levels are stale at once; a slow client gets fewer
_WRITE_TIMEOUT_S = 10.0


class WebSocketLink:
    """Sends without waiting; a client that doesn't read is closed, it can resume."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._queue: asyncio.Queue[dict | int] = asyncio.Queue()
        self._closing = False
        self._writer = asyncio.create_task(self._write())

    def send(self, message: dict) -> None:
        """Queue a message."""
        if self._closing:
            return
        waiting = self._queue.qsize()
        if message["type"] == "levels" and waiting >= _LEVELS_QUEUE:
            return
        if waiting >= _QUEUE_LIMIT:
            self.close(1013)
            return
        self._queue.put_nowait(message)

    def close(self, code: int) -> None:
        """Close with `code` after what was queued."""
        if not self._closing:
            self._closing = True
            self._queue.put_nowait(code)

    async def receive(self) -> dict | None:
        """The next message; None when the connection is gone, or nothing can be sent on it.

        Raises Refusal.
        """
        reading = asyncio.create_task(self._socket.receive_text())
        try:
            await asyncio.wait((reading, self._writer), return_when=asyncio.FIRST_COMPLETED)
            if not reading.done():
                return None
            text = reading.result()
        except (WebSocketDisconnect, RuntimeError):
            return None
        except KeyError:
            raise Refusal("protocol-error", "A message must be text.", fatal=True) from None
        finally:
            reading.cancel()
        return messages.decode(text)

    async def finished(self) -> None:
        """Wait until everything queued is out, or can't be."""
        self.close(1000)
        await asyncio.wait([self._writer], timeout=_WRITE_TIMEOUT_S)
        self._writer.cancel()

    async def _write(self) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
            while True:
                item = await self._queue.get()
                async with asyncio.timeout(_WRITE_TIMEOUT_S):
                    if isinstance(item, int):
                        await self._socket.close(item)
                        return
                    text = json.dumps(item, separators=(",", ":"), ensure_ascii=False)
                    # A lone surrogate, which JSON can smuggle in, is no text.
                    await self._socket.send_text(text.encode(errors="replace").decode())
