"""The messages of `roomtone.v1` (docs/signaling.md): checked, built, no I/O."""
# MIT License; see LICENSE

import json

from micropython import const

PROTOCOL = "roomtone.v1"

_MAX_DATA = const(8192)


class MessageError(ValueError):
    """A message is not what the contract says; the text names the field."""


# Fields that a message of the server must have, and what they are; "x?" may be null.
_FIELDS = {
    "joined": (
        ("room_id", "text"),
        ("session_id", "text"),
        ("participant_id", "text"),
        ("resume", "text"),
        ("sdp", "text"),
        ("participants", "participants"),
        ("active_speaker", "text?"),
        ("presenter", "text?"),
    ),
    "participant-joined": (("participant", "participant"),),
    "participant-left": (("participant_id", "text"), ("reason", "text")),
    "stream-started": (("participant_id", "text"), ("kind", "text")),
    "stream-stopped": (("participant_id", "text"), ("kind", "text")),
    "stream-muted": (("participant_id", "text"), ("kind", "text")),
    "stream-unmuted": (("participant_id", "text"), ("kind", "text")),
    "active-speaker": (("participant_id", "text?"),),
    "presenter": (("participant_id", "text?"),),
    "levels": (("levels", "object"),),
    "mute-requested": (("by", "text"),),
    "message": (("from", "text"), ("topic", "text"), ("data", "any")),
    "removed": (("reason", "text"),),
    "end": (("by", "any"),),
    "ping": (("id", "any"),),
    "pong": (("id", "any"),),
    "error": (("code", "text"), ("text", "text"), ("retriable", "flag")),
}


def parse(text):
    """A message of the server as a dict with `type`; None when its type is not known.

    Raises MessageError when it is not JSON, or a field is missing or wrong.
    """
    try:
        message = json.loads(text)
    except ValueError:
        raise MessageError("not JSON") from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise MessageError("type is missing")
    fields = _FIELDS.get(message["type"])
    if fields is None:
        return None
    for name, kind in fields:
        if name not in message or not _matches(kind, message[name]):
            raise MessageError("{} of {} is missing or wrong".format(name, message["type"]))
    return message


def _matches(kind, value):
    if kind == "any":
        return True
    if kind == "flag":
        return isinstance(value, bool)
    if kind == "object":
        return isinstance(value, dict)
    if kind == "participant":
        return _is_participant(value)
    if kind == "participants":
        return isinstance(value, list) and all(_is_participant(one) for one in value)
    return isinstance(value, str) or (kind == "text?" and value is None)


def _is_participant(value):
    if not isinstance(value, dict) or not isinstance(value.get("streams"), list):
        return False
    for name in ("participant_id", "name", "kind"):
        if not isinstance(value.get(name), str):
            return False
    for stream in value["streams"]:
        if not isinstance(stream, dict) or not isinstance(stream.get("kind"), str):
            return False
    return True


def build(kind, fields=None):
    """The text of a message of this side; fields that are None and end in "?" are left out."""
    message = {"type": kind}
    for name in fields or ():
        if not name.endswith("?"):
            message[name] = fields[name]
        elif fields[name] is not None:
            message[name[:-1]] = fields[name]
    return json.dumps(message)


def join(sdp, name, codecs, kind="board", participant_id=None, resume=None):
    """The first message: the offer and what this device is."""
    return build(
        "join",
        {
            "sdp": sdp,
            "name": name,
            "kind": kind,
            "codecs": list(codecs),
            "participant_id?": participant_id,
            "resume?": resume,
        },
    )


def message(topic, data, to=None):
    """A `message` for one participant or all others. Raises ValueError when it is too long."""
    if len(json.dumps(data).encode()) > _MAX_DATA:
        raise ValueError(f"a message holds at most {_MAX_DATA} bytes")
    return build("message", {"topic": topic, "data": data, "to?": to})
