"""A room that a device is in: joins, stays, comes back by itself, leaves."""
# MIT License; see LICENSE

import asyncio
import gc
import os
import time

from micropython import const

from . import codecs as codec_table
from . import signaling
from .errors import RoomError, Unreachable, from_exception
from .events import Events, end
from .media import Media
from .participant import AudioStream, LocalParticipant
from .roster import Roster
from .session import Config, Session

# The first wait after a loss, and the longest: back within 3 s of the network's return.
_BACK_OFF_MS = const(250)
_BACK_OFF_MAX_MS = const(2000)
# A connection that lived this long was a good one: the next loss starts with the first wait.
_GOOD_MS = const(5000)
_MOST_FAULTS = const(3)

# Reasons that are an end rather than a failure, for who was in the room.
_ENDS = ("room-ended", "removed", "replaced")


class Room:
    """A room on a Roomtone server, as an async context manager, or `connect()` and `leave()`.

    url: http(s)://HOST:PORT of the server. room_id, name, token: as the app server gave them.
    certificate_sha256: pin of the server's certificate; ca: a CA's certificate, PEM or DER. One of
    them is needed for https. identity: webrtc's Identity, kept over restarts by its owner.
    participant_id: a fixed id, else the server chooses one. codecs: SDP names, best first, and
    "CN" where silence need not be sent. stun_server: (ip, port) or None. local_ip: own address for
    media, None to find it. link: makes the media path, for tests.

    `state` is idle, connecting, connected, reconnecting, closed or failed; `reason` is the
    RoomError that led there, or None. Raises ValueError for a wrong url or pin.
    """

    def __init__(
        self,
        url,
        room_id,
        name="Board",
        token=None,
        certificate_sha256=None,
        ca=None,
        identity=None,
        participant_id=None,
        codecs=codec_table.NAMES,
        stun_server=None,
        local_ip=None,
        link=None,
    ):
        if not room_id:
            raise ValueError("room_id is empty")
        server = (url, ca, certificate_sha256)
        self._config = Config(server, room_id, name, token, codecs, "board")
        self._config.server()  # tells now what is wrong with it
        self._link_options = (identity, codecs, stun_server, local_ip)
        self._make_link = link
        self.room_id = room_id
        self.session_id = None
        self.state = "idle"
        self.reason = None
        self.local = LocalParticipant(participant_id, name)
        self.reconnects = 0
        self._events = Events()
        self.on = self._events.on
        self.off = self._events.off
        self._roster = Roster(self._events.emit)
        self._media = Media()
        self._volume = 100
        self._subscription = None
        self._hearing = True
        self._resume = None
        self._session = None
        self._task = None
        self._waiting_ms = _BACK_OFF_MS
        self._faulty = False  # the last connection ended by a fault of our own
        self._faults = 0  # of such in a row

    async def __aenter__(self):
        await self.connect()
        return self

    async def __aexit__(self, *_):
        await self.leave()

    # -- being in it -----------------------------------------------------------------------

    def start(self):
        """Begin to join and return at once; `state` and the event "state" tell how it goes."""
        if self._task is None:
            self._set_state("connecting")
            self._task = asyncio.create_task(self._stay())

    async def connect(self, timeout_ms=None):
        """Join, trying for as long as trying helps. Raises RoomError; RoomTimeout leaves it on."""
        self.start()
        await self._events.wait_until(
            lambda: self.state in ("connected", "failed", "closed"), timeout_ms, "connection"
        )
        if self.state != "connected":
            raise self.reason or Unreachable("connection-lost")

    async def wait_closed(self, timeout_ms=None):
        """Wait until the room is over; returns the reason, None after `leave()`."""
        await self._events.wait_until(
            lambda: self.state in ("closed", "failed"), timeout_ms, "end of the room"
        )
        return self.reason

    async def wait_for(self, event, timeout_ms=None):
        """Wait for the next `event`; returns its value. Raises RoomTimeout."""
        seen = []
        note = seen.append
        self.on(event, note)
        try:
            await self._events.wait_until(lambda: seen, timeout_ms, event)
        finally:
            self.off(event, note)
        return seen[0]

    async def leave(self):
        """Leave and release everything; may be called again."""
        await self._say(signaling.build("leave"))
        await self._finish()
        if self.state != "failed":
            self._set_state("closed", self.reason if self.state == "closed" else None)

    async def end(self):
        """End the session for everyone; needs the permission. Then leave."""
        await self._say(signaling.build("end"))
        await self._finish()
        self._set_state("closed")

    async def _finish(self):
        task = self._task
        self._task = None
        try:
            await end(task)
        finally:
            await self._media.close()

    # -- who is there ----------------------------------------------------------------------

    @property
    def participants(self):
        """The others: a dict of RemoteParticipant by participant_id."""
        return self._roster.participants

    @property
    def active_speaker(self):
        """The participant who is loudest now, local or remote, or None."""
        return self._find(self._roster.active_speaker)

    @property
    def presenter(self):
        """The participant who presents, or None."""
        return self._find(self._roster.presenter)

    @property
    def main_participant(self):
        """Whom to show large: the presenter, else the active speaker, else None."""
        return self.presenter or self.active_speaker

    def _find(self, participant_id):
        if participant_id is None:
            return None
        if participant_id == self.local.participant_id:
            return self.local
        return self.participants.get(participant_id)

    # -- sound -----------------------------------------------------------------------------

    async def publish(self, microphone, volume=100, processor=None):
        """Send what the microphone hears; volume 0 to 200. May be called before `connect()`.

        processor: None, or an audio.chain.Chain of stages between microphone and encoder.
        """
        self._media.publish(microphone, volume, processor)
        self.local.streams["audio"] = AudioStream(self.local, "audio", self.local.muted)
        await self._say_stream("stream-started")

    async def unpublish(self):
        """Stop the microphone."""
        self._media.stop_capture()
        if self.local.streams.pop("audio", None):
            await self._say_stream("stream-stopped")

    async def subscribe(self, speaker, participant=None):
        """Play everyone else, or one `participant` (or participant id), on the speaker."""
        if self._media.playback is None or self._media.playback.speaker is not speaker:
            self._media.subscribe(speaker, self._volume)
        self._subscription = getattr(participant, "participant_id", participant)
        self._hearing = True
        await self._say(signaling.build("subscribe", {"participant_id": self._subscription}))

    async def unsubscribe(self):
        """Hear nobody, and stop the speaker."""
        self._hearing = False
        self._media.stop_playback()
        await self._say(signaling.build("unsubscribe"))

    async def mute(self):
        """Pause the published stream; nothing is sent."""
        await self._set_muted(True)

    async def unmute(self):
        """Go on with the published stream."""
        await self._set_muted(False)

    async def _set_muted(self, muted):
        self.local.muted = self._media.muted = muted
        if self.local.audio:
            self.local.audio.muted = muted
        self._events.emit("muted", muted)
        await self._say_stream("stream-muted" if muted else "stream-unmuted")

    @property
    def volume(self):
        """Loudness of the speaker, 0 to 200; 100 plays what came as it came."""
        return self._volume

    @volume.setter
    def volume(self, percent):
        """Raises ValueError outside of 0 to 200."""
        if not isinstance(percent, int) or not 0 <= percent <= 200:
            raise ValueError("volume must be a whole number from 0 to 200")
        self._volume = percent
        if self._media.playback:
            self._media.playback.gain.volume = percent

    def listen(self, listening):
        """Whether the speaker plays; a board that can't do both directions stops it to talk."""
        self._media.listening = listening

    # -- messages --------------------------------------------------------------------------

    async def send(self, topic, data, to=None):
        """Send any JSON of up to 8 KiB to one participant, or to all others.

        Raises ValueError when it is longer, Unreachable when there is no connection.
        """
        text = signaling.message(topic, data, getattr(to, "participant_id", to))
        if self._session is None or self.state != "connected":
            raise Unreachable("connection-lost")
        await self._session.send(text)

    async def request_mute(self, participant):
        """Ask somebody to mute; needs the permission."""
        wanted = getattr(participant, "participant_id", participant)
        await self._say(signaling.build("mute-requested", {"participant_id": wanted}))

    def stats(self):
        """What this call does: a dict of counters and milliseconds, as far as known."""
        found = {"state": self.state, "reconnects": self.reconnects}
        found.update(self._media.stats())
        if self._session:
            found.update(self._session.link.stats())
        return found

    # -- staying in it ---------------------------------------------------------------------

    async def _stay(self):
        """The one owner of link-down: tries again for as long as trying helps."""
        while True:
            began = time.ticks_ms()
            try:
                await self._be_connected()
            except Exception as caught:
                if self._task is None:
                    return  # left: what went wrong at hanging up makes no new try
                # Whatever it is: a task that died would leave the state at "connecting" for ever.
                gc.collect()  # this try's garbage, before its error or the next try needs the room
                error = self._judge(caught, time.ticks_diff(time.ticks_ms(), began))
                if not error.retriable:
                    ended = self.session_id and error.code in _ENDS
                    self._set_state("closed" if ended else "failed", error)
                    return
                self._set_state("reconnecting" if self.session_id else "connecting", error)
            await self._back_off()

    def _judge(self, caught, lived_ms):
        """The RoomError of what ended a connection that lived so long."""
        # Below 0 after 6 days.
        if not 0 <= lived_ms < _GOOD_MS and self.session_id:
            self._waiting_ms = _BACK_OFF_MS
            self._faults = 0
        error = from_exception(caught)
        # A freak packet may meet a fault of ours once, and a heap may have holes once; what comes
        # again and again has to be told.
        self._faults += self._faulty or isinstance(caught, MemoryError)
        return RoomError("board-failed", error.text) if self._faults >= _MOST_FAULTS else error

    async def _back_off(self):
        # Spread over a quarter, so that a room full of boards does not come back in step.
        wait = self._waiting_ms
        await asyncio.sleep_ms(wait - wait * os.urandom(1)[0] // 1024)
        self._waiting_ms = min(wait * 2, _BACK_OFF_MAX_MS)

    async def _be_connected(self):
        """One connection from beginning to end; always raises."""
        self._faulty = False  # of this one nothing is known yet
        session = Session(self._new_link(), self._take, self._check_sound)
        try:
            joined = await session.open(self._config, self.local.participant_id, self._resume)
            self._joined(joined)
            await session.wait_media()
            self._session = session
            codec = codec_table.load(session.link.codec, session.link.comfort_noise)
            self._media.attach(session.link, codec)
            await self._announce()
            self._set_state("connected")
            await session.run()
        finally:
            self._faulty = bool(session.link.fault)
            self._session = None
            self._media.detach()
            await session.close()

    def _new_link(self):
        make = self._make_link
        if make is None:
            from .link import Link as make
        return make(*self._link_options)

    def _check_sound(self):
        if self._media.failure:
            text = f"The board's sound failed: {self._media.failure!r}."
            raise RoomError("board-failed", text)

    def _joined(self, joined):
        self.session_id = joined["session_id"]
        self.local.participant_id = joined["participant_id"]
        if self._resume is not None:
            self.reconnects += 1
        self._resume = joined["resume"]
        self._roster.reset(joined)

    async def _announce(self):
        """Tell the server what this side publishes and hears."""
        if self.local.audio:
            await self._say_stream("stream-started")
            if self.local.muted:
                await self._say_stream("stream-muted")
        if not self._hearing:
            await self._say(signaling.build("unsubscribe"))
        elif self._subscription is not None:
            await self._say(signaling.build("subscribe", {"participant_id": self._subscription}))

    def _take(self, message):
        if self._roster.take(message):
            return
        kind = message["type"]
        if kind == "message":
            self._events.emit("message", message)
        elif kind == "mute-requested":
            self._events.emit("mute-requested", message["by"])
        elif kind == "error":
            self._events.emit("error", RoomError(message["code"], message["text"]))
        elif kind == "levels":
            self._events.emit("levels", message["levels"])

    async def _say_stream(self, kind):
        await self._say(signaling.build(kind, {"kind": "audio"}))

    async def _say(self, text):
        """Send, when there is a connection; else `_announce` says it when there is one again."""
        if self._session is None:
            return
        try:  # noqa: SIM105 (a chip has no contextlib)
            await self._session.send(text)
        except Unreachable:
            pass  # the session's own task notices, and owns what follows

    def _set_state(self, state, reason=None):
        if state == self.state and reason is self.reason:
            return
        self.state = state
        self.reason = reason
        self._events.emit("state", state)
