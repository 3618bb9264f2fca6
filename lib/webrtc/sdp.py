"""SDP session descriptions for one line of audio: parse, write, offer, answer.

RFC 8866 (format), RFC 8829 (JSEP), RFC 3264 (offer and answer), RFC 9143 (BUNDLE).
"""
# MIT License; see LICENSE

from micropython import const

from .sdp_local import Local
from .sdp_media import DIRECTIONS, LEVEL_URI, Media, number

MAX_TEXT = const(16384)  # characters; browsers with video and data stay below 10 k
_MAX_LINE = const(2048)
_MAX_MEDIA = const(16)
_PROTOCOL = "UDP/TLS/RTP/SAVPF"
_NOWHERE = "0.0.0.0"
# What a session-level attribute sets for each section that does not say otherwise.
_INHERITED = ("ice-ufrag", "ice-pwd", "fingerprint", "setup", "extmap", "rtcp-mux") + DIRECTIONS


class Session:
    """A session description: `media` (list of Media), `bundle` (mids, empty without BUNDLE),
    `ice_lite`, `trickle`, `session_id` (text of digits), `version` (int).

    Session-level ICE, DTLS and direction attributes are found in the media they hold for.
    """

    def __init__(self, session_id="1", version=1):
        self.session_id = session_id
        self.version = version
        self.media = []
        self.bundle = []
        self.ice_lite = False
        self.trickle = False

    @staticmethod
    def parse(text):
        """Parse a description (at most MAX_TEXT characters); ValueError says what is wrong.

        Attributes that are unknown here are left out.
        """
        if len(text) > MAX_TEXT:
            raise ValueError(f"SDP: longer than {MAX_TEXT} characters")
        if not text.startswith("v=0"):
            raise ValueError("SDP: does not start with v=0")
        self = Session()
        inherited = []
        for line in _lines(text):
            self._line(line[0], line[2:], inherited)
        for media in self.media:
            media.finish()
        return self

    def _line(self, kind, value, inherited):
        media = self.media[-1] if self.media else None
        if kind == "m":
            if len(self.media) == _MAX_MEDIA:
                raise ValueError(f"SDP: more than {_MAX_MEDIA} media")
            media = Media.parse(value)
            self.media.append(media)
            for attribute in inherited:
                media.attribute(*attribute)
        elif kind == "a":
            colon = value.find(":")
            name = value if colon < 0 else value[:colon]
            rest = None if colon < 0 else value[colon + 1 :].strip()
            if name == "ice-options":  # some write it once for all, some into each section
                self.trickle = self.trickle or "trickle" in (rest or "").split()
            elif media is not None:
                media.attribute(name, rest)
            elif name in _INHERITED:
                inherited.append((name, rest))
            else:
                self._attribute(name, rest)
        elif kind == "c" and media is not None:
            media.address = value.split(" ")[-1].split("/")[0] or _NOWHERE
        elif kind == "o":
            self._origin(value)

    def _origin(self, value):
        words = value.split()
        if len(words) != 6:
            raise ValueError("SDP: malformed o= line")
        self.session_id = words[1]
        self.version = number(words[2], 0xFFFFFFFFFFFFFFFF, "version")

    def _attribute(self, name, value):
        if name == "ice-lite":
            self.ice_lite = True
        elif name == "group" and value is not None and not self.bundle:
            words = value.split()
            if words and words[0] == "BUNDLE":
                self.bundle = words[1 : 1 + _MAX_MEDIA]

    def to_text(self):
        """Return the description as text with CRLF line ends."""
        lines = [
            "v=0",
            f"o=- {self.session_id} {self.version} IN IP4 {_NOWHERE}",
            "s=-",
            "t=0 0",
        ]
        if self.bundle:
            lines.append("a=group:BUNDLE " + " ".join(self.bundle))
        if self.ice_lite:
            lines.append("a=ice-lite")
        if self.trickle:
            lines.append("a=ice-options:trickle")
        for media in self.media:
            lines += media.to_lines()
        return "\r\n".join(lines) + "\r\n"

    def audio(self):
        """Return the first audio section that is not rejected, its transport filled in.

        Raises ValueError if there is none, or if it lacks what WebRTC demands: DTLS-SRTP, ICE
        credentials, a SHA-256 fingerprint, rtcp-mux.
        """
        for media in self.media:
            if media.kind == "audio" and not media.rejected:
                break
        else:
            raise ValueError("SDP: no audio, or audio was rejected")
        if media.mid in self.bundle:
            for other in self.media:
                if other.mid == self.bundle[0] and other is not media:
                    media.inherit(other)
        if "TLS" not in media.protocol or "RTP/SAVP" not in media.protocol:
            raise ValueError("SDP: audio without DTLS-SRTP (" + media.protocol + ")")
        if media.ice_ufrag is None or media.ice_pwd is None:
            raise ValueError("SDP: no ICE credentials")
        if media.fingerprint is None:
            raise ValueError("SDP: no sha-256 fingerprint")
        if not media.rtcp_mux:
            raise ValueError("SDP: no rtcp-mux")
        return media


