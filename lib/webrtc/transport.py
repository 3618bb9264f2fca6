"""ICE and DTLS of one connection joined: the path, and the keys for what travels on it."""
# MIT License; see LICENSE

from micropython import const

from .dtls import Dtls

_MAX_EARLY = const(4)  # DTLS datagrams that overtook the ICE answer
_MAX_OUTBOX = const(64)


def earliest(a, b):
    """Return the lesser of two times, either of which may be None."""
    if a is None:
        return b
    return a if b is None else min(a, b)


class Transport:
    """Runs DTLS on the path that `ice` (an IceAgent) finds.

    `outbox`: [(data, (ip, port))]; `state`: as PeerConnection.connection_state; `reason`: why it
    failed or was closed by the peer, or None; `deadline_ms`; `dropped`: datagrams of no use.
    """

    def __init__(self, ice, identity, urandom, pool):
        self.ice = ice
        self.outbox = []
        self.reason = None
        self.deadline_ms = ice.deadline_ms
        self.dropped = 0
        self._identity = identity
        self._urandom = urandom
        self._pool = pool
        self._dtls = None
        self._early = []
        self._closed = False

    @property
    def dtls_state(self):
        """ "new", "connecting", "connected", "closed" or "failed"."""
        return "new" if self._dtls is None else self._dtls.state

    @property
    def state(self):
        """What ICE and DTLS make together, in the words of RTCPeerConnectionState."""
        ice = self.ice.state
        dtls = self.dtls_state
        if self._closed or dtls == "closed":
            return "closed"
        if ice == "failed" or dtls == "failed":
            return "failed"
        if ice == "disconnected":
            return "disconnected"
        if dtls == "connected":
            return "connected"
        return "new" if ice == "new" else "connecting"

    @property
    def busy(self):
        """Whether arithmetic waits for `step`."""
        return self._dtls is not None and self._dtls.busy

    def negotiated(self, role, remote, lite):
        """Take over what was negotiated.

        role: of DTLS, "client" or "server". remote: the peer's sdp.Media. lite: whether it is an
        ICE-lite peer.
        """
        self.ice.set_remote(remote.ice_ufrag, remote.ice_pwd, lite)
        for line in remote.candidates:
            self.ice.add_remote_candidate(line)
        if self._dtls is None:
            fingerprint = remote.fingerprint
            self._dtls = Dtls(role, self._identity, fingerprint, self._urandom, pool=self._pool)
        self.deadline_ms = self.ice.deadline_ms

    def srtp_keys(self):
        """Return (local key, local salt, remote key, remote salt), once DTLS is connected."""
        return self._dtls.srtp_keys()

    def step(self, now_ms):
        """Do one slice of the handshake's arithmetic, about 10 ms on a chip."""
        self._dtls.step(now_ms)
        self._settle(now_ms)

    def receive(self, data, address, now_ms):
        """Take in a STUN or DTLS datagram from address (ip, port)."""
        if self._closed:
            return
        kind = data[0]
        if kind <= 3:
            self.ice.receive(data, address, now_ms)
        elif not 20 <= kind <= 63:
            self.dropped += 1
        elif self.dtls_state == "new":
            # The peer may take the path for good a round trip before we do.
            if len(self._early) < _MAX_EARLY:
                self._early.append(data)
            else:
                self.dropped += 1
        elif self.ice.is_valid(address):
            self._dtls.receive(data, now_ms)
        else:
            self.dropped += 1
        self._settle(now_ms)

    def tick(self, now_ms):
        """Do what is due at now_ms."""
        if self._closed:
            return
        self.ice.tick(now_ms)
        if self._dtls is not None:
            self._dtls.tick(now_ms)
        self._settle(now_ms)

    def post(self, data):
        """Queue a datagram for the peer; dropped while there is no path to it."""
        if self.ice.selected is not None and len(self.outbox) < _MAX_OUTBOX:
            self.outbox.append((data, self.ice.selected))

    # Move on after anything happened, and gather what is to be sent.
    def _settle(self, now_ms):
        ice = self.ice
        dtls = self._dtls
        self.outbox.extend(ice.outbox)
        ice.outbox.clear()
        if dtls is not None:
            if dtls.state == "new" and ice.selected is not None:
                self._start(now_ms)
            self._post_all(dtls)
        self._explain()
        self.deadline_ms = earliest(ice.deadline_ms, None if dtls is None else dtls.deadline_ms)

    def _start(self, now_ms):
        self._dtls.start(now_ms)
        for data in self._early:
            self._dtls.receive(data, now_ms)
        self._early = []

    def _post_all(self, dtls):
        for data in dtls.outbox:
            self.post(data)
        dtls.outbox.clear()

    def _explain(self):
        state = self.state
        if state not in ("failed", "closed"):
            self.reason = None
        elif self.reason is None:
            dtls = self.dtls_state
            if dtls == "failed":
                self.reason = "dtls: " + self._dtls.error
            elif dtls == "closed":
                self.reason = "closed by the peer"
            elif dtls == "connected":
                self.reason = "ice: the peer is gone"
            else:
                self.reason = "ice: no path to the peer"

    def close(self, now_ms):
        """Say close_notify and stop; the owner still sends what is in `outbox`."""
        if self._closed:
            return
        if self._dtls is not None:
            self._dtls.close(now_ms)
            self._post_all(self._dtls)
        self._closed = True
        self.deadline_ms = None
        self.ice.close()
