"""Who is in the room, and what they publish."""
# MIT License; see LICENSE


class AudioStream:
    """One participant's sound: `participant`, `kind` ("audio"), and whether it is `muted`."""

    def __init__(self, participant, kind="audio", muted=False):
        self.participant = participant
        self.kind = kind
        self.muted = muted

    def __repr__(self):
        return "{}{}".format(self.kind, " (muted)" if self.muted else "")


class Participant:
    """Somebody in the session: `participant_id`, `name`, `kind`, and `streams` by kind."""

    def __init__(self, participant_id, name, kind):
        self.participant_id = participant_id
        self.name = name
        self.kind = kind
        self.streams = {}

    @property
    def audio(self):
        """The published sound, or None."""
        return self.streams.get("audio")

    def __repr__(self):
        return f"{self.name} ({self.participant_id})"


class RemoteParticipant(Participant):
    """Somebody else. The room keeps one object for as long as they are present."""

    def update(self, description):
        """Take over a participant as `roomtone.v1` describes it."""
        self.name = description["name"]
        self.kind = description["kind"]
        found = {}
        for entry in description["streams"]:
            kind = entry["kind"]
            stream = self.streams.get(kind) or AudioStream(self, kind)
            stream.muted = bool(entry.get("muted"))
            found[kind] = stream
        self.streams = found


class LocalParticipant(Participant):
    """This device. `participant_id` is known once the room is connected."""

    def __init__(self, participant_id, name, kind="board"):
        super().__init__(participant_id, name, kind)
        self.muted = False
