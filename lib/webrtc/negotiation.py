"""Offer and answer of one line of audio: the signaling state of a peer connection (RFC 8829)."""
# MIT License; see LICENSE

# What can be negotiated: (payload type that we offer, name, clock rate, fmtp).
CODECS = {
    "PCMU": (0, "PCMU", 8000, ""),
    "PCMA": (8, "PCMA", 8000, ""),
    "CN": (13, "CN", 8000, ""),  # comfort noise (RFC 3389), beside a codec
    "opus": (
        111,
        "opus",
        48000,
        "minptime=10;useinbandfec=1;maxplaybackrate=16000;sprop-stereo=0",
    ),
}


class Negotiation:
    """Holds descriptions and what follows from them.

    local: sdp_local.Local, whose `ufrag`, `pwd`, `candidates` and `more_candidates` the owner
    keeps up to date. `signaling_state`: "stable", "have-local-offer", "have-remote-offer" or
    "closed".

    After both descriptions are set: `remote` (the peer's audio section; the owner takes what it
    needs of it and calls `forget_remote`), `remote_ufrag`, `remote_lite`, `codecs`
    (in common, first is used), `noise_type` (payload type of CN, or None), `level_id` (0: none),
    `role` (of DTLS: "client" or "server"), `sends`, `receives`. `offered`: whether the last offer
    was ours, None before any.
    """

    def __init__(self, local):
        self.local = local
        self.signaling_state = "stable"
        self.remote = None
        self.remote_ufrag = None
        self.remote_lite = False
        self.codecs = []
        self.noise_type = None
        self.level_id = 0
        self.role = None
        self.sends = False
        self.receives = False
        self.offered = None
        self._created = {}  # what create_* returned: kind: (text, session)
        self._offer = None  # the pending one, ours or theirs
        self._mid = "0"
        self._fingerprint = None  # the peer's, once agreed

    def create_offer(self):
        """Return the text of an offer. Raises ValueError unless signaling is stable."""
        self._expect("stable", "have-local-offer")
        from . import sdp  # late, here and below: it is dropped once there is a connection

        return self._keep("offer", sdp.offer(self.local, self._mid))

    def create_answer(self):
        """Return the text of an answer to the remote offer. Raises ValueError without one."""
        self._expect("have-remote-offer")
        from . import sdp

        # A DTLS association that exists keeps its roles (RFC 8842 section 5.3).
        setup = "passive" if self.role == "server" else "active"
        return self._keep("answer", sdp.answer(self._offer, self.local, setup))

    def _keep(self, kind, session):
        text = session.to_text()
        self._created[kind] = (text, session)
        self.local.version += 1
        return text

    def set_local(self, kind, text):
        """Set what create_offer or create_answer returned last; text: it, or None to mean it.

        Raises ValueError for another text, or at the wrong time.
        """
        self._expect("have-remote-offer" if kind == "answer" else "stable")
        made = self._created.pop(kind, None)
        if made is None or text not in (None, made[0]):
            raise ValueError("not the description that was created last")
        if kind == "offer":
            self._offer = made[1]
            self.offered = True
            self.signaling_state = "have-local-offer"
        else:
            self._agree(made[1], self._offer.audio(), self._offer.ice_lite)

    def set_remote(self, kind, text):
        """Set the peer's description. Raises ValueError if it can't be used, or can't be now."""
        self._expect("have-local-offer" if kind == "answer" else "stable")
        from . import sdp

        session = sdp.Session.parse(text)
        if kind == "offer":
            media = session.audio()
            self._same_peer(media)
            if not _split(sdp.common_codecs(self.local.codecs, media.codecs))[0]:
                raise ValueError("SDP: no codec in common")
            self._offer = session
            self.remote = media
            self.remote_ufrag = media.ice_ufrag
            self.remote_lite = session.ice_lite
            self.offered = False
            self.signaling_state = "have-remote-offer"
        else:
            media = sdp.check_answer(self._offer, session)
            self._same_peer(media)
            self._agree(self._offer, media, session.ice_lite)

    # A new certificate would be a new peer: that takes a new connection.
    def _same_peer(self, media):
        if self._fingerprint not in (None, media.fingerprint):
            raise ValueError("SDP: the fingerprint changed")

    # Take over what two sections agree on; the answer's codecs and payload types hold.
    def _agree(self, session, remote, lite):
        from . import sdp

        if self.offered:
            ours = session.media[0]
            answer = remote
            role = "server" if remote.setup == "active" else "client"
            codecs = sdp.common_codecs(remote.codecs, ours.codecs)
        else:
            ours = answer = session.audio()
            role = "client" if ours.setup == "active" else "server"
            codecs = ours.codecs
        if self.role not in (None, role):
            raise ValueError("SDP: the DTLS role changed")
        codecs, noise_type = _split(codecs)
        if not codecs:
            raise ValueError("SDP: no codec in common")
        self.role = role
        self.remote = remote
        self.remote_ufrag = remote.ice_ufrag
        self.remote_lite = lite
        self._fingerprint = remote.fingerprint
        self._mid = ours.mid or self._mid
        self.codecs = codecs
        self.noise_type = noise_type
        self.level_id = answer.level_extension or 0
        self.sends = ours.direction in ("sendrecv", "sendonly") and remote.direction in (
            "sendrecv",
            "recvonly",
        )
        self.receives = ours.direction in ("sendrecv", "recvonly") and remote.direction in (
            "sendrecv",
            "sendonly",
        )
        self.signaling_state = "stable"

    def forget_remote(self):
        """Let go of the descriptions, a few kilobytes, once they are agreed on and taken over."""
        self.remote = self._offer = None
        self._created.clear()

    def _expect(self, *states):
        if self.signaling_state not in states:
            raise ValueError("signaling is " + self.signaling_state)

    def close(self):
        """Negotiate no more."""
        self.signaling_state = "closed"


# Codecs without CN, and its payload type: it stands beside G.711 and never alone (RFC 3389).
def _split(codecs):
    speech = [codec for codec in codecs if codec[1] != "CN"]
    types = [codec[0] for codec in codecs if codec[1] == "CN"]
    return speech, types[0] if types and speech and speech[0][2] == 8000 else None
