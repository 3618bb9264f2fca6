"""The door of the web application: foreign sites, oversized bodies, headers that protect pages."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import ipaddress

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .hub import Hub
from .reasons import Refusal

BODY_LIMIT = 64 * 1024
_BODY_S = 10.0
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; media-src 'self' blob: mediastream:; "
        "worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Permissions-Policy": "microphone=(self), camera=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def check_site(headers: Headers, hub: Hub) -> None:
    """Refuse, as `forbidden`, what a page of another site sends.

    An `Origin` must be this server. An open server also wants to be called by its own name or
    an address, so that no foreign name that was made to resolve to it (DNS rebinding) gets in.
    """
    host = headers.get("host", "")
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2] != host:
        raise Refusal("forbidden", "This page is not of this server.")
    if hub.config.open and not _is_own_name(host, hub.names):
        raise Refusal("forbidden", "This server does not have that name.")


def _is_own_name(host: str, names: frozenset[str]) -> bool:
    name = host.rpartition("]")[0].lstrip("[") or host.partition(":")[0]
    if name.lower() in names:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


class Guard:
    """ASGI middleware: checks requests and adds headers; WebSockets check by themselves."""

    def __init__(self, app: ASGIApp, hub: Hub) -> None:
        self._app = app
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            check_site(Headers(scope=scope), self._hub)
            body = await _read_body(scope, receive)
        except Refusal as refusal:
            await refuse(refusal)(scope, receive, send_guarded)
            return
        if body is None:
            return
        await self._app(scope, _replay(body, receive), send_guarded)


async def _read_body(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body; None when the client is gone before its end."""
    if scope["method"] in ("GET", "HEAD"):
        return b""
    try:
        async with asyncio.timeout(_BODY_S):
            return await _read_all(receive)
    except TimeoutError:
        raise Refusal("bad-request", "The body did not come in time.") from None


async def _read_all(receive: Receive) -> bytes | None:
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            raise Refusal("too-large")
        if not message.get("more_body"):
            return body


def _replay(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return pending.pop() if pending else await receive()

    return replayed


def refuse(refusal: Refusal) -> JSONResponse:
    """The HTTP answer that says why."""
    body = {
        "code": refusal.code,
        "error": refusal.text,
        "message": refusal.text,
        "retriable": refusal.retriable,
    }
    return JSONResponse(body, refusal.http_status)
