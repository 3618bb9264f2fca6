"""ICE candidates and their SDP lines (RFC 8839 section 5.1), priorities (RFC 8445 5.1.2)."""
# MIT License; see LICENSE

from micropython import const

_MAX_LINE = const(512)
_MAX_PRIORITY = const(0x7FFFFFFF)
_LOCAL_PREFERENCE = const(65535)  # one interface, IPv4: the highest (section 5.1.2.1)
_COMPONENT = const(1)  # RTP, and RTCP with it
_PREFERENCES = {"host": 126, "prflx": 110, "srflx": 100, "relay": 0}


def priority(kind, index=0):
    """Priority of our candidate: kind "host", "srflx" ..., index among those of its kind."""
    preference = _PREFERENCES[kind] << 24
    return preference | (_LOCAL_PREFERENCE - index) << 8 | (256 - _COMPONENT)


def is_ipv4(text):
    """Whether text is an IPv4 address in dotted decimal."""
    parts = text.split(".")
    return len(parts) == 4 and all(_number(part, 255) is not None for part in parts)


# int() takes signs, blanks, underscores and foreign digits too; the wire must not.
def _number(text, most):
    if not 1 <= len(text) <= 10 or not all(digit in "0123456789" for digit in text):
        return None
    value = int(text)
    return value if value <= most else None


class Candidate:
    """One transport address: `kind` ("host", "srflx", "prflx", "relay"), `address` (ip, port),
    `priority` (1 to 2**31 - 1), `foundation`, `component`, `transport` ("udp", "tcp"), `related`
    (ip, port) or None, and `ufrag` of the generation it belongs to, or None.
    """

    def __init__(self, kind, address, priority, foundation="1", related=None):
        self.kind = kind
        self.address = address
        self.priority = priority
        self.foundation = foundation
        self.component = _COMPONENT
        self.transport = "udp"
        self.related = related
        self.ufrag = None

    @staticmethod
    def parse(line):
        """Parse `candidate:...`, with or without `a=` before it; raise ValueError if malformed."""
        words = line.strip().split() if len(line) <= _MAX_LINE else ()
        if len(words) < 8 or words[6] != "typ" or words[7] not in _PREFERENCES:
            raise ValueError("malformed ICE candidate")
        foundation = words[0][2:] if words[0].startswith("a=") else words[0]
        component = _number(words[1], 256)
        rank = _number(words[3], _MAX_PRIORITY)
        port = _number(words[5], 65535)
        if not foundation.startswith("candidate:") or not component or not rank or port is None:
            raise ValueError("malformed ICE candidate")
        self = Candidate(words[7], (words[4], port), rank, foundation[10:])
        self.component = component
        self.transport = words[2].lower()
        self._parse_extensions(words)
        return self

    def _parse_extensions(self, words):
        pairs = {words[i]: words[i + 1] for i in range(8, len(words) - 1, 2)}
        port = _number(pairs.get("rport", ""), 65535)
        if "raddr" in pairs and port is not None:
            self.related = pairs["raddr"], port
        self.ufrag = pairs.get("ufrag")

    def to_line(self):
        """Return the line in W3C's form, without `a=` and line end."""
        ip, port = self.address
        line = f"candidate:{self.foundation} {self.component} {self.transport} {self.priority}"
        line += f" {ip} {port} typ {self.kind}"
        if self.related is not None:
            ip, port = self.related
            line += f" raddr {ip} rport {port}"
        return line

    @property
    def is_name(self):
        """Whether a name stands for the address, as in browsers' mDNS candidates."""
        ip = self.address[0]
        return ":" not in ip and not is_ipv4(ip)

    @property
    def is_usable(self):
        """Whether we can send to it: UDP over unicast IPv4, first component, a real port."""
        ip, port = self.address
        return (
            self.transport == "udp"
            and self.component == _COMPONENT
            and port > 0
            and is_ipv4(ip)
            and 0 < int(ip.split(".")[0]) < 224
        )
