"""The WebSocket endpoint of `roomtone.v1` and the tickets that pages open it with."""
# MIT License; see LICENSE

from __future__ import annotations

import logging

from fastapi import APIRouter, Request, WebSocket

from .call import Call
from .guard import check_site
from .hub import Hub
from .ids import check_id
from .link import SUBPROTOCOL, WebSocketLink
from .reasons import Refusal
from .rooms import Room
from .session import CLOSE_REFUSED
from .tokens import TICKET_LIFE_S, Grant

router = APIRouter()
_log = logging.getLogger(__name__)


@router.websocket("/v1/rooms/{room_id}/connect")
async def connect(socket: WebSocket, room_id: str) -> None:
    """Serve one participant; whatever is refused is said in one `error` message."""
    hub: Hub = socket.app.state.hub
    offered = SUBPROTOCOL in socket.scope.get("subprotocols", [])
    await socket.accept(subprotocol=SUBPROTOCOL if offered else None)
    link = WebSocketLink(socket)
    try:
        if not offered:
            raise Refusal("protocol-error", f"The subprotocol {SUBPROTOCOL} was not offered.")
        room, grant = _admit(hub, socket, room_id)
        await Call(link, room, grant, hub.addresses).run()
    except Refusal as refusal:
        _log.info("room %s: refused, %s", room_id[:64], refusal.code)
        link.send(refusal.as_message("join"))
        link.close(CLOSE_REFUSED)
    finally:
        await link.finished()


def _admit(hub: Hub, socket: WebSocket, room_id: str) -> tuple[Room, Grant]:
    hub.check_rate(socket.client.host if socket.client else "")
    check_site(socket.headers, hub)
    ticket = socket.query_params.get("ticket")
    if ticket:
        grant = hub.tickets.redeem(ticket, room_id)
    else:
        grant = hub.authorize(socket.headers.get("authorization"))
    check_id(room_id, "room_id")
    room = hub.rooms.get(room_id)
    grant.check_room(room_id)
    return room, grant


@router.post("/v1/rooms/{room_id}/ticket")
async def ticket(request: Request, room_id: str) -> dict:
    """A single-use ticket for a page's WebSocket."""
    hub: Hub = request.app.state.hub
    hub.check_rate(request.client.host if request.client else "")
    grant = hub.authorize(request.headers.get("authorization"))
    hub.rooms.get(room_id)
    grant.check_room(room_id)
    return {"ticket": hub.tickets.issue(grant, room_id), "expires_in_s": TICKET_LIFE_S}


@router.get("/v1/rooms/{room_id}/stats")
async def stats(request: Request, room_id: str) -> dict:
    """Who is in the room and how well they are heard."""
    hub: Hub = request.app.state.hub
    grant = hub.authorize(request.headers.get("authorization"))
    room = hub.rooms.get(room_id)
    grant.check_room(room_id)
    session = room.session
    return {
        "room_id": room_id,
        "session_id": session.session_id if session else None,
        "active_speaker": session.active_speaker if session else None,
        "presenter": session.presenter if session else None,
        "participants": [p.stats() for p in session.participants.values()] if session else [],
    }
