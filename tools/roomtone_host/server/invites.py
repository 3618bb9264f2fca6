"""Invite links: the page of a room, and in the fragment what a person or board needs for it."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import io

import segno
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from .hub import Hub
from .reasons import Refusal
from .tls import fingerprint

# A link with a token has about 500 characters; a QR code of more is too fine for a camera.
_TEXT_LIMIT = 1200

router = APIRouter()


class Text(BaseModel):
    """Body of POST /v1/qr."""

    text: str = Field(min_length=1, max_length=_TEXT_LIMIT)


def pins(hub: Hub) -> dict[str, str]:
    """SHA-256 pins for boards: of the certificate, and of the key that signs updates."""
    found = {}
    if hub.config.certificate is not None:
        found["certificate"] = fingerprint(hub.config.certificate).replace(":", "").lower()
    if hub.updates.has_key():
        found["update"] = hub.updates.pin()
    return found


@router.get("/v1/pins")
async def get_pins(request: Request) -> dict[str, str]:
    """What a board may pin; whoever reads it has trusted this connection already."""
    return pins(request.app.state.hub)


@router.post("/v1/qr")
async def make_qr(request: Request, body: Text) -> Response:
    """A QR code as SVG. By POST, so that a token stays out of addresses and logs."""
    hub: Hub = request.app.state.hub
    hub.check_rate(request.client.host if request.client else "")
    # In a thread: a large one takes 0.1 s, and the mixers must not wait for it.
    return Response(await asyncio.to_thread(_draw, body.text), media_type="image/svg+xml")


def _draw(text: str) -> bytes:
    out = io.BytesIO()
    try:
        code = segno.make(text, error="l", micro=False)
    except segno.DataOverflowError:
        raise Refusal("bad-request", "text: is too long for a QR code.") from None
    code.save(out, kind="svg", scale=4, border=2, xmldecl=False, svgns=True)
    return out.getvalue()
