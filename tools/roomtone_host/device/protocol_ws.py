"""`ws://HOST:8266` as a port: a board's WebREPL behind the interface of a pyserial port.

pyserial finds this module by its name, once `register()` has told it where to look; mpremote then
speaks to WebREPL as to a cable. WebREPL asks for a password, then carries the console's bytes.
"""
# MIT License; see LICENSE

from __future__ import annotations

import contextlib
import os
import time
from typing import Any

import serial
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.sync.client import connect

PASSWORD = "ROOMTONE_WEBREPL_PASSWORD"
_LOGIN_S = 5


def register() -> None:
    """Make pyserial know addresses that begin with ws://."""
    if __package__ not in serial.protocol_handler_packages:
        serial.protocol_handler_packages.append(__package__)


class Serial:
    """One WebREPL session; the part of `serial.Serial` that mpremote uses.

    Raises serial.SerialException when the board refuses the password or the connection breaks.
    """

    def __init__(self, port: str | None = None, *, timeout: float | None = None, **_: Any) -> None:
        # pyserial sets `port` afterwards, and then calls open().
        self.port = port or ""
        self.timeout = timeout
        self.rts = self.dtr = False
        self.is_open = False
        self._session = contextlib.ExitStack()
        self._socket: Any = None
        self._received = bytearray()
        if port:
            self.open()

    def open(self) -> None:
        """Connect and log in."""
        try:
            session = connect(self.port, open_timeout=_LOGIN_S, max_size=1 << 20)
            self._socket = self._session.enter_context(session)
        except (OSError, InvalidHandshake, InvalidURI, TimeoutError) as error:
            raise serial.SerialException(f"could not open port {self.port}: {error}") from error
        self.is_open = True
        self._wait_for(b"Password: ")
        self._socket.send(os.environ.get(PASSWORD, "") + "\r")
        self._wait_for(b"\r\n>>> ", b"Access denied")

    def isOpen(self) -> bool:
        return self.is_open

    def inWaiting(self) -> int:
        self._receive(0)
        return len(self._received)

    in_waiting = property(inWaiting)

    def read(self, size: int = 1) -> bytes:
        """Up to `size` bytes; fewer when `timeout` seconds are over."""
        deadline = None if self.timeout is None else time.monotonic() + self.timeout
        while len(self._received) < size:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                break
            self._receive(left)
        data = bytes(self._received[:size])
        del self._received[:size]
        return data

    def write(self, data: bytes) -> int:
        try:
            self._socket.send(bytes(data), text=True)
        except ConnectionClosed as error:
            raise serial.SerialException("the board closed the connection") from error
        return len(data)

    def close(self) -> None:
        self.is_open = False
        with contextlib.suppress(ConnectionClosed, OSError):
            self._session.close()

    def _receive(self, timeout: float | None) -> None:
        try:
            # WebREPL puts bytes into text frames that need not be UTF-8.
            self._received += self._socket.recv(timeout, decode=False)
        except TimeoutError:
            return
        except ConnectionClosed as error:
            raise serial.SerialException("the board closed the connection") from error

    def _wait_for(self, end: bytes, refusal: bytes | None = None) -> None:
        deadline = time.monotonic() + _LOGIN_S
        while end not in self._received:
            if refusal and refusal in self._received:
                self._refused()
            if time.monotonic() > deadline:
                raise serial.SerialException(f"{self.port} is no WebREPL")
            try:
                self._receive(deadline - time.monotonic())
            except serial.SerialException:
                if refusal:
                    self._refused()
                raise
        self._received.clear()

    def _refused(self) -> None:
        self.close()
        raise serial.SerialException(f"{self.port} refuses the password")
