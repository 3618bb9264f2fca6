"""ICE agent for one UDP socket (RFC 8445), with consent (RFC 7675) and trickle (RFC 8838)."""
# MIT License; see LICENSE

from binascii import hexlify

from micropython import const

from . import ice_message, stun
from .candidate import Candidate
from .ice_consent import Consent
from .ice_gather import Gatherer
from .ice_pair import FAILED, SUCCEEDED, CheckList

_MAX_OUTBOX = const(64)  # a driver empties it at once; a flood of requests must not fill the heap


class IceAgent:
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

    # How long to look for a path: the peer's first check may come late (RFC 8863).
    patience_ms = 30000

    def __init__(
        self, controlling, urandom, local_candidates, stun_server=None, lite=False, resolve=None
    ):
        self.controlling = controlling and not lite
        self.lite = lite
        self.state = "new"
        self.selected = None
        self.round_trip_ms = None
        self.outbox = []
        self.deadline_ms = None
        self.dropped = 0
        self.end_of_candidates = False
        self._urandom = urandom
        self._gatherer = Gatherer(local_candidates, None if lite else stun_server, urandom)
        self._resolve = resolve
        self._tie_breaker = urandom(8)
        self._checks = CheckList()
        self._pair = None  # the selected one
        self._settled = False  # whether _pair belongs to the present generation
        self._consent = None
        self._give_up_ms = None
        self._remote_ufrag = None
        self._remote_key = None
        self._old_credentials = None  # ours before the last restart: the peer changes over later
        self._make_credentials()
        self._plan()

    def _make_credentials(self):
        self.local_ufrag = hexlify(self._urandom(4)).decode()
        self.local_pwd = hexlify(self._urandom(16)).decode()

    # -- what the peer connection says --

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
        if not line:
            self.end_of_candidates = True
            return False
        try:
            candidate = Candidate.parse(line)
        except ValueError:
            self.dropped += 1
            return False
        if candidate.is_name and self._resolve is not None:
            ip = self._resolve(candidate.address[0])
            if ip is not None:
                candidate.address = ip, candidate.address[1]
        if not candidate.is_usable or candidate.ufrag not in (None, self._remote_ufrag):
            return False
        if self._checks.add(candidate.address, candidate.priority) is None:
            self.dropped += 1
            return False
        self.deadline_ms = 0
        return True

    def restart(self):
        """Begin an ICE restart (RFC 8445 section 9): new credentials, a new search.

        A pair in use stays in use until the search has found one.
        """
        if self.state == "closed":
            return
        self._old_credentials = self.local_ufrag, self.local_pwd
        self._make_credentials()
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

    # -- what the driver says --

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

    def _send(self, data, address):
        if len(self.outbox) < _MAX_OUTBOX:
            self.outbox.append((data, address))

    # -- connectivity checks we send --

    def _check(self, now_ms):
        if not self._settled:
            if self._give_up_ms is None:
                self._give_up_ms = now_ms + self.patience_ms
            elif now_ms >= self._give_up_ms:
                if self._consent is None:
                    self._fail()
                    return
                self._give_up_ms = None  # a restart that leads nowhere: the old pair still works
        pair = None if self.lite else self._checks.next_pair(now_ms)
        if pair is not None:
            self._send_check(pair, now_ms)

    # Aggressive nomination: each check nominates until one has succeeded (RFC 5245 section
    # 8.1.1.2). All peers accept it, and it saves a round trip.
    def _send_check(self, pair, now_ms):
        nominating = self.controlling and (not self._settled or self.state == "disconnected")
        if pair.controlling != self.controlling or pair.nominating != nominating:
            pair.retarget()
        if pair.transaction is None:
            pair.transaction = self._urandom(12)
            pair.controlling = self.controlling
            pair.nominating = nominating
            pair.key = self._remote_key
        request = self._request(pair.transaction, self._username(), pair.key, nominating)
        self._send(request, pair.address)
        pair.was_sent(now_ms, self._settled)

    def _username(self):
        return f"{self._remote_ufrag}:{self.local_ufrag}".encode()

    def _request(self, transaction, username, key, nominating):
        return ice_message.check(
            transaction, username, key, self.controlling, self._tie_breaker, nominating
        )

    def _on_response(self, message, address, now_ms):
        if self._gatherer.receive(message, address):
            return
        consent = self._consent
        if consent is not None and consent.is_pending(message.transaction):
            if address == self.selected and message.verify(consent.key):
                self._on_consent(message, now_ms)
                return
        else:
            pair = self._checks.find_transaction(message.transaction, address)
            if pair is not None and message.verify(pair.key):
                self._on_checked(pair, message, now_ms)
                return
        self.dropped += 1

    def _on_consent(self, message, now_ms):
        if message.kind == stun.SUCCESS:
            noise = self._urandom(1)[0]
            self._measured(self._consent.answered(message.transaction, now_ms, noise))
            self._revive()
        elif message.error_code == stun.ROLE_CONFLICT:
            self._switch_role(now_ms)

    def _on_checked(self, pair, message, now_ms):
        controlling, nominating = pair.controlling, pair.nominating
        if message.kind == stun.SUCCESS:
            if pair.sent == 1:  # else it is not known which sending was answered
                self._measured(now_ms - pair.sent_ms)
            pair.finish(SUCCEEDED)
            if nominating if self.controlling else pair.nominated:
                self._select(pair, now_ms)
            elif self.controlling and not self._settled:
                pair.trigger(now_ms)  # asked as controlled: ask again, nominating
        elif message.error_code == stun.ROLE_CONFLICT:
            if controlling == self.controlling:
                self._switch_role(now_ms)
            pair.trigger(now_ms)
        else:
            pair.finish(FAILED)

    def _measured(self, round_trip_ms):
        past = self.round_trip_ms
        if past is not None:
            round_trip_ms = (3 * past + round_trip_ms + 2) // 4
        self.round_trip_ms = round_trip_ms

    # RFC 8445 section 7.2.5.1: the loser switches, with a new tie-breaker.
    def _switch_role(self, now_ms):
        self.controlling = not self.controlling
        self._tie_breaker = self._urandom(8)
        self._after_switch(now_ms)

    def _after_switch(self, now_ms):
        if self._settled:
            return
        for pair in self._checks.pairs:
            if pair.state != SUCCEEDED:
                continue
            if self.controlling:
                pair.trigger(now_ms)
            elif pair.nominated:
                self._select(pair, now_ms)

    # -- checks of the peer --

    def _on_request(self, message, address, now_ms):
        username = message.username
        if username is None or not message.has_integrity:
            self._refuse(message, address, stun.BAD_REQUEST)
            return
        pwd = self._password(username)
        key = None if pwd is None else pwd.encode()
        if key is None or not message.verify(key):
            self._refuse(message, address, stun.UNAUTHENTICATED)
            return
        if message.unknown():
            self._refuse(message, address, stun.UNKNOWN_ATTRIBUTE, key)
            return
        if address == self.selected:
            self.heard(now_ms)
            self._revive()
        pair = None
        if pwd == self.local_pwd:
            pair = self._learn(message, address)
        if self._wins_conflict(message, now_ms):
            self._refuse(message, address, stun.ROLE_CONFLICT, key)
        else:
            self._send(ice_message.success(message, address, key), address)
        if pair is not None:
            self._follow(pair, now_ms)

    def _password(self, username):
        ufrag = username.split(":")[0]
        if ufrag == self.local_ufrag:
            return self.local_pwd
        old = self._old_credentials
        return old[1] if old is not None and ufrag == old[0] else None

    def _refuse(self, message, address, code, key=None):
        self.dropped += 1
        self._send(ice_message.refusal(message, code, key), address)

    # The nomination is noted in whatever role: after a role conflict the peer may not repeat it.
    def _learn(self, message, address):
        pair = self._checks.learn(address, message.priority, self._pair)
        if pair is not None and message.get(stun.USE_CANDIDATE) is not None:
            pair.nominated = True
        return pair

    # RFC 8445 section 7.3.1.1: the larger tie-breaker keeps or takes the controlling role.
    def _wins_conflict(self, message, now_ms):
        theirs = message.get(stun.ICE_CONTROLLING if self.controlling else stun.ICE_CONTROLLED)
        if theirs is None or self.lite:
            return False
        if (self._tie_breaker >= theirs) == self.controlling:
            return True
        self.controlling = not self.controlling
        self._after_switch(now_ms)
        return False

    def _follow(self, pair, now_ms):
        if self.lite:
            if pair.nominated:
                pair.finish(SUCCEEDED)
                self._select(pair, now_ms)
        elif pair.state != SUCCEEDED:
            pair.trigger(now_ms)
        elif pair.nominated and not self.controlling:
            self._select(pair, now_ms)

    # -- the selected pair --

    def _select(self, pair, now_ms):
        if self._settled and not self._is_better(pair, now_ms):
            return
        self._pair = pair
        self._settled = True
        self.selected = pair.address
        self.state = "connected"
        self._consent = Consent(self._username(), self._remote_key, not self.lite, now_ms)
        self._checks.freeze()

    # A controlled agent follows the peer to a better pair, anyone leaves one that went silent.
    def _is_better(self, pair, now_ms):
        if pair is self._pair:
            return False
        if self.state == "disconnected" or self._consent.is_overdue(now_ms):
            return True
        return not self.controlling and pair.priority > self._pair.priority

    def _watch(self, now_ms):
        consent = self._consent
        if consent.is_expired(now_ms):
            if self._settled:
                self._fail()
            else:  # in the middle of a restart: go on with that alone
                self._drop_pair()
                self.state = "new" if self._remote_key is None else "checking"
            return
        if self.state == "connected" and consent.is_silent(now_ms):
            self.state = "disconnected"
            self._checks.thaw(self._pair)
        elif self.state == "disconnected" and not consent.is_silent(now_ms):
            self._revive()
        due_ms = consent.due_ms
        if due_ms is not None and due_ms <= now_ms:
            transaction = self._urandom(12)
            # Nominates again: a peer that missed or forgot the nomination gets it here.
            nominating = self.controlling and self._settled
            request = self._request(transaction, consent.username, consent.key, nominating)
            self._send(request, self.selected)
            consent.was_sent(transaction, now_ms)

    def _revive(self):
        if self.state == "disconnected":
            self.state = "connected"
            self._checks.freeze()

    def _drop_pair(self):
        self._pair = None
        self._consent = None
        self.selected = None

    def _fail(self):
        self.state = "failed"
        self._drop_pair()
        self._checks.freeze()
