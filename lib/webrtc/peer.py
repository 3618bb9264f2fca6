"""A WebRTC peer for one line of audio: protocol without I/O, in W3C's words."""
# MIT License; see LICENSE

import os
from binascii import hexlify

from micropython import const

from . import connecting, leaves  # noqa: F401 (leaves before all others)
from .ice import IceAgent
from .identity import Identity
from .negotiation import CODECS, Negotiation
from .receiver import Receiver
from .reporter import Reporter
from .sdp_local import Local
from .sender import Sender
from .transport import Transport, earliest

# Header, contributing sources, extensions and tag, beside the payload.
_OVERHEAD = const(96)


class PeerConnection:
    """One connection to one peer. Bytes and time go in, datagrams and states come out.

    identity: Identity; None makes one (0.3 s on a chip). codecs: names, best first, of "PCMU",
    "PCMA", "opus", and "CN" to take and send comfort noise. urandom: function n -> n random bytes.
    local_candidates: [(ip, port)] that datagrams for us arrive at. stun_server: (ip, port) or
    None. lite: be an ICE-lite agent. direction: of the audio ("sendrecv", "sendonly", "recvonly").
    audio_level: negotiate RFC 6464. cname: our name in RTCP; random if None. pool: dtls.Pool of
    numbers made in advance, or None. resolve: as for IceAgent. max_payload: bytes of the longest
    frame; 480 is 60 ms of G.711, and more than Opus needs for speech. Raises ValueError for an
    unknown codec.

    The owner calls `receive` for each datagram, `tick` at `deadline_ms`, `step` while `busy`, and
    sends what `outbox` holds [(data, (ip, port))]. `sender.transmit` queues media there too, until
    the owner sets it to a function that sends a view to `remote_address` at once.
    """

    def __init__(
        self,
        identity=None,
        codecs=("PCMU", "PCMA"),
        urandom=os.urandom,
        local_candidates=(),
        stun_server=None,
        lite=False,
        direction="sendrecv",
        audio_level=True,
        cname=None,
        pool=None,
        resolve=None,
        max_payload=480,
    ):
        for name in codecs:
            if name not in CODECS:
                raise ValueError("unknown codec " + name)
        # Buffers first, while the heap is whole.
        ssrc = urandom(4)
        self.sender = Sender(ssrc, max_payload)
        self.receiver = Receiver(max_payload + _OVERHEAD)
        self.sender.transmit = self._transmit
        connecting.load_description()
        if identity is None:
            identity = Identity.generate(urandom)
        self.ice = IceAgent(True, urandom, local_candidates, stun_server, lite, resolve)
        self._transport = Transport(self.ice, identity, urandom, pool)
        self.outbox = self._transport.outbox
        self.deadline_ms = self._transport.deadline_ms
        self._urandom = urandom
        self._cname = cname or hexlify(urandom(8)).decode()
        self._reporter = None
        self._negotiation = Negotiation(
            Local(
                [CODECS[name] for name in codecs],
                self.ice.local_ufrag,
                self.ice.local_pwd,
                identity.fingerprint,
                int.from_bytes(ssrc, "big"),
                self._cname,
                level_id=1 if audio_level else None,
                direction=direction,
                lite=lite,
                session_id=str(int.from_bytes(urandom(4), "big") + 1),
            )
        )

    # -- descriptions --

    @property
    def signaling_state(self):
        """ "stable", "have-local-offer", "have-remote-offer" or "closed"."""
        return self._negotiation.signaling_state

    def create_offer(self):
        """Return the text of an offer, with the candidates known by now."""
        self._refresh()
        return self._negotiation.create_offer()

    def create_answer(self):
        """Return the text of an answer to the offer that was set, with the candidates known."""
        self._refresh()
        return self._negotiation.create_answer()

    def _refresh(self):
        local = self._negotiation.local
        local.ufrag = self.ice.local_ufrag
        local.pwd = self.ice.local_pwd
        local.candidates = self.ice.candidates()
        local.more_candidates = self.ice.gathering_state == "gathering"

    def set_local_description(self, kind, sdp=None):
        """Set what create_offer or create_answer returned last; kind: "offer" or "answer".

        Raises ValueError for another text or at the wrong time.
        """
        self._negotiation.set_local(kind, sdp)
        if kind == "answer":
            self._negotiated()

    def set_remote_description(self, kind, sdp):
        """Set the peer's description; kind: "offer" or "answer", sdp: text.

        Raises ValueError, saying what is wrong, when it can't be used or comes at the wrong time;
        nothing has changed then.
        """
        before = self._negotiation.remote_ufrag
        self._negotiation.set_remote(kind, sdp)
        if kind == "answer":
            self._negotiated()
        elif before is None:
            self.ice.controlling = False
        elif self._negotiation.remote_ufrag != before:
            self.ice.restart()

    # Both descriptions are there.
    def _negotiated(self):
        negotiation = self._negotiation
        codec = negotiation.codecs[0][:3]
        self.sender.codec = codec if negotiation.sends else None
        self.receiver.codec = codec if negotiation.receives else None
        self.sender.noise_type = self.receiver.noise_type = negotiation.noise_type
        lite = negotiation.remote_lite
        self._transport.negotiated(negotiation.role, negotiation.remote, lite)
        negotiation.forget_remote()
        self.deadline_ms = 0

    def add_ice_candidate(self, line):
        """Take one of the peer's trickled candidates, with or without `a=`; None ends them."""
        self.ice.add_remote_candidate(line)
        self.deadline_ms = 0

    def restart_ice(self):
        """Begin an ICE restart; an offer must follow and be answered. Media goes on meanwhile."""
        self.ice.restart()

    # -- states --

    @property
    def connection_state(self):
        """ "new", "connecting", "connected", "disconnected", "failed" or "closed"."""
        return self._transport.state

    @property
    def failure_reason(self):
        """Why the connection failed, or was closed by the peer; else None."""
        return self._transport.reason

    @property
    def ice_state(self):
        """ "new", "checking", "connected", "disconnected", "failed" or "closed"."""
        return self.ice.state

    @property
    def dtls_state(self):
        """ "new", "connecting", "connected", "closed" or "failed"."""
        return self._transport.dtls_state

    @property
    def remote_address(self):
        """Where packets go to, (ip, port), or None."""
        return self.ice.selected

    # -- what the driver says --

    @property
    def busy(self):
        """Whether arithmetic waits: call `step` between other work until it does not."""
        return self._transport.busy

    def step(self, now_ms):
        """Do one slice of the handshake's arithmetic, about 10 ms on a chip."""
        self._transport.step(now_ms)
        self._settle(now_ms)

    def receive(self, data, address, now_ms):
        """Take in one datagram of any kind, from address (ip, port) (RFC 7983).

        What is malformed, forged or unknown is counted, never raised.
        """
        if not data:
            return
        if 128 <= data[0] <= 191:
            self.receive_media(data, now_ms)
        else:
            self._transport.receive(data, address, now_ms)
            self._settle(now_ms)

    def receive_media(self, data, now_ms):
        """Take in a datagram whose first byte is 128 to 191; RTP costs no heap of ours.

        Where it came from does not matter: its tag says who sent it.
        """
        if len(data) > 1 and 192 <= data[1] <= 223:
            if self._reporter is not None:
                self._reporter.receive(data, now_ms)
        elif self.receiver.receive(data, now_ms):
            self.ice.heard(now_ms)

    def tick(self, now_ms):
        """Do what is due at now_ms."""
        self.sender.now_ms = now_ms
        self._transport.tick(now_ms)
        reporter = self._reporter
        if reporter is not None and reporter.due_ms is not None and now_ms >= reporter.due_ms:
            self._transport.post(reporter.report(now_ms))
        self._settle(now_ms)

    def _settle(self, now_ms):
        transport = self._transport
        connected = transport.dtls_state == "connected"
        if self._reporter is None:
            if connected:
                self._open_media(now_ms)
        elif not connected and self._reporter.due_ms is not None:
            self.sender.close()
            self._reporter.due_ms = None
        due_ms = None if self._reporter is None else self._reporter.due_ms
        self.deadline_ms = earliest(transport.deadline_ms, due_ms)

    def _open_media(self, now_ms):
        keys = self._transport.srtp_keys()
        level_id = self._negotiation.level_id
        if self.sender.codec is not None:
            self.sender.open(keys[0], keys[1], level_id, self._urandom)
        if self.receiver.codec is not None:
            self.receiver.open(keys[2], keys[3], level_id)
        cname = self._cname.encode()
        self._reporter = Reporter(self.sender, self.receiver, keys, cname, self._urandom, now_ms)

    # How media leaves when no driver takes it.
    def _transmit(self, view):
        self._transport.post(bytes(view))
        return self.ice.selected is not None

    # -- the rest --

    def stats(self):
        """Return a dict of counters and states; what is not known yet is None.

        `fraction_lost` (of what we receive) and `remote_fraction_lost` (of what we send): 0.0 to
        1.0. `rejected`: media that was malformed, forged or replayed; `early`: media before there
        were keys; `foreign`: authentic media that is not of our codec or source; `dropped`: other
        datagrams of no use.
        """
        sender = self.sender
        receiver = self.receiver
        stats = receiver.counters()
        stats.update(
            state=self.connection_state,
            ice_state=self.ice_state,
            dtls_state=self.dtls_state,
            codec=self._negotiation.codecs[0][1] if self._negotiation.codecs else None,
            remote_address=self.remote_address,
            round_trip_ms=self.ice.round_trip_ms,
            packets_sent=sender.packets,
            bytes_sent=sender.octets,
            unsent=sender.unsent,
            dropped=self._transport.dropped + self.ice.dropped,
        )
        if self._reporter is not None:
            self._reporter.add_to(stats)
        return stats

    def close(self, now_ms=None):
        """Say BYE and close_notify, and stop; the owner still sends what is in `outbox`."""
        now_ms = self.sender.now_ms if now_ms is None else now_ms
        if self._reporter is not None and self.dtls_state == "connected":
            self._transport.post(self._reporter.goodbye(now_ms))
        self._transport.close(now_ms)
        self.deadline_ms = None
        self.sender.close()
        self.receiver.close()
        self._negotiation.close()
