"""Identifiers: room ids that can be read out, session and participant ids, secrets."""
# MIT License; see LICENSE

from __future__ import annotations

import re
import secrets

from .reasons import Refusal

# Digits and letters without those that look or sound like another (0 o, 1 l i, u v).
_ALPHABET = "23456789abcdefghjkmnpqrstwxyz"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,63}")


def room_id() -> str:
    """A new room id, three groups of four, about 58 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


def session_id() -> str:
    """A new session id."""
    return "s-" + secrets.token_hex(6)


def participant_id() -> str:
    """A new participant id."""
    return "p-" + secrets.token_hex(4)


def resume_secret() -> str:
    """What brings a participant back to its place in a session, 128 bits."""
    return secrets.token_hex(16)


def check_id(value: object, field: str) -> str:
    """`value` as an id of up to 64 letters, digits and `. _ ~ -`.

    Raises Refusal `bad-request` that names `field`.
    """
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Refusal("bad-request", f"{field}: 1 to 64 letters, digits or . _ ~ - are expected.")
    return value
