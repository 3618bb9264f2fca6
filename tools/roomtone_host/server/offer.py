"""The client's SDP offer and the server's answer: one audio line, BUNDLE, rtcp-mux, DTLS-SRTP."""
# MIT License; see LICENSE

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .reasons import Refusal

AUDIO_LEVEL_URI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
_LINES_LIMIT = 400
_CANDIDATES_LIMIT = 16
_STATIC_PAYLOAD_TYPES = {0: ("PCMU", 8000), 8: ("PCMA", 8000)}
_CODECS = {"OPUS": 48000, "PCMU": 8000, "PCMA": 8000}
_ICE_TEXT = re.compile(r"[A-Za-z0-9+/]{4,256}")
_FINGERPRINT = re.compile(r"(?:[0-9A-F]{2}:)+[0-9A-F]{2}")
_FINGERPRINT_LENGTHS = {"sha-256": 95, "sha-384": 143, "sha-512": 191}
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]{1,64}")


@dataclass(frozen=True)
class Codec:
    """One codec as the offer numbers it."""

    payload_type: int
    name: str
    rate_hz: int
    playback_hz: int = 48000  # no more can be heard (RFC 7587 section 6.1); for Opus


@dataclass
class MediaLine:
    """One `m=` section, as far as the server needs it."""

    kind: str
    protocol: str
    formats: list[str]
    mid: str | None = None
    direction: str = "sendrecv"
    rtcp_mux: bool = False
    setup: str = "actpass"
    ufrag: str = ""
    pwd: str = ""
    fingerprints: list[tuple[str, str]] = field(default_factory=list)
    candidates: list[str] = field(default_factory=list)
    rtpmaps: dict[int, tuple[str, int]] = field(default_factory=dict)
    fmtps: dict[int, str] = field(default_factory=dict)
    extensions: dict[str, int] = field(default_factory=dict)


@dataclass
class Offer:
    """A parsed and checked offer."""

    lines: list[MediaLine]
    audio: MediaLine
    codec: Codec
    ice_lite: bool

    @property
    def level_extension(self) -> int | None:
        """The id of the RFC 6464 header extension, if offered."""
        return self.audio.extensions.get(AUDIO_LEVEL_URI)


def parse_offer(text: object) -> Offer:
    """Parse and check an SDP offer.

    Raises Refusal `bad-request` with the offending fact, or `no-codec`.
    """
    if not isinstance(text, str):
        raise Refusal("bad-request", "sdp: an SDP offer is expected.")
    try:
        session, lines = _parse_lines(text)
    except (ValueError, IndexError):
        raise Refusal("bad-request", "sdp: the offer can't be read.") from None
    audio = next((line for line in lines if line.kind == "audio"), None)
    if audio is None:
        raise Refusal("bad-request", "sdp: the offer has no audio line.")
    _check_audio(audio)
    return Offer(lines, audio, _choose_codec(audio), session.ice_lite)


@dataclass
class _Session:
    defaults: MediaLine
    ice_lite: bool = False


def _parse_lines(text: str) -> tuple[_Session, list[MediaLine]]:
    session = _Session(MediaLine("", "", []))
    lines: list[MediaLine] = []
    raw = text.splitlines()
    if len(raw) > _LINES_LIMIT or not raw or raw[0] != "v=0":
        raise ValueError("not SDP")
    for line in raw:
        if line.startswith("m="):
            kind, _port, protocol, *formats = line[2:].split()
            lines.append(_new_line(session.defaults, kind, protocol, formats))
        elif line == "a=ice-lite":
            session.ice_lite = True
        elif line.startswith("a="):
            name, _, value = line[2:].partition(":")
            _attribute(lines[-1] if lines else session.defaults, name, value)
    return session, lines


def _new_line(defaults: MediaLine, kind: str, protocol: str, formats: list[str]) -> MediaLine:
    for word in (kind, *formats):
        if not _TOKEN.fullmatch(word):
            raise ValueError("m line")
    if not re.fullmatch(r"[A-Z/]{1,32}", protocol) or not 0 < len(formats) <= 64:
        raise ValueError("m line")
    return MediaLine(
        kind,
        protocol,
        formats,
        direction=defaults.direction,
        setup=defaults.setup,
        ufrag=defaults.ufrag,
        pwd=defaults.pwd,
        fingerprints=list(defaults.fingerprints),
    )


def _attribute(line: MediaLine, name: str, value: str) -> None:
    if name in ("sendrecv", "sendonly", "recvonly", "inactive"):
        line.direction = name
    elif name == "rtcp-mux":
        line.rtcp_mux = True
    elif name == "mid" and _TOKEN.fullmatch(value):
        line.mid = value
    elif name == "setup":
        line.setup = value
    elif name == "ice-ufrag":
        line.ufrag = value
    elif name == "ice-pwd":
        line.pwd = value
    elif name == "fingerprint":
        algorithm, digest = value.split()
        line.fingerprints.append((algorithm.lower(), digest.upper()))
    elif name == "candidate" and len(line.candidates) < _CANDIDATES_LIMIT:
        line.candidates.append(value)
    elif name == "rtpmap":
        payload_type, encoding = value.split(None, 1)
        parts = encoding.split("/")
        line.rtpmaps[int(payload_type)] = (parts[0].upper(), int(parts[1]))
    elif name == "fmtp":
        payload_type, parameters = value.split(None, 1)
        line.fmtps[int(payload_type)] = parameters
    elif name == "extmap":
        number, uri = value.split()[:2]
        line.extensions[uri] = int(number.split("/")[0])


