"""A TCP relay that cuts connections, and a server that says what it was told to."""
# MIT License; see LICENSE

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator


class Listener:
    """Serves each connection by `serve(client)` in a thread: a context manager; see `url`."""

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self._serve = serve
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.connections = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._handle, args=(client,), daemon=True).start()

    def _handle(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            self._serve(client)
            # A close alone says nothing while another thread still reads.
            client.shutdown(socket.SHUT_RDWR)


def relay(url: str, limits: Iterator[int]) -> Listener:
    """A way to the server at `url` on which each connection gets so many bytes, then the end."""
    host, port = url.removeprefix("http://").split(":")

    def serve(client: socket.socket) -> None:
        left = next(limits)
        with socket.create_connection((host, int(port)), 5) as server:
            upward = threading.Thread(target=_pump, args=(client, server), daemon=True)
            upward.start()
            while left > 0:
                data = server.recv(min(left, 1024))
                if not data:
                    return
                client.sendall(data)
                left -= len(data)

    return Listener(serve)


def answering(data: bytes) -> Listener:
    """A server that answers everything with `data`."""

    def serve(client: socket.socket) -> None:
        client.recv(4096)
        client.sendall(data)

    return Listener(serve)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(1024):
            sink.sendall(data)
