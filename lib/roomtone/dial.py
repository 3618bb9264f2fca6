"""Connects a Transport to a server, with TLS where asked: needed to join, dropped in a call."""
# MIT License; see LICENSE

import asyncio
import select
import socket
import time

from micropython import const

from .errors import Refused, Unreachable
from .transport import AGAIN, Transport, check_time

_POLL_MS = const(5)
# mbedTLS 3.6 x509.h: MBEDTLS_ERR_X509_CERT_VERIFY_FAILED, _FATAL_ERROR
_VERIFY_FAILED = (-0x2700, -0x3000)


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
            stream = _wrap(context, raw, url.host)
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
        if error.errno not in AGAIN:
            raise Unreachable("server-unreachable") from None
    poller = select.poll()
    poller.register(raw, select.POLLOUT)
    while True:
        ready = poller.poll(0)
        if ready:
            if ready[0][1] & (select.POLLERR | select.POLLHUP):
                raise Unreachable("server-unreachable")
            return
        check_time(start, timeout_ms, "server-unreachable")
        await asyncio.sleep_ms(_POLL_MS)


def _wrap(context, raw, host):
    try:
        return context.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)
    except OSError as error:  # no memory for its buffers, say
        raise _tls_error(error) from None


async def _handshake(stream, verifier, start, timeout_ms):
    """Drive TLS until the server's certificate was accepted; the first write does the rest.

    Reads move it, and an HTTP server has nothing to say yet.
    """
    while not verifier.seen:
        try:
            data = stream.read(1)
        except OSError as error:
            if error.errno not in AGAIN:
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
            check_time(start, timeout_ms, "server-unreachable")
            await asyncio.sleep_ms(_POLL_MS)
    verifier.check()


def _tls_error(error):
    if error.errno in _VERIFY_FAILED:
        return Refused("certificate-mismatch")
    return Unreachable("server-unreachable", f"TLS did not come about ({error}).")
