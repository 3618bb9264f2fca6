"""A TCP or TLS byte stream that is polled, so that no socket sits in the event loop's poller.

On a chip each pass of asyncio with a registered socket costs a whole select(), 0.3 ms; a read
that finds nothing every 50 ms costs less than a hundredth of that.
"""
# MIT License; see LICENSE

import asyncio
import errno
import select
import socket
import time

from micropython import const

from .errors import Refused, Unreachable

_POLL_MS = const(5)
_AGAIN = (errno.EAGAIN, errno.EINPROGRESS, errno.ETIMEDOUT)
# mbedTLS 3.6 x509.h: MBEDTLS_ERR_X509_CERT_VERIFY_FAILED, _FATAL_ERROR
_VERIFY_FAILED = (-0x2700, -0x3000)


class Transport:
    """One connection; made by `connect()`."""

    def __init__(self, raw, stream):
        self._raw = raw
        self._stream = stream

    def read(self, size):
        """Up to `size` bytes that are here now, None when there are none, b"" at the end.

        Raises Unreachable when the connection broke.
        """
        try:
            return self._stream.read(size)
        except OSError as error:
            if error.errno in _AGAIN:
                return None
            raise Unreachable("connection-lost") from None

    async def write(self, data, timeout_ms):
        """Write all of `data`. Raises Unreachable when that takes longer than `timeout_ms`."""
        view = memoryview(data)
        start = time.ticks_ms()
        at = 0
        while at < len(view):
            try:
                count = self._stream.write(view[at:])
            except OSError as error:
                if error.errno not in _AGAIN:
                    raise Unreachable("connection-lost") from None
                count = None
            if count:
                at += count
                continue
            _check_time(start, timeout_ms)
            await asyncio.sleep_ms(_POLL_MS)

    def close(self):
        """Close the connection; may be called again."""
        if self._stream is None:
            return
        for part in (self._stream, self._raw):
            try:  # noqa: SIM105 (a chip has no contextlib)
                part.close()
            except OSError:
                pass  # the peer was faster
        self._stream = None


async def connect(url, trust, timeout_ms):
    """Open a Transport to `url`, with TLS checked by `trust` when it is secure.

    Raises Unreachable or Refused ("server-unreachable", "certificate-mismatch"), OSError never.
    """
    start = time.ticks_ms()
    verifier = trust.verifier()
    context = trust.context(verifier) if url.secure else None
    try:
        address = socket.getaddrinfo(url.host, url.port, 0, socket.SOCK_STREAM)[0]
        raw = socket.socket(address[0], socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable("server-unreachable", f"{url.host} is not found ({error}).") from None
    stream = raw
    try:
        await _connect_socket(raw, address[-1], start, timeout_ms)
        if context:
            stream = context.wrap_socket(
                raw, server_hostname=url.host, do_handshake_on_connect=False
            )
            await _handshake(stream, verifier, start, timeout_ms)
        return Transport(raw, stream)
    except BaseException:
        Transport(raw, stream).close()
        raise


async def _connect_socket(raw, address, start, timeout_ms):
    raw.setblocking(False)
    try:
        raw.connect(address)
    except OSError as error:
        if error.errno not in _AGAIN:
            raise Unreachable("server-unreachable") from None
    poller = select.poll()
    poller.register(raw, select.POLLOUT)
    while True:
        ready = poller.poll(0)
        if ready:
            if ready[0][1] & (select.POLLERR | select.POLLHUP):
                raise Unreachable("server-unreachable")
            return
        _check_time(start, timeout_ms, "server-unreachable")
        await asyncio.sleep_ms(_POLL_MS)


async def _handshake(stream, verifier, start, timeout_ms):
    """Drive TLS until the server's certificate was accepted; the first write does the rest.

    Reads move it, and an HTTP server has nothing to say yet.
    """
    while not verifier.seen:
        try:
            data = stream.read(1)
        except OSError as error:
            if error.errno not in _AGAIN:
                raise _tls_error(error) from None
            data = None
        except ValueError as error:
            # MicroPython raises this one for a name or chain that did not verify.
            why = str(error).strip().replace("\n", "; ").rstrip(".")
            text = f"The certificate was refused: {why}."
            raise Refused("certificate-mismatch", text) from None
        if data is not None:
            raise Unreachable("server-unreachable", "The server does not speak TLS here.")
        if not verifier.seen:
            _check_time(start, timeout_ms, "server-unreachable")
            await asyncio.sleep_ms(_POLL_MS)
    verifier.check()


def _tls_error(error):
    if error.errno in _VERIFY_FAILED:
        return Refused("certificate-mismatch")
    return Unreachable("server-unreachable", f"TLS did not come about ({error}).")


def _check_time(start, timeout_ms, code="connection-lost"):
    if time.ticks_diff(time.ticks_ms(), start) >= timeout_ms:
        raise Unreachable(code)
