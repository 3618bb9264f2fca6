"""Invite links: what a board needs for a room, in one line that a person can copy or scan."""
# MIT License; see LICENSE

# What may stand in the fragment, which browsers neither send nor log, and the setting it is.
_FRAGMENT = {
    "token": "token",
    "certificate": "certificate_sha256",
    "update": "update_key_sha256",
}


class InviteError(ValueError):
    """The text is not an invite link."""


def parse(text):
    """Settings of an invite link, a dict: server, room, and what its fragment has.

    `http(s)://HOST[:PORT][/PREFIX]/r/ROOM#token=..&certificate=..&update=..`; `roomtone://` is
    https. Raises InviteError.
    """
    address, _, fragment = text.strip().partition("#")
    scheme, separator, rest = address.partition("://")
    scheme = scheme.lower()
    if scheme == "roomtone":
        scheme = "https"
    place, mark, room = rest.partition("?")[0].rpartition("/r/")
    room = _decode(room.rstrip("/"))
    if not separator or scheme not in ("http", "https") or not mark or not place or not room:
        raise InviteError("This is no invite link; one looks like https://HOST/r/ROOM#token=...")
    if "/" in room or any(not " " < c < "\x7f" for c in place):
        raise InviteError("The invite link is broken: copy it again, as a whole.")
    found = {"server": f"{scheme}://{place}", "room": room}
    for pair in fragment.split("&"):
        name, _, value = pair.partition("=")
        if name in _FRAGMENT and value:
            found[_FRAGMENT[name]] = _decode(value)
    return found


def _decode(text):
    """Undo percent-encoding. Raises InviteError."""
    out = bytearray()
    parts = text.split("%")
    out.extend(parts[0].encode())
    try:
        for part in parts[1:]:
            if len(part) < 2:
                raise ValueError
            out.append(int(part[:2], 16))
            out.extend(part[2:].encode())
        return bytes(out).decode()
    except (ValueError, UnicodeError):
        raise InviteError("The invite link is broken: copy it again, as a whole.") from None