def _check_audio(audio: MediaLine) -> None:
    if audio.protocol not in ("UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVP"):
        raise Refusal("bad-request", "sdp: the audio line must be UDP/TLS/RTP/SAVPF.")
    if not audio.rtcp_mux:
        raise Refusal("bad-request", "sdp: a=rtcp-mux is missing.")
    if not _ICE_TEXT.fullmatch(audio.ufrag) or not _ICE_TEXT.fullmatch(audio.pwd):
        raise Refusal("bad-request", "sdp: a=ice-ufrag or a=ice-pwd is missing or malformed.")
    if audio.setup not in ("actpass", "active", "passive"):
        raise Refusal("bad-request", "sdp: a=setup must be actpass, active or passive.")
    level = audio.extensions.get(AUDIO_LEVEL_URI)
    if level is not None and not 1 <= level <= 14:
        del audio.extensions[AUDIO_LEVEL_URI]
    good = [
        (algorithm, digest)
        for algorithm, digest in audio.fingerprints
        if _FINGERPRINT_LENGTHS.get(algorithm) == len(digest) and _FINGERPRINT.fullmatch(digest)
    ]
    if "sha-256" not in (algorithm for algorithm, _ in good):
        raise Refusal("bad-request", "sdp: a=fingerprint:sha-256 is missing or malformed.")
    audio.fingerprints = good


def _choose_codec(audio: MediaLine) -> Codec:
    offered = {}
    for text in audio.formats:
        if not text.isdigit() or int(text) > 127:
            continue
        number = int(text)
        name, rate_hz = audio.rtpmaps.get(number) or _STATIC_PAYLOAD_TYPES.get(number, ("", 0))
        if _CODECS.get(name) == rate_hz:
            playback_hz = _playback_hz(audio.fmtps.get(number, ""))
            offered.setdefault(name, Codec(number, name, rate_hz, playback_hz))
    # The order of the offer counts between the laws of G.711; Opus always wins.
    order = sorted(offered, key=lambda name: name != "OPUS")
    if not order:
        raise Refusal("no-codec")
    return offered[order[0]]


def _playback_hz(parameters: str) -> int:
    found = re.search(r"(?:^|;)\s*maxplaybackrate=(\d{4,5})\s*(?:;|$)", parameters)
    return int(found[1]) if found else 48000


_REVERSED = {
    "sendrecv": "sendrecv",
    "sendonly": "recvonly",
    "recvonly": "sendonly",
    "inactive": "inactive",
}


@dataclass(frozen=True)
class Local:
    """What the server puts into its answer."""

    ufrag: str
    pwd: str
    fingerprint: str  # sha-256
    setup: str
    candidates: list[str]
    ssrc: int
    cname: str


def answer(offer: Offer, local: Local) -> str:
    """The SDP answer to `offer`: its audio line accepted, every other line rejected."""
    mid = offer.audio.mid or "0"
    out = ["v=0", f"o=- {local.ssrc} 1 IN IP4 0.0.0.0", "s=-", "t=0 0", f"a=group:BUNDLE {mid}"]
    for line in offer.lines:
        if line is offer.audio:
            out += _audio_lines(offer, local, mid)
        else:
            out.append(f"m={line.kind} 0 {line.protocol} {' '.join(line.formats)}")
            out.append("c=IN IP4 0.0.0.0")
            out += [f"a=mid:{line.mid}"] if line.mid else []
            out.append("a=inactive")
    return "\r\n".join(out) + "\r\n"


def _audio_lines(offer: Offer, local: Local, mid: str) -> list[str]:
    codec, audio = offer.codec, offer.audio
    number = codec.payload_type
    if codec.name == "OPUS":
        encoding = [
            f"a=rtpmap:{number} opus/48000/2",
            f"a=fmtp:{number} minptime=10;useinbandfec=1;stereo=0",
        ]
    else:
        encoding = [f"a=rtpmap:{number} {codec.name}/{codec.rate_hz}"]
    level = offer.level_extension
    return [
        f"m=audio 9 {audio.protocol} {number}",
        "c=IN IP4 0.0.0.0",
        f"a=mid:{mid}",
        f"a={_REVERSED[audio.direction]}",
        "a=rtcp-mux",
        *encoding,
        "a=ptime:20",
        *([f"a=extmap:{level} {AUDIO_LEVEL_URI}"] if level is not None else []),
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.pwd}",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        f"a=setup:{local.setup}",
        f"a=ssrc:{local.ssrc} cname:{local.cname}",
        f"a=msid:roomtone mix-{local.ssrc}",
        *(f"a=candidate:{line}" for line in local.candidates),
        "a=end-of-candidates",
    ]
