"""The ICE agent on the wire: checks sent and answered, roles, the selected pair (RFC 8445)."""
# MIT License; see LICENSE

from micropython import const

from . import ice_message, stun
from .ice_consent import Consent
from .ice_credentials import Credentials
from .ice_pair import FAILED, SUCCEEDED, CheckList

_MAX_OUTBOX = const(64)  # a driver empties it at once; a flood of requests must not fill the heap


class IceEngine:
    """What IceAgent, the face of it all, does with datagrams. Attributes: see there."""

    # How long to look for a path: the peer's first check may come late (RFC 8863).
    patience_ms = 30000

    def __init__(self, controlling, lite, urandom):
        self.controlling = controlling and not lite
        self.lite = lite
        self.state = "new"
        self.selected = None
        self.round_trip_ms = None
        self.outbox = []
        self.dropped = 0
        self._urandom = urandom
        self._tie_breaker = urandom(8)
        self._credentials = Credentials(urandom)
        self._remote_ufrag = None
        self._remote_key = None
        self._checks = CheckList()
        self._pair = None  # the selected one
        self._settled = False  # whether _pair belongs to the present generation
        self._consent = None
        self._give_up_ms = None  # when the search ends, None before its first tick

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
        code, key, current = self._credentials.judge(message)
        if code:
            self._refuse(message, address, code, key)
            return
        if address == self.selected:
            self.heard(now_ms)
            self._revive()
        pair = self._learn(message, address) if current else None
        if self._wins_conflict(message, now_ms):
            self._refuse(message, address, stun.ROLE_CONFLICT, key)
        else:
            self._send(ice_message.success(message, address, key), address)
        if pair is not None:
            self._follow(pair, now_ms)

    def _refuse(self, message, address, code, key):
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
