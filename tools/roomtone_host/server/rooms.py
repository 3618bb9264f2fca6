"""Rooms and their sessions: who may come in, who is there, what everybody is told."""
# MIT License; see LICENSE

from __future__ import annotations

import json
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from . import ids
from .reasons import Refusal
from .session import Session

DEFAULT_LIMIT = 16
_ROOMS_LIMIT = 10_000


@dataclass
class Room:
    """A reusable place; it has a session while somebody is in it."""

    room_id: str
    limit: int = DEFAULT_LIMIT
    disabled: bool = False
    custom: bool = False
    created_at: float = field(default_factory=time.time)
    session: Session | None = None
    ended: deque[str] = field(default_factory=lambda: deque(maxlen=32))

    def describe(self) -> dict:
        """The room in the shape of VideoSDK's REST API."""
        created = datetime.fromtimestamp(self.created_at, UTC).isoformat(timespec="milliseconds")
        return {
            "roomId": self.room_id,
            "customRoomId": self.room_id if self.custom else None,
            "id": self.room_id,
            "disabled": self.disabled,
            "createdAt": created.replace("+00:00", "Z"),
            "limit": self.limit,
            "links": {"get_room": f"/v2/rooms/{self.room_id}"},
        }

    def enter(self) -> Session:
        """The live session, begun if need be. Raises Refusal `room-ended`."""
        if self.disabled:
            raise Refusal("room-ended")
        if self.session is None:
            self.session = Session(self.room_id, self._session_over)
        return self.session

    def _session_over(self, session: Session, by_command: bool) -> None:
        if by_command:
            self.ended.append(session.session_id)
        if self.session is session:
            self.session = None


class Rooms:
    """All rooms of a server, kept in one file so that they survive a restart."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._rooms: dict[str, Room] = {}
        if path is not None and path.exists():
            for entry in json.loads(path.read_text()):
                room = Room(
                    entry["room_id"],
                    entry["limit"],
                    entry["disabled"],
                    entry["custom"],
                    entry["created_at"],
                )
                self._rooms[room.room_id] = room

    def __iter__(self):
        return iter(self._rooms.values())

    def get(self, room_id: str) -> Room:
        """The room. Raises Refusal `room-not-found`."""
        room = self._rooms.get(room_id)
        if room is None:
            raise Refusal("room-not-found")
        return room

    def create(self, custom_id: str | None = None, limit: int = DEFAULT_LIMIT) -> Room:
        """A new room; with a `custom_id` that exists, the room that it names.

        Raises Refusal `bad-request` for a bad id, `rate-limited` when there are too many rooms.
        """
        if custom_id is not None:
            ids.check_id(custom_id, "customRoomId")
            if custom_id in self._rooms:
                return self._rooms[custom_id]
        if len(self._rooms) >= _ROOMS_LIMIT:
            raise Refusal("rate-limited", "This server has too many rooms.")
        room = Room(custom_id or ids.room_id(), limit, custom=custom_id is not None)
        self._rooms[room.room_id] = room
        self._save()
        return room

    async def deactivate(self, room_id: str) -> Room:
        """Close the room for ever and end its session."""
        room = self.get(room_id)
        room.disabled = True
        self._save()
        if room.session is not None:
            await room.session.end(None)
        return room

    async def stop(self) -> None:
        """Tell everybody that the server stops, and end every session."""
        for room in self:
            if room.session is not None:
                await room.session.stop()

    def _save(self) -> None:
        if self._path is None:
            return
        entries = [
            {
                "room_id": room.room_id,
                "limit": room.limit,
                "disabled": room.disabled,
                "custom": room.custom,
                "created_at": room.created_at,
            }
            for room in self
        ]
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(entries))
        fresh.replace(self._path)
