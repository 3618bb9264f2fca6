"""The list of those present, kept by the server's messages; says what changed. No I/O."""
# MIT License; see LICENSE

from .participant import AudioStream, RemoteParticipant


class Roster:
    """The others in the session, by id, and who speaks and presents.

    `emit(event, value)` is called once for each change, after it was made.
    """

    def __init__(self, emit):
        self.participants = {}
        self.active_speaker = None
        self.presenter = None
        self._emit = emit

    def reset(self, joined):
        """Take over the list of a `joined` message; after a reconnect only differences count."""
        present = {}
        for description in joined["participants"]:
            present[description["participant_id"]] = description
        for participant_id in [one for one in self.participants if one not in present]:
            self._left(participant_id)
        for participant_id in present:
            self._joined(present[participant_id])
        self._turn("active_speaker", "active-speaker", joined["active_speaker"])
        self._turn("presenter", "presenter", joined["presenter"])

    def take(self, message):
        """Apply a message of the server; returns False when it is not about the list."""
        kind = message["type"]
        if kind == "participant-joined":
            self._joined(message["participant"])
        elif kind == "participant-left":
            self._left(message["participant_id"])
        elif kind == "active-speaker":
            self._turn("active_speaker", kind, message["participant_id"])
        elif kind == "presenter":
            self._turn("presenter", kind, message["participant_id"])
        elif kind.startswith("stream-"):
            self._stream(kind, message)
        else:
            return False
        return True

    def _joined(self, description):
        participant_id = description["participant_id"]
        known = self.participants.get(participant_id)
        one = known or RemoteParticipant(participant_id, "", "")
        one.update(description)
        self.participants[participant_id] = one
        if not known:
            self._emit("participant-joined", one)

    def _left(self, participant_id):
        one = self.participants.pop(participant_id, None)
        if one is None:
            return
        if self.active_speaker == participant_id:
            self._turn("active_speaker", "active-speaker", None)
        if self.presenter == participant_id:
            self._turn("presenter", "presenter", None)
        self._emit("participant-left", one)

    def _turn(self, attribute, event, participant_id):
        if getattr(self, attribute) != participant_id:
            setattr(self, attribute, participant_id)
            self._emit(event, participant_id)

    def _stream(self, event, message):
        one = self.participants.get(message["participant_id"])
        if one is None:
            return
        kind = message["kind"]
        if event == "stream-stopped":
            stream = one.streams.pop(kind, None)
        else:
            stream = one.streams.get(kind)
            if stream is None:
                stream = one.streams[kind] = AudioStream(one, kind)
            stream.muted = event == "stream-muted"
        if stream:
            self._emit(event, stream)
