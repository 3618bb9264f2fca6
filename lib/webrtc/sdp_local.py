"""What this end says of itself in its SDP; stays, while what writes and reads SDP is dropped."""
# MIT License; see LICENSE


class Local:
    """What this end puts into its descriptions.

    codecs: [(payload_type, name, rate_hz, fmtp)] in order of preference.
    ufrag, pwd, fingerprint: ICE credentials; SHA-256 of the certificate as "AA:BB:...".
    ssrc, cname: of our stream.
    candidates: lines without `a=`; all there are, unless more_candidates says that some follow.
    level_id: id (1 to 14) to offer the RFC 6464 extension with, None to do without.
    direction: one of sdp_media.DIRECTIONS. lite: whether our ICE agent is a lite one.
    """

    def __init__(
        self,
        codecs,
        ufrag,
        pwd,
        fingerprint,
        ssrc,
        cname,
        candidates=(),
        more_candidates=False,
        level_id=1,
        direction="sendrecv",
        lite=False,
        session_id="1",
        version=1,
    ):
        self.codecs = codecs
        self.ufrag = ufrag
        self.pwd = pwd
        self.fingerprint = fingerprint
        self.ssrc = ssrc
        self.cname = cname
        self.candidates = candidates
        self.more_candidates = more_candidates
        self.level_id = level_id
        self.direction = direction
        self.lite = lite
        self.session_id = session_id
        self.version = version
