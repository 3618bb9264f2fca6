"""ICE agent for one UDP socket (RFC 8445), with consent (RFC 7675) and trickle (RFC 8838)."""
# MIT License; see LICENSE

from . import stun
from .ice_engine import IceEngine
from .ice_gather import Gatherer
from .ice_pair import SUCCEEDED


class IceAgent(IceEngine):
    """Finds an address at which the peer answers, and watches that it keeps answering.

    controlling: whether we offered. A lite peer makes us controlling, see `set_remote`.
    urandom: function n -> n random bytes.
    local_candidates: [(ip, port)] of our socket, the preferred first.
    stun_server: (ip, port) to ask for our public address, or None.
    lite: answer checks only (RFC 8445 section 2.5); the peer must not be lite too.
    resolve: function name -> IPv4 address or None for candidates with a name, as browsers'
        `.local` ones. Without it they are left out: the peer's own checks make it known.

    `state`: "new", "checking", "connected", "disconnected" (no sign of life for 4.5 s, checks go
    on), "failed" (no path or no answer for 30 s; `restart` helps), "closed".
    `gathering_state`: "gathering" while the STUN server is being asked, then "complete".
    `selected`: the peer's address or None. `round_trip_ms`: smoothed, or None.
    `dropped`: datagrams and candidate lines that were malformed, forged or of no use.
    """

    def __init__(
        self, controlling, urandom, local_candidates, stun_server=None, lite=False, resolve=None
    ):
        super().__init__(controlling, lite, urandom)
        self.deadline_ms = None
        self.end_of_candidates = False
        self._gatherer = Gatherer(local_candidates, None if lite else stun_server, urandom)
        self._resolve = resolve
        self._plan()

    @property
    def local_ufrag(self):
        """Our user name fragment (text) for the description."""
        return self._credentials.ufrag

    @property
    def local_pwd(self):
        """Our password (text) for the description."""
        return self._credentials.pwd

    @property
    def gathering_state(self):
        """ "gathering" or "complete"."""
        return "gathering" if self._gatherer.asking else "complete"

    def candidates(self):
        """List our candidates as lines without `a=`."""
        return self._gatherer.candidates()

    def set_remote(self, ufrag, pwd, lite=False):
        """Take the peer's credentials (text) and start checking; lite: the peer is ICE-lite.

        After `restart`, or when the peer restarted, call it with the new ones; its candidates
        come after it.
        """
        key = pwd.encode()
        if self.state == "closed" or (ufrag == self._remote_ufrag and key == self._remote_key):
            return
        if self._remote_ufrag is not None:  # the peer restarted, and we did not
            self._checks.clear()
            self._settled = False
        self._remote_ufrag = ufrag
        self._remote_key = key
        self._give_up_ms = None
        if lite and not self.lite:
            self.controlling = True
        if self.state == "new":
            self.state = "checking"
        self.deadline_ms = 0

    def add_remote_candidate(self, line):
        """Take one of the peer's candidates, a line with or without `a=`; None or "" ends them.

        Returns whether it will be checked.
        """
        if not line or line.endswith("end-of-candidates"):
            self.end_of_candidates = True
            return False
        from .candidate import Candidate  # late, as it is dropped once there is a connection

        try:
            candidate = Candidate.parse(line)
        except ValueError:
            self.dropped += 1
            return False
        if candidate.is_name and self._resolve is not None:
            ip = self._resolve(candidate.address[0])
            if ip is not None:
                candidate.address = ip, candidate.address[1]
        if not candidate.is_usable or self._is_stale(candidate.ufrag):
            return False
        if self._checks.add(candidate.address, candidate.priority) is None:
            self.dropped += 1
            return False
        self.deadline_ms = 0
        return True

    # A candidate of another generation (RFC 8840 section 4.4).
    def _is_stale(self, ufrag):
        return None not in (ufrag, self._remote_ufrag) and ufrag != self._remote_ufrag

    def restart(self):
        """Begin an ICE restart (RFC 8445 section 9): new credentials, a new search.

        A pair in use stays in use until the search has found one.
        """
        if self.state == "closed":
            return
        self._credentials.renew()
        self._remote_ufrag = self._remote_key = None
        self._checks.clear()
        self._settled = False
        self.end_of_candidates = False
        if self.state != "connected":
            self._drop_pair()
            self.state = "new"
        self.deadline_ms = 0

    def heard(self, now_ms):
        """Note authenticated media or DTLS of the peer: it is alive. Allocates nothing."""
        if self._consent is not None:
            self._consent.heard_ms = now_ms

    def is_valid(self, address):
        """Whether a check to this address succeeded, so that data from it may be looked at."""
        if address == self.selected:
            return True
        pair = self._checks.find(address)
        return pair is not None and pair.state == SUCCEEDED

    def close(self):
        """Stop for good; the peer notices by silence."""
        self.state = "closed"
        self._drop_pair()
        self._checks.clear()
        self.outbox.clear()
        self.deadline_ms = None

    def receive(self, data, address, now_ms):
        """Take in one STUN datagram (bytes) from address (ip, port)."""
        if self.state in ("closed", "failed"):
            return
        message = stun.parse(data)
        if message is None:
            self.dropped += 1
        elif message.kind == stun.REQUEST:
            self._on_request(message, address, now_ms)
        elif message.kind in (stun.SUCCESS, stun.ERROR):
            if not self._gatherer.receive(message, address):
                self._on_response(message, address, now_ms)
        elif message.kind != stun.INDICATION:  # a keep-alive, which needs nothing done
            self.dropped += 1
        self._plan()

    def tick(self, now_ms):
        """Do what is due at now_ms."""
        if self.state in ("closed", "failed"):
            self.deadline_ms = None
            return
        request = self._gatherer.tick(now_ms)
        if request is not None:
            self._send(request, self._gatherer.server)
        if self._remote_key is not None:
            self._check(now_ms)
        if self._consent is not None:
            self._watch(now_ms)
        self._plan()

    def _plan(self):
        if self.state in ("closed", "failed"):
            self.deadline_ms = None
            return
        times = [self._gatherer.due_ms]
        if self._remote_key is not None:
            if not self.lite:
                times.append(self._checks.deadline_ms())
            if not self._settled:
                times.append(self._give_up_ms or 0)
        if self._consent is not None:
            times.append(self._consent.deadline_ms(self.state == "connected"))
        times = [time for time in times if time is not None]
        self.deadline_ms = min(times) if times else None
