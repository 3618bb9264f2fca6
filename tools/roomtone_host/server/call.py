"""One participant's call: the join, then its messages until it leaves or is gone."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from . import messages, rtp
from .limits import RateLimit
from .link import WebSocketLink
from .mixer import Hearing
from .offer import parse_offer
from .participant import Participant
from .peer import MediaPeer
from .reasons import Refusal
from .rooms import Room
from .session import CLOSE_DONE, CLOSE_REFUSED, Session
from .tokens import Grant

_log = logging.getLogger(__name__)
_JOIN_TIMEOUT_S = 10.0
_MESSAGES_BURST = 100
_MESSAGES_PER_S = 25.0


class Call:
    """Joins `link`'s client to `room`, and serves it."""

    def __init__(
        self, link: WebSocketLink, room: Room, grant: Grant, addresses: list[str]
    ) -> None:
        self._link = link
        self._room = room
        self._grant = grant
        self._addresses = addresses
        self._session: Session
        self._self: Participant
        self._limit = RateLimit(_MESSAGES_BURST, _MESSAGES_PER_S)
        self._handlers: dict[str, Callable[[dict], Awaitable[bool | None]]] = {
            "stream-started": self._on_stream,
            "stream-stopped": self._on_stream,
            "stream-muted": self._on_stream,
            "stream-unmuted": self._on_stream,
            "subscribe": self._on_subscribe,
            "unsubscribe": self._on_unsubscribe,
            "message": self._on_message,
            "mute-requested": self._on_mute_requested,
            "remove": self._on_remove,
            "presenter": self._on_presenter,
            "leave": self._on_leave,
            "end": self._on_end,
            "ping": self._on_ping,
            "pong": self._on_pong,
        }

    async def run(self) -> None:
        """Serve until the connection is gone. Raises Refusal when the join is refused."""
        try:
            async with asyncio.timeout(_JOIN_TIMEOUT_S):
                message = await self._link.receive()
        except TimeoutError:
            raise Refusal("bad-request", "No join came in time.") from None
        if message is None:
            return
        await self._join(messages.Join(message))
        try:
            await self._serve()
        finally:
            self._session.detach(self._self, self._link)

    # Joining

    async def _join(self, join: messages.Join) -> None:
        self._check_ended(join)
        wanted = self._wanted_id(join)
        peer = MediaPeer(parse_offer(join.sdp), self._addresses, self._heard)
        try:
            sdp = await peer.answer()
            self._check_ended(join)
            self._session = self._room.enter()
            self._self = participant = await self._place(self._session, join, wanted)
            if participant.link is not self._link:
                raise Refusal("connection-lost")  # a still newer connection took the place
        except BaseException:
            await peer.close()
            raise
        participant.peer = peer
        participant.media_task = asyncio.create_task(self._carry(participant, peer))
        self._session.update_listening()
        self._link.send(self._joined(self._session, participant, sdp))

    def _heard(self, packet: rtp.RtpPacket) -> None:
        self._session.heard(self._self, packet)

    def _check_ended(self, join: messages.Join) -> None:
        session_id, _, _ = join.resume.partition(".")
        if self._room.disabled or session_id in self._room.ended:
            raise Refusal("room-ended")

    async def _place(
        self, session: Session, join: messages.Join, wanted: str | None
    ) -> Participant:
        """The participant that joins; nothing waits between the checks and its adding."""
        participant = self._resumed(session, join)
        if participant is not None:
            participant.wants_levels = join.wants_levels
            participant.hearing = Hearing()
            await session.reattach(participant, self._link)
            return participant
        old = session.participants.get(wanted) if wanted else None
        if old is not None:
            self._check_replace(old)
        elif len(session.participants) >= self._room.limit:
            raise Refusal("room-full")
        participant = Participant(wanted, join.name, join.kind)
        participant.wants_levels = join.wants_levels
        if old is not None:
            await session.replace(old, participant, self._link)
        else:
            session.add(participant, self._link)
        return participant

    def _resumed(self, session: Session, join: messages.Join) -> Participant | None:
        if not join.resume:
            return None
        participant = session.find_resumed(join.resume)
        if participant is not None:
            only = self._grant.participant_id
            if only is not None and only != participant.participant_id:
                raise Refusal("forbidden")
        return participant

    def _wanted_id(self, join: messages.Join) -> str | None:
        only = self._grant.participant_id
        if only is not None and join.participant_id not in (None, only):
            raise Refusal("forbidden", "The token is for another participant.")
        return only or join.participant_id

    def _check_replace(self, old: Participant) -> None:
        mine = self._grant.participant_id == old.participant_id
        if old.link is not None and not (mine or self._grant.allow_api):
            raise Refusal("forbidden", "Somebody with this participant_id is here.")

    def _joined(self, session: Session, participant: Participant, sdp: str) -> dict:
        others = [p for p in session.participants.values() if p is not participant]
        return {
            "type": "joined",
            "room_id": self._room.room_id,
            "session_id": session.session_id,
            "participant_id": participant.participant_id,
            "resume": participant.resume,
            "sdp": sdp,
            "participants": [p.describe() for p in others],
            "active_speaker": session.active_speaker,
            "presenter": session.presenter,
        }

    async def _carry(self, participant: Participant, peer: MediaPeer) -> None:
        """Own the media path; when it dies the client is told, and comes back by itself."""
        try:
            await peer.run()
        except ConnectionError as error:
            refusal = Refusal("media-failed", f"The audio connection failed: {error}.")
        except Exception:
            # A fault of ours: whoever is in the call must not be left in one that is dead.
            _log.exception("room %s: a media connection failed", self._room.room_id)
            refusal = Refusal("media-failed")
        self._link.send(refusal.as_message("join"))
        self._link.close(CLOSE_REFUSED)

    # Serving

    async def _serve(self) -> None:
        while True:
            about = None
            try:
                message = await self._link.receive()
                if message is None:
                    return
                about = message["type"]
                if not self._limit.allow(""):
                    raise Refusal("rate-limited")
                handler = self._handlers.get(about)
                if handler is None:
                    raise Refusal("unknown-message", f"There is no message {about[:40]!r}.")
                if await handler(message):
                    return
            except Refusal as refusal:
                self._link.send(refusal.as_message(about))
                if refusal.fatal:
                    self._link.close(CLOSE_REFUSED)
                    return

    async def _on_stream(self, message: dict) -> None:
        messages.audio_kind(message)
        kind = message["type"]
        if kind in ("stream-started", "stream-stopped"):
            self._self.publishing = kind == "stream-started"
        else:
            self._self.muted = kind == "stream-muted"
        self._session.tell(
            {"type": kind, "participant_id": self._self.participant_id, "kind": "audio"},
            self._self,
        )

    async def _on_subscribe(self, message: dict) -> None:
        wanted = messages.optional_id(message, "participant_id")
        if wanted is not None:
            self._session.get(wanted)
        self._self.hearing = Hearing(wanted is None, wanted)

    async def _on_unsubscribe(self, message: dict) -> None:
        self._self.hearing = Hearing(False)

    async def _on_message(self, message: dict) -> None:
        topic, data, to = messages.data_message(message)
        sender = self._self.participant_id
        out = {"type": "message", "from": sender, "topic": topic, "data": data}
        if to is None:
            self._session.tell(out, self._self)
        else:
            self._session.get(to).send(out)

    async def _on_mute_requested(self, message: dict) -> None:
        self._check_moderator()
        other = self._session.get(messages.id_field(message, "participant_id"))
        other.send({"type": "mute-requested", "by": self._self.participant_id})

    async def _on_remove(self, message: dict) -> None:
        self._check_moderator()
        other = self._session.get(messages.id_field(message, "participant_id"))
        await self._session.remove(other)

    async def _on_presenter(self, message: dict) -> None:
        self._session.set_presenter(self._self, messages.bool_field(message, "active"))

    async def _on_leave(self, message: dict) -> bool:
        await self._session.leave(self._self, "left")
        self._link.close(CLOSE_DONE)
        return True

    async def _on_end(self, message: dict) -> None:
        self._check_moderator()
        await self._session.end(self._self.participant_id)

    async def _on_ping(self, message: dict) -> None:
        number = message.get("id")
        if not isinstance(number, str | int) or len(str(number)) > 64:
            raise Refusal("bad-request", "id: a number or a short text is expected.")
        self._link.send({"type": "pong", "id": number})

    async def _on_pong(self, message: dict) -> None:
        """Nothing to do: the socket's own pings watch the connection."""

    def _check_moderator(self) -> None:
        if not self._grant.allow_mod:
            raise Refusal("forbidden")
