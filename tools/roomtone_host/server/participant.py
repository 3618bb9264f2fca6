"""One participant of a session: what it is, what it hears, and the way to it."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
from typing import Protocol

from . import ids
from .inbound import Inbound
from .mixer import Hearing
from .outbound import Outbound
from .peer import MediaPeer


class Link(Protocol):
    """The signaling connection of a participant."""

    def send(self, message: dict) -> None:
        """Queue a message; never waits."""

    def close(self, code: int) -> None:
        """Close after what was queued."""


class Participant:
    """Somebody in a session; keeps its place for a while when its connection is lost."""

    def __init__(self, participant_id: str | None, name: str, kind: str) -> None:
        self.participant_id = participant_id or ids.participant_id()
        self.name = name
        self.kind = kind
        self.resume = ""  # given by the session
        self.wants_levels = False
        self.publishing = True
        self.muted = False
        self.hearing = Hearing()
        self.link: Link | None = None
        self.peer: MediaPeer | None = None
        self.media_task: asyncio.Task | None = None
        self.lost_timer: asyncio.TimerHandle | None = None

    @property
    def audible(self) -> bool:
        """Whether its sound goes to others."""
        return self.publishing and not self.muted

    @property
    def inbound(self) -> Inbound | None:
        """Its sound, once connected."""
        return self.peer.inbound if self.peer is not None and self.peer.connected else None

    @property
    def outbound(self) -> Outbound | None:
        """The way to its speaker, once connected and wanted."""
        peer = self.peer
        return peer.outbound if peer is not None and peer.connected and peer.hears else None

    def describe(self) -> dict:
        """The participant as others see it."""
        streams = [{"kind": "audio", "muted": self.muted}] if self.publishing else []
        return {
            "participant_id": self.participant_id,
            "name": self.name,
            "kind": self.kind,
            "streams": streams,
        }

    def send(self, message: dict) -> None:
        """Send a message, if connected."""
        if self.link is not None:
            self.link.send(message)

    def stats(self) -> dict:
        """Description, level and media counters."""
        level = self.inbound.level_dbov if self.inbound is not None and self.audible else -127
        out = {
            "participant_id": self.participant_id,
            "name": self.name,
            "kind": self.kind,
            "muted": self.muted,
            "publishing": self.publishing,
            "online": self.link is not None,
            "level_dbov": level,
        }
        if self.peer is not None:
            out |= self.peer.stats()
        return out

    async def drop_media(self) -> None:
        """Close the media connection and wait for its task."""
        peer, task = self.peer, self.media_task
        self.peer = self.media_task = None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            await asyncio.wait([task])
        if peer is not None:
            await peer.close()
