"""Runs one server: sockets, TLS, and an end that leaves nobody hanging."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable

import uvicorn

from roomtone_host.priority import SERVER_NICE, raise_priority, spare_collections

from .app import create_app
from .config import Config
from .hub import Hub
from .messages import MESSAGE_LIMIT

_BACKLOG = 128
_SHUTDOWN_S = 3


class _Uvicorn(uvicorn.Server):
    """uvicorn that lets the rooms end first, and leaves signals to us."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self):
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._hub.stop()
        await super().shutdown(sockets)


class RoomServer:
    """A server as an async context manager: `async with RoomServer(config) as server`."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.hub = Hub(config)
        self.port = 0
        self._uvicorn: _Uvicorn
        self._task: asyncio.Task
        self._sockets: list[socket.socket] = []

    @property
    def scheme(self) -> str:
        """`http`, or `https` when there is a certificate."""
        return "https" if self.config.certificate else "http"

    def url(self, host: str | None = None) -> str:
        """The server's address for a browser; a wildcard is given as this machine's address."""
        host = host or self.hub.addresses[0]
        return f"{self.scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"

    async def start(self) -> None:
        """Bind and serve. Raises OSError when the address can't be had."""
        self._sockets = [_bind(self.config.host, self.config.port)]
        self.port = self._sockets[0].getsockname()[1]
        self._uvicorn = _Uvicorn(
            uvicorn.Config(
                create_app(self.hub),
                log_config=None,
                access_log=False,  # its lines would hold tickets
                server_header=False,
                date_header=False,
                ws="websockets-sansio",
                # A little more than the contract, so that we can say why we close.
                ws_max_size=4 * MESSAGE_LIMIT,
                ws_per_message_deflate=False,
                ws_ping_interval=5.0,
                ws_ping_timeout=5.0,
                lifespan="off",
                timeout_graceful_shutdown=_SHUTDOWN_S,
                ssl_certfile=self.config.certificate,
                ssl_keyfile=self.config.key,
            ),
            self.hub,
        )
        self._task = asyncio.create_task(self._uvicorn.serve(self._sockets))
        started = asyncio.create_task(self._uvicorn.listening.wait())
        await asyncio.wait([self._task, started], return_when=asyncio.FIRST_COMPLETED)
        started.cancel()
        if self._task.done():
            await self._task
            raise OSError("the server did not start")

    async def stop(self) -> None:
        """End every session, close every socket."""
        self._uvicorn.should_exit = True
        await self.wait()

    async def wait(self) -> None:
        """Until the server has ended."""
        await asyncio.shield(self._task)

    async def run(self, on_started: Callable[[], None]) -> None:
        """Serve until SIGINT or SIGTERM; a second signal ends at once."""
        loop = asyncio.get_running_loop()
        await self.start()
        raise_priority(SERVER_NICE)
        spare_collections()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._signalled)
        on_started()
        await self.wait()

    def _signalled(self) -> None:
        self._uvicorn.force_exit = self._uvicorn.should_exit
        self._uvicorn.should_exit = True

    async def __aenter__(self) -> RoomServer:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


def _bind(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    # A name may stand for both: media and the printed address are then of IPv4.
    family, kind, _, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    bound = socket.socket(family, kind)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    bound.listen(_BACKLOG)
    bound.setblocking(False)
    return bound
