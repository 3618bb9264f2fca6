"""URLs of servers, as far as a board needs them (RFC 3986)."""
# MIT License; see LICENSE

_SCHEMES = {"http": (False, 80), "ws": (False, 80), "https": (True, 443), "wss": (True, 443)}
_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"


class Url:
    """`secure`, `host` (no brackets), `port`, `path` (with query, at least "/")."""

    def __init__(self, text):
        """Raises ValueError that says what is wrong with `text`."""
        scheme, colon, rest = text.partition("://")
        if not colon or scheme.lower() not in _SCHEMES:
            raise ValueError(f"{text!r} must start with http://, https://, ws:// or wss://")
        self.secure, default = _SCHEMES[scheme.lower()]
        rest = rest.partition("#")[0]
        cut = _first(rest, "/?")
        self.host, self.port = _authority(text, rest[:cut], default)
        self.path = rest[cut:] if rest[cut : cut + 1] == "/" else "/" + rest[cut:]
        for character in self.host + self.path:
            if not 0x20 < ord(character) < 0x7F:
                raise ValueError(f"{text!r} has a space or a character that is not ASCII")

    @property
    def authority(self):
        """Host and port as a Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    def join(self, path):
        """`path` below this URL's own path, without its query."""
        return self.path.partition("?")[0].rstrip("/") + path


def quote(text):
    """Percent-encode one path segment."""
    out = []
    for byte in text.encode():
        out.append(chr(byte) if chr(byte) in _UNRESERVED else f"%{byte:02X}")
    return "".join(out)


def _first(text, characters):
    for index, character in enumerate(text):
        if character in characters:
            return index
    return len(text)


def _authority(text, part, default):
    if "@" in part:
        raise ValueError(f"{text!r} must not hold a user name or password")
    if part[:1] == "[":
        host, bracket, port = part[1:].partition("]")
        if not bracket or (port and port[0] != ":"):
            raise ValueError(f"{text!r} has a broken IPv6 address")
        port = port[1:]
    else:
        host, _, port = part.partition(":")
    if not host:
        raise ValueError(f"{text!r} has no host")
    if not port:
        return host, default
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError(f"{text!r} has a wrong port")
    return host, int(port)
