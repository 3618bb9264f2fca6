"""Messages of a client: their fields checked, so that nothing behind this door is surprised."""
# MIT License; see LICENSE

from __future__ import annotations

import json

from .ids import check_id
from .reasons import Refusal

MESSAGE_LIMIT = 16 * 1024  # bytes, docs/signaling.md
DATA_LIMIT = 8 * 1024
_NAME_LIMIT = 64
_TOPIC_LIMIT = 64
_KINDS = ("board", "browser", "agent")
_WANTS_LIMIT = 8
_DEPTH_LIMIT = 32


def decode(text: str) -> dict:
    """One message. Raises Refusal `protocol-error` (fatal) or `bad-request`."""
    if len(text) > MESSAGE_LIMIT or len(text.encode(errors="surrogatepass")) > MESSAGE_LIMIT:
        raise Refusal("protocol-error", "A message may have 16 KiB.", fatal=True)
    try:
        message = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refusal("protocol-error", "A message must be JSON.", fatal=True) from None
    if not isinstance(message, dict):
        raise Refusal("protocol-error", "A message must be a JSON object.", fatal=True)
    if not isinstance(message.get("type"), str):
        raise Refusal("bad-request", "type: a word is expected.")
    return message


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def text_field(message: dict, field: str, limit: int, default: str | None = None) -> str:
    """A printable text of 1 to `limit` characters. Raises Refusal `bad-request`."""
    value = message.get(field, default)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= limit:
        raise Refusal("bad-request", f"{field}: a text of 1 to {limit} characters is expected.")
    value = value.strip()
    if not value.isprintable():
        raise Refusal("bad-request", f"{field}: only printable characters are allowed.")
    return value


def bool_field(message: dict, field: str) -> bool:
    """True or false. Raises Refusal `bad-request`."""
    value = message.get(field)
    if not isinstance(value, bool):
        raise Refusal("bad-request", f"{field}: true or false is expected.")
    return value


def id_field(message: dict, field: str) -> str:
    """An id. Raises Refusal `bad-request`."""
    return check_id(message.get(field), field)


def optional_id(message: dict, field: str) -> str | None:
    """An id, or None when it is null or missing. Raises Refusal `bad-request`."""
    return None if message.get(field) is None else id_field(message, field)


def audio_kind(message: dict) -> None:
    """Check `kind` of a stream message: only audio is published here."""
    if message.get("kind", "audio") != "audio":
        raise Refusal("bad-request", "kind: audio is the only kind of stream.")


class Join:
    """A checked `join`."""

    def __init__(self, message: dict) -> None:
        if message["type"] != "join":
            raise Refusal("bad-request", "The first message must be join.", fatal=True)
        self.sdp = message.get("sdp")
        self.name = text_field(message, "name", _NAME_LIMIT, "Guest")
        self.kind = message.get("kind", "agent")
        if self.kind not in _KINDS:
            raise Refusal("bad-request", "kind: board, browser or agent is expected.")
        self.participant_id = optional_id(message, "participant_id")
        self.resume = message.get("resume") or ""
        known = isinstance(self.resume, str) and len(self.resume) <= 128
        if not known or not self.resume.isascii():
            raise Refusal("bad-request", "resume: the secret of an earlier joined is expected.")
        want = message.get("want") or []
        if not isinstance(want, list) or len(want) > _WANTS_LIMIT:
            raise Refusal("bad-request", "want: a list of words is expected.")
        self.wants_levels = "levels" in want


def data_message(message: dict) -> tuple[str, object, str | None]:
    """Topic, data and addressee of a `message`. Raises Refusal `bad-request`."""
    topic = text_field(message, "topic", _TOPIC_LIMIT)
    if "data" not in message:
        raise Refusal("bad-request", "data: is missing.")
    data = message["data"]
    if _is_deeper(data, _DEPTH_LIMIT):
        raise Refusal("bad-request", "data: is nested too deeply.")
    if len(json.dumps(data, ensure_ascii=False).encode(errors="replace")) > DATA_LIMIT:
        raise Refusal("bad-request", "data: at most 8 KiB are expected.")
    return topic, data, optional_id(message, "to")


def _is_deeper(data: object, limit: int) -> bool:
    level = [data]
    for _ in range(limit):
        level = [
            inner
            for item in level
            if isinstance(item, list | dict)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True
