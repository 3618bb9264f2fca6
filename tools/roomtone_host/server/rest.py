"""Rooms over HTTP, in the shapes of VideoSDK's public API (docs/signaling.md, "REST")."""
# MIT License; see LICENSE

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from .hub import Hub
from .ids import check_id
from .reasons import Refusal
from .tokens import Grant

router = APIRouter()
_PER_PAGE_LIMIT = 100
_LIFE_LIMIT_S = 7 * 24 * 3600


class NewRoom(BaseModel):
    """Body of POST /v2/rooms; every field may be left out."""

    customRoomId: str | None = None
    limit: int | None = Field(None, ge=1, le=256)


class RoomName(BaseModel):
    """Body that names a room."""

    roomId: str


def _hub(request: Request) -> Hub:
    return request.app.state.hub


def _authorize(request: Request) -> tuple[Hub, Grant]:
    hub = _hub(request)
    hub.check_rate(request.client.host if request.client else "")
    grant = hub.authorize(request.headers.get("authorization"))
    return hub, grant


def _administer(request: Request) -> Hub:
    hub, grant = _authorize(request)
    if not grant.allow_api:
        raise Refusal("forbidden")
    return hub


@router.post("/v2/rooms")
@router.post("/create-meeting")
async def create_room(request: Request, body: NewRoom | None = None) -> dict:
    """Make a room; with a customRoomId that exists, give that one."""
    hub = _administer(request)
    body = body or NewRoom()
    limit = body.limit or hub.config.room_limit
    return hub.rooms.create(body.customRoomId, limit).describe()


@router.get("/v2/rooms")
async def list_rooms(request: Request, page: int = 1, perPage: int = 20) -> dict:
    """A page of rooms, newest first."""
    hub = _administer(request)
    size = max(1, min(perPage, _PER_PAGE_LIMIT))
    rooms = sorted(hub.rooms, key=lambda room: room.created_at, reverse=True)
    first = (max(1, page) - 1) * size
    return {
        "pageInfo": {
            "currentPage": max(1, page),
            "perPage": size,
            "lastPage": max(1, -(-len(rooms) // size)),
            "total": len(rooms),
        },
        "data": [room.describe() for room in rooms[first : first + size]],
    }


@router.get("/v2/rooms/validate/{room_id}")
@router.post("/validate-meeting/{room_id}")
async def validate_room(request: Request, room_id: str) -> dict:
    """The room if it can be joined; 404 or 410 if not."""
    hub, grant = _authorize(request)
    room = hub.rooms.get(room_id)
    grant.check_room(room_id)
    if room.disabled:
        raise Refusal("room-ended")
    return room.describe()


@router.get("/v2/rooms/{room_id}")
async def get_room(request: Request, room_id: str) -> dict:
    """One room."""
    hub, grant = _authorize(request)
    room = hub.rooms.get(room_id)
    grant.check_room(room_id)
    return room.describe()


@router.post("/v2/rooms/deactivate")
async def deactivate_room(request: Request, body: RoomName) -> dict:
    """Close a room for ever; who is in it gets `end`."""
    hub = _administer(request)
    return (await hub.rooms.deactivate(body.roomId)).describe()


@router.get("/get-token")
async def get_token(
    request: Request,
    roomId: str | None = None,
    participantId: str | None = None,
    mod: bool = False,
    expires_in_s: int = 24 * 3600,
) -> dict:
    """A token for a device or a page; the secret itself never leaves the server."""
    hub = _administer(request)
    for field, value in (("roomId", roomId), ("participantId", participantId)):
        if value is not None:
            check_id(value, field)
    life_s = max(1, min(expires_in_s, _LIFE_LIMIT_S))
    token = hub.tokens.issue(roomId, participantId, allow_mod=mod, life_s=life_s)
    return {"token": token, "expires_in_s": life_s}
