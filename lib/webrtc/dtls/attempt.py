"""A handshake under way: its slices of arithmetic, its records, its time. Gone once connected."""
# MIT License; see LICENSE

from micropython import const

from . import client, server, wire
from .alerts import explain
from .flight import first_sequence
from .handshake import WAIT, Handshake

_SILENCE_MS = const(30000)  # a handshake in which the peer says nothing new for so long has failed
_ALERT_SILENCE_MS = const(3000)  # the same after an alert that anybody could have sent
_MAX_EARLY = const(4)


class Attempt:
    """The part of `end`, a Dtls, that only a handshake needs: about 4 KB, secrets among them.

    identity, fingerprint (bytes), urandom, pool: as for Dtls. `give_up_ms`: when to stop waiting
    for the peer, or None.
    """

    def __init__(self, end, identity, fingerprint, urandom, pool):
        self.give_up_ms = None
        self._end = end
        self._handshake = Handshake(identity, fingerprint, urandom, pool, end.records, end.outbox)
        self._steps = (client if end.role == "client" else server).run(self._handshake)
        self._early = []
        self._peer_alert = None

    def step(self, now_ms):
        """Do one slice: at most about 10 ms on an ESP32-S3. It may end the handshake."""
        end = self._end
        self._handshake.now_ms = now_ms
        try:
            if next(self._steps) is WAIT:
                self._wait(now_ms)
        except StopIteration:
            flight = self._handshake.flight if end.role == "server" else None
            end.connected(self._handshake.srtp, flight)
        except wire.Refused as refusal:
            end.fail(refusal.text, refusal.alert)
        except ValueError as error:
            end.fail(f"peer's handshake is malformed: {error}", wire.DECODE_ERROR)

    def _wait(self, now_ms):
        h = self._handshake
        end = self._end
        end.busy = False
        self._peer_alert = None
        h.flight.arm(now_ms)
        # A server waits for the first hello as long as it takes; who starts it has the deadline.
        if h.reassembler.next_sequence or end.role == "client":
            self.give_up_ms = now_ms + _SILENCE_MS
        if end.records.keyed:
            early, self._early = self._early, []
            for record in early:
                end.protected(*record)
        if end.state == "connecting" and h.reassembler.ready:
            end.busy = True

    def alerted(self, number, now_ms):
        """Take in a fatal alert in plain, which anybody can have sent."""
        self._peer_alert = number
        if not self._end.busy and self.give_up_ms is not None:
            self.give_up_ms = min(self.give_up_ms, now_ms + _ALERT_SILENCE_MS)

    def keep(self, record):
        """Keep a protected record until there are keys; return whether there was room.

        The peer's Finished travels with the messages that its keys are computed from.
        """
        room = len(self._early) < _MAX_EARLY
        if room:
            self._early.append(record)
        return room

    def receive(self, body, new_ones, now_ms):
        """Take in the handshake messages of one record; return whether they are well-formed.

        new_ones: whether they may be more than repetitions.
        """
        h = self._handshake
        h.now_ms = now_ms
        if new_ones:
            good, sequences = h.reassembler.add(body)
        else:
            good, sequences = True, first_sequence(body)
        if self._end.busy:
            return good
        if h.reassembler.ready:
            self._end.busy = True
        elif h.flight.answers in sequences and h.flight.asked_again(now_ms):
            h.transmit()
        return good

    @property
    def deadline_ms(self):
        """When tick() must be called at the latest, or None."""
        resend_ms = self._handshake.flight.resend_ms
        if resend_ms is None or self.give_up_ms is None:
            return self.give_up_ms
        return min(resend_ms, self.give_up_ms)

    def tick(self, now_ms):
        """Repeat what was not answered, and give up in the end."""
        h = self._handshake
        h.now_ms = now_ms
        if self.give_up_ms is not None and now_ms >= self.give_up_ms:
            alert = self._peer_alert
            self._end.fail("peer does not answer" if alert is None else explain(alert))
        elif h.flight.expired(now_ms):
            h.transmit()
