"""One m= section of an SDP session description (RFC 8866 section 5.14, RFC 8829)."""
# MIT License; see LICENSE

from micropython import const

LEVEL_URI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"  # RFC 6464
DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
_SETUP_ROLES = ("actpass", "active", "passive", "holdconn")
_MAX_CANDIDATES = const(32)
_MAX_FORMATS = const(128)  # browsers list some fifty for video
_MAX_EXTENSIONS = const(16)
_STATIC_CODECS = {0: ("PCMU", 8000), 8: ("PCMA", 8000)}  # RFC 3551 section 6
_NAMES = {"pcmu": "PCMU", "pcma": "PCMA"}


def number(text, most, what):
    """Parse a decimal from 0 to `most`; raise ValueError naming `what`. Stricter than int()."""
    if 1 <= len(text) <= 20 and all(digit in "0123456789" for digit in text):
        value = int(text)
        if value <= most:
            return value
    raise ValueError("SDP: bad " + what)


class Media:
    """One media section. Attributes that a section does not have are None or empty.

    `kind` ("audio", "video", "application"), `port` (0 = rejected), `protocol`, `formats` (words),
    `codecs` [(payload_type, name, rate_hz, fmtp)], `mid`, `direction`, `setup`, `ice_ufrag`,
    `ice_pwd`, `fingerprint` (of SHA-256, upper case), `rtcp_mux`, `extensions` [(id, uri)],
    `ssrc`, `cname`, `msid`, `ptime` (ms), `candidates` (lines without `a=`),
    `end_of_candidates`, `bundle_only`, `address` (the IP of its c= line).
    """

    def __init__(self, kind, port, protocol, formats):
        self.kind = kind
        self.port = port
        self.protocol = protocol
        self.formats = formats
        self.address = "0.0.0.0"
        self.codecs = []
        self.mid = None
        self.direction = "sendrecv"
        self.setup = None
        self.ice_ufrag = None
        self.ice_pwd = None
        self.fingerprint = None
        self.rtcp_mux = False
        self.extensions = []
        self.ssrc = None
        self.cname = None
        self.msid = None
        self.ptime = None
        self.candidates = []
        self.end_of_candidates = False
        self.bundle_only = False
        self._maps = {}  # payload type: (name, rate), until finish()
        self._fmtps = {}

    @staticmethod
    def parse(value):
        """Parse what stands after `m=`."""
        words = value.split()
        if len(words) < 4 or len(words) > 3 + _MAX_FORMATS:
            raise ValueError("SDP: malformed m= line")
        port = number(words[1].split("/")[0], 65535, "port")
        return Media(words[0], port, words[2], words[3:])

    @property
    def rejected(self):
        """Whether the section carries nothing (port 0, and not because it is bundled)."""
        return self.port == 0 and not self.bundle_only

    @property
    def level_extension(self):
        """Id (1 to 14) of the RFC 6464 audio level extension, or None."""
        for identifier, uri in self.extensions:
            if uri == LEVEL_URI and 1 <= identifier <= 14:  # others need two-byte headers
                return identifier
        return None

    def attribute(self, name, value):
        """Take in one attribute: name, and value (None for a property attribute)."""
        if value is None:
            self._flag(name)
            return
        reader = _READERS.get(name)
        if reader is None:
            reader = _KIND_READERS.get(self.kind, {}).get(name)
        if reader is not None:
            reader(self, value)

    def _flag(self, name):
        if name in DIRECTIONS:
            self.direction = name
        elif name == "rtcp-mux":
            self.rtcp_mux = True
        elif name == "bundle-only":
            self.bundle_only = True
        elif name == "end-of-candidates":
            self.end_of_candidates = True

    def _read_mid(self, value):
        self.mid = value

    def _read_setup(self, value):
        if value not in _SETUP_ROLES:
            raise ValueError("SDP: unknown setup role")
        self.setup = value

    def _read_ufrag(self, value):
        if not 4 <= len(value) <= 256:
            raise ValueError("SDP: bad length of ice-ufrag")
        self.ice_ufrag = value

    def _read_pwd(self, value):
        if not 22 <= len(value) <= 256:
            raise ValueError("SDP: bad length of ice-pwd")
        self.ice_pwd = value

    # Several hashes may be given; stock firmware computes SHA-256 alone (RFC 8122 section 5).
    def _read_fingerprint(self, value):
        words = value.split()
        if len(words) != 2:
            raise ValueError("SDP: malformed fingerprint")
        if words[0].lower() != "sha-256":
            return
        parts = words[1].split(":")
        if len(parts) != 32 or not all(_is_hex_byte(part) for part in parts):
            raise ValueError("SDP: malformed sha-256 fingerprint")
        self.fingerprint = words[1].upper()

    def _read_rtpmap(self, value):
        words = value.split()
        parts = words[1].split("/") if len(words) == 2 else ()
        if not 2 <= len(parts) <= 3:
            raise ValueError("SDP: malformed rtpmap")
        name = parts[0].lower()
        # Stereo other than Opus, which is always declared so (RFC 7587 section 7), is not for us.
        if (parts[2:] or ["1"])[0] == ("2" if name == "opus" else "1"):
            rate = number(parts[1], 768000, "clock rate")
            codec = _NAMES.get(name, name if name == "opus" else parts[0]), rate
            self._maps[number(words[0], 127, "payload type")] = codec

    def _read_fmtp(self, value):
        words = value.split(None, 1)
        if len(words) == 2:
            self._fmtps[number(words[0], 127, "payload type")] = words[1].strip()

    def _read_extmap(self, value):
        words = value.split()
        if len(words) < 2:
            raise ValueError("SDP: malformed extmap")
        if len(self.extensions) < _MAX_EXTENSIONS:
            self.extensions.append((number(words[0].split("/")[0], 4095, "extmap id"), words[1]))

    def _read_ssrc(self, value):
        words = value.split(None, 1)
        ssrc = number(words[0] if words else "", 0xFFFFFFFF, "ssrc")
        if self.ssrc is None:
            self.ssrc = ssrc
        if ssrc == self.ssrc and len(words) == 2 and words[1].startswith("cname:"):
            self.cname = words[1][6:].strip()

    def _read_msid(self, value):
        self.msid = value

    def _read_ptime(self, value):
        self.ptime = number(value, 1000, "ptime")

    # What lies beyond the cap would not be checked anyway; lines are judged by the ICE agent.
    def _read_candidate(self, value):
        if len(self.candidates) < _MAX_CANDIDATES:
            self.candidates.append("candidate:" + value)

    def finish(self):
        """Join rtpmap and fmtp lines into `codecs`, in the order of the m= line."""
        if self.kind in _KIND_READERS:
            for word in self.formats:
                payload_type = number(word, 127, "payload type")
                codec = self._maps.get(payload_type) or _STATIC_CODECS.get(payload_type)
                if codec is not None:
                    fmtp = self._fmtps.get(payload_type, "")
                    self.codecs.append((payload_type, codec[0], codec[1], fmtp))
        self._maps = self._fmtps = None

    def inherit(self, other):
        """Take the transport from `other`, the section that leads the BUNDLE (RFC 9143)."""
        for name in ("ice_ufrag", "ice_pwd", "fingerprint", "setup"):
            if getattr(self, name) is None:
                setattr(self, name, getattr(other, name))
        if not self.candidates:
            self.candidates = other.candidates
            self.end_of_candidates = self.end_of_candidates or other.end_of_candidates

    def to_lines(self):
        """Return the section as a list of lines without line ends."""
        words = [self.kind, str(self.port), self.protocol] + self.formats
        lines = ["m=" + " ".join(words), "c=IN IP4 " + self.address]
        if self.mid is not None:
            lines.append("a=mid:" + self.mid)
        lines.append("a=" + self.direction)
        self._transport_lines(lines)
        for payload_type, name, rate, fmtp in self.codecs:
            channels = "/2" if name == "opus" else ""
            lines.append(f"a=rtpmap:{payload_type} {name}/{rate}{channels}")
            if fmtp:
                lines.append(f"a=fmtp:{payload_type} {fmtp}")
        if self.ptime is not None:
            lines.append(f"a=ptime:{self.ptime}")
        lines += ["a=extmap:{} {}".format(*extension) for extension in self.extensions]
        if self.msid is not None:
            lines.append("a=msid:" + self.msid)
        if self.ssrc is not None:
            cname = "" if self.cname is None else " cname:" + self.cname
            lines.append(f"a=ssrc:{self.ssrc}{cname}")
        return lines

    def _transport_lines(self, lines):
        if self.bundle_only:
            lines.append("a=bundle-only")
        if self.rtcp_mux:
            lines.append("a=rtcp-mux")
        for name, value in (
            ("ice-ufrag:", self.ice_ufrag),
            ("ice-pwd:", self.ice_pwd),
            ("fingerprint:sha-256 ", self.fingerprint),
            ("setup:", self.setup),
        ):
            if value is not None:
                lines.append("a=" + name + value)
        lines += ["a=" + line for line in self.candidates]
        if self.end_of_candidates:
            lines.append("a=end-of-candidates")


def _is_hex_byte(text):
    return len(text) == 2 and all(digit in "0123456789abcdefABCDEF" for digit in text)


_READERS = {
    "mid": Media._read_mid,
    "setup": Media._read_setup,
    "ice-ufrag": Media._read_ufrag,
    "ice-pwd": Media._read_pwd,
    "fingerprint": Media._read_fingerprint,
    "candidate": Media._read_candidate,
}
_KIND_READERS = {
    "audio": {
        "rtpmap": Media._read_rtpmap,
        "fmtp": Media._read_fmtp,
        "extmap": Media._read_extmap,
        "ssrc": Media._read_ssrc,
        "msid": Media._read_msid,
        "ptime": Media._read_ptime,
    },
    "video": {"rtpmap": Media._read_rtpmap},  # enough to reject it
}
