"""One live session of a room: joins, leaves, and everything that participants tell each other."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Callable

from . import ids, rtp
from .mixer import Mixer
from .participant import Link, Participant
from .reasons import Refusal
from .speaker import ActiveSpeaker

RESUME_S = 20.0
_LEVELS_TICKS = 5  # 10 a second
CLOSE_DONE = 1000
CLOSE_REFUSED = 4000


class Session:
    """Who is there, in the order of arrival. `on_over` is called once, when it ends."""

    def __init__(
        self,
        room_id: str,
        on_over: Callable[[Session, bool], None],
        resume_s: float | None = None,
    ) -> None:
        self.room_id = room_id
        self.session_id = ids.session_id()
        self.started_at = time.time()
        self.presenter: str | None = None
        self.participants: dict[str, Participant] = {}
        self._removed: set[str] = set()
        self._on_over = on_over
        self._resume_s = RESUME_S if resume_s is None else resume_s
        self._speaker = ActiveSpeaker()
        self._mixer = Mixer(lambda: list(self.participants.values()), self._ticked)
        self._mixer_task = asyncio.create_task(self._mixer.run())
        self._tasks: set[asyncio.Task] = set()
        self._over = False

    @property
    def active_speaker(self) -> str | None:
        """Who is loudest, or None."""
        return self._speaker.current

    def heard(self, participant: Participant, packet: rtp.RtpPacket) -> None:
        """Sound has come in."""
        if participant.inbound is not None:
            self._mixer.pass_on(participant, packet)
        self._mixer.wake()

    # Coming and going

    def find_resumed(self, secret: str) -> Participant | None:
        """The participant whose `resume` secret this is. Raises Refusal for a removed one."""
        if secret in self._removed:
            raise Refusal("forbidden", "You were removed from this session.")
        for participant in self.participants.values():
            if hmac.compare_digest(participant.resume.encode(), secret.encode()):
                return participant
        return None

    def add(self, participant: Participant, link: Link) -> None:
        """Let a new participant in and tell the others."""
        participant.link = link
        # The session's id leads, so that a session that was ended is known by it.
        participant.resume = f"{self.session_id}.{ids.resume_secret()}"
        self.participants[participant.participant_id] = participant
        self.tell(
            {"type": "participant-joined", "participant": participant.describe()}, participant
        )
        self.update_listening()

    async def replace(self, old: Participant, new: Participant, link: Link) -> None:
        """Put `new` into the place of `old`, which has the same participant id."""
        _send_off(old, "replaced")
        if old.lost_timer is not None:
            old.lost_timer.cancel()
        del self.participants[old.participant_id]
        self._tell_left(old, "replaced")
        self.add(new, link)
        await old.drop_media()

    async def reattach(self, participant: Participant, link: Link) -> None:
        """Give a participant that resumes its new connection; the old one is closed."""
        if participant.lost_timer is not None:
            participant.lost_timer.cancel()
            participant.lost_timer = None
        _send_off(participant, "replaced")
        participant.link = link
        await participant.drop_media()

    def detach(self, participant: Participant, link: Link) -> None:
        """The connection is gone without a word: keep the place for a while."""
        if participant.link is not link:
            return
        participant.link = None
        self._spawn(participant.drop_media())
        participant.lost_timer = asyncio.get_running_loop().call_later(
            self._resume_s, lambda: self._spawn(self.leave(participant, "lost"))
        )

    async def leave(self, participant: Participant, reason: str) -> None:
        """Take a participant out; the last one ends the session."""
        if self.participants.get(participant.participant_id) is not participant:
            return
        del self.participants[participant.participant_id]
        participant.link = None
        if participant.lost_timer is not None:
            participant.lost_timer.cancel()
        self._tell_left(participant, reason)
        self.update_listening()
        await participant.drop_media()
        if not self.participants:
            await self._finish(by_command=False)

    def _tell_left(self, participant: Participant, reason: str) -> None:
        left = participant.participant_id
        self.tell({"type": "participant-left", "participant_id": left, "reason": reason})
        self.set_presenter(participant, False)

    async def remove(self, participant: Participant) -> None:
        """Put a participant out; its `resume` is worth nothing from now on."""
        self._removed.add(participant.resume)
        _send_off(participant, "removed")
        await self.leave(participant, "removed")

    async def end(self, by: str | None) -> None:
        """End the session for everyone."""
        await self._send_away({"type": "end", "by": by}, CLOSE_DONE)

    async def stop(self) -> None:
        """The server goes down: everyone may come back."""
        await self._send_away(Refusal("server-stopping").as_message(), CLOSE_REFUSED)

    async def _send_away(self, message: dict, code: int) -> None:
        gone = list(self.participants.values())
        self.participants.clear()
        for participant in gone:
            if participant.lost_timer is not None:
                participant.lost_timer.cancel()
            if participant.link is not None:
                participant.link.send(message)
                participant.link.close(code)
                participant.link = None
        await asyncio.gather(*(participant.drop_media() for participant in gone))
        await self._finish(by_command=message["type"] == "end")

    async def _finish(self, by_command: bool) -> None:
        if self._over:
            return
        self._over = True
        self._on_over(self, by_command)
        self._mixer_task.cancel()
        await asyncio.wait([self._mixer_task])
        others = self._tasks - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=2)

    def _spawn(self, work) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # What participants tell each other

    def tell(self, message: dict, but: Participant | None = None) -> None:
        """Send `message` to everyone (but one)."""
        for participant in self.participants.values():
            if participant is not but:
                participant.send(message)

    def get(self, participant_id: str) -> Participant:
        """The participant. Raises Refusal `bad-request`."""
        participant = self.participants.get(participant_id)
        if participant is None:
            raise Refusal("bad-request", "participant_id: nobody here has this id.")
        return participant

    def set_presenter(self, participant: Participant, active: bool) -> None:
        """Start or stop presenting; the newest presenter wins."""
        wanted = participant.participant_id if active else None
        if not active and self.presenter != participant.participant_id:
            return
        if wanted != self.presenter:
            self.presenter = wanted
            self.tell({"type": "presenter", "participant_id": wanted})

    def update_listening(self) -> None:
        # Alone in a room nobody listens: packets are counted, not decoded.
        for participant in self.participants.values():
            if participant.peer is not None:
                participant.peer.listening = len(self.participants) > 1

    def _ticked(self, tick: int, levels: dict[str, int]) -> None:
        if self._speaker.update(levels):
            self.tell({"type": "active-speaker", "participant_id": self._speaker.current})
        if tick % _LEVELS_TICKS == 0:
            for participant in self.participants.values():
                if participant.wants_levels:
                    participant.send({"type": "levels", "levels": levels})


def _send_off(participant: Participant, reason: str) -> None:
    link, participant.link = participant.link, None
    if link is not None:
        link.send({"type": "removed", "reason": reason})
        link.close(CLOSE_DONE)