# Yields the lines that look like `x=value`, one at a time: a list of all would double the text.
def _lines(text):
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        if end < 0:
            end = len(text)
        if end - start > _MAX_LINE:
            raise ValueError(f"SDP: line longer than {_MAX_LINE} characters")
        line = text[start:end].rstrip("\r")
        start = end + 1
        if len(line) < 2 or line[1] != "=":
            if line:
                raise ValueError("SDP: malformed line")
            continue
        yield line


def offer(local, mid="0", setup="actpass"):
    """Return the Session that offers one line of audio; local: Local."""
    session = _own_session(local)
    media = _own_media(local, list(local.codecs), mid, setup, local.direction)
    if local.level_id is not None:
        media.extensions.append((local.level_id, LEVEL_URI))
    session.media.append(media)
    session.bundle.append(mid)
    return session


def answer(remote, local, setup="active"):
    """Return the Session that answers `remote`, the offer, section by section.

    The first audio is accepted with the codecs that both have, ours preferred, under the payload
    types of the offer; all else is rejected with port 0. setup: our DTLS role where the offer
    leaves the choice. Raises ValueError if the offer can't be accepted.
    """
    theirs = remote.audio()
    codecs = common_codecs(local.codecs, theirs.codecs)
    if not codecs:
        raise ValueError("SDP: no codec in common")
    if theirs.setup in ("active", "passive"):
        setup = "active" if theirs.setup == "passive" else "passive"
    session = _own_session(local)
    for media in remote.media:
        if media is theirs:
            ours = _accept(theirs, local, codecs, setup)
        else:
            ours = _reject(media, local, setup)
        session.media.append(ours)
    if theirs.mid in remote.bundle:
        session.bundle.append(theirs.mid)
    return session


def _own_session(local):
    session = Session(local.session_id, local.version)
    session.ice_lite = local.lite
    session.trickle = True
    return session


def _own_media(local, codecs, mid, setup, direction, protocol=_PROTOCOL):
    media = Media("audio", 9, protocol, [str(codec[0]) for codec in codecs])
    if local.candidates:  # the default address is the first candidate's (RFC 8829 5.2.1)
        words = local.candidates[0].split()
        media.address, media.port = words[4], int(words[5])
    media.codecs = codecs
    media.mid = mid
    media.direction = direction
    _set_transport(local, media, setup)
    media.ptime = 20
    media.candidates = list(local.candidates)
    media.end_of_candidates = not local.more_candidates
    if direction in ("sendrecv", "sendonly"):
        media.ssrc = local.ssrc
        media.cname = local.cname
        media.msid = local.cname + " audio"
    return media


# Write our ICE credentials and DTLS side into a section.
def _set_transport(local, media, setup):
    media.setup = setup
    media.ice_ufrag = local.ufrag
    media.ice_pwd = local.pwd
    media.fingerprint = local.fingerprint
    media.rtcp_mux = media.kind != "application"


# One format, its codec and the transport are of no use, but aiortc refuses an answer without.
def _reject(theirs, local, setup):
    media = Media(theirs.kind, 0, theirs.protocol, theirs.formats[:1])
    media.mid = theirs.mid
    media.direction = "inactive"
    media.codecs = [codec for codec in theirs.codecs if str(codec[0]) == theirs.formats[0]]
    _set_transport(local, media, setup)
    return media


def _accept(theirs, local, codecs, setup):
    direction = _common_direction(local.direction, theirs.direction)
    media = _own_media(local, codecs, theirs.mid, setup, direction, theirs.protocol)
    if local.level_id is not None and theirs.level_extension is not None:
        media.extensions.append((theirs.level_extension, LEVEL_URI))
    return media


def check_answer(offered, answered):
    """Check the Session `answered` against our offer and return its audio section.

    Raises ValueError naming what contradicts RFC 3264 or cannot be used.
    """
    if len(answered.media) != len(offered.media):
        raise ValueError(f"SDP: answer with {len(answered.media)} media")
    media = answered.audio()
    ours = offered.media[0]
    if media.mid is not None and media.mid != ours.mid:
        raise ValueError("SDP: answer for another mid")
    if media.setup not in ("active", "passive") or media.setup == ours.setup:
        raise ValueError("SDP: bad setup role in the answer")
    if not common_codecs(ours.codecs, media.codecs):
        raise ValueError("SDP: no codec in common")
    return media


def common_codecs(ours, theirs):
    """List our codecs that they have too, in our order, with their payload types."""
    found = []
    for _, name, rate, fmtp in ours:
        for payload_type, their_name, their_rate, _ in theirs:
            if their_name == name and their_rate == rate:
                found.append((payload_type, name, rate, fmtp))
                break
    return found


def _common_direction(ours, theirs):
    sends = ours in ("sendrecv", "sendonly") and theirs in ("sendrecv", "recvonly")
    receives = ours in ("sendrecv", "recvonly") and theirs in ("sendrecv", "sendonly")
    return DIRECTIONS[(0 if receives else 1) if sends else (2 if receives else 3)]


__all__ = ("MAX_TEXT", "Local", "Session", "answer", "check_answer", "common_codecs", "offer")
