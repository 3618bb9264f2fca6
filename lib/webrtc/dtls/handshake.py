"""What both roles of a handshake share: messages in and out, transcript, keys."""
# MIT License; see LICENSE

from micropython import const

from .. import ecdsa
from ..mac import equal
from ..p256 import decode_point, multiply
from . import schedule
from .flight import Flight
from .fragments import Reassembler, header
from .pool import key_pair
from .wire import (
    CHANGE_CIPHER_SPEC,
    DECRYPT_ERROR,
    FINISHED,
    HANDSHAKE,
    UNEXPECTED_MESSAGE,
    Refused,
)

# What the generator of a role yields: None after a slice of work, WAIT when it needs a message.
WAIT = const(1)


class Handshake:
    """State of one handshake. The roles are generators over it: client.run() and server.run()."""

    def __init__(self, identity, fingerprint, urandom, pool, records, outbox):
        self.identity = identity
        self.fingerprint = fingerprint
        self.urandom = urandom
        self.pool = pool
        self.records = records
        self.reassembler = Reassembler()
        self.transcript = schedule.Transcript()
        self.flight = Flight()
        self.srtp = None  # (client key, client salt, server key, server salt)
        self.now_ms = 0
        self._outbox = outbox
        self._next_flight = Flight()
        self._sequence = 0
        self._master = None

    # Messages

    def receive(self, *kinds):
        """Generator: return (kind, body) of the next message, of one of the kinds given."""
        message = self.reassembler.pop()
        while message is None:
            yield WAIT
            message = self.reassembler.pop()
        kind, _, body = message
        if kind not in kinds:
            raise Refused(UNEXPECTED_MESSAGE, f"peer sent handshake message {kind} out of turn")
        self.transcript.add(*message)
        return kind, body

    def expect(self, kind):
        """Generator: return the body of the next message, which must be of this kind."""
        _, body = yield from self.receive(kind)
        return body

    def send(self, kind, body, epoch=0):
        """Add a message to the next flight and to the transcript."""
        message = header(kind, self._sequence, len(body)) + body
        self.transcript.add(kind, self._sequence, body)
        self._sequence += 1
        self._next_flight.add(HANDSHAKE, epoch, message)

    def flush(self, interval_ms):
        """Send the next flight. interval_ms: to its first repetition, or None for no timer."""
        self.flight = self._next_flight
        self._next_flight = Flight()
        self.flight.begin(self.reassembler.next_sequence - 1, interval_ms)
        self.transmit()

    def transmit(self):
        """Send the current flight, for the first time or again."""
        self._outbox.extend(self.flight.datagrams(self.records))
        self.flight.sent(self.now_ms)

    # Keys

    def key_pair(self):
        """Generator: return an ephemeral key pair, from the pool when it has one."""
        pair = self.pool.take_pair() if self.pool else None
        if pair is None:
            pair = yield from key_pair(self.urandom)
        return pair

    def sign(self, digest):
        """Generator: return a signature by our identity."""
        half = self.pool.take_half() if self.pool else None
        if half is not None:
            return ecdsa.sign(self.identity.private_key, digest, half)
        signature = yield from ecdsa.sign_now(self.identity.private_key, digest, self.urandom)
        return signature

    def derive(self, is_client, scalar, peer_point, session_hash, randoms):
        """Generator: make the keys of epoch 1 and of SRTP. randoms: the client's, the server's."""
        shared = yield from multiply(scalar, decode_point(peer_point))
        yield
        master = schedule.master_secret(shared[0].to_bytes(32, "big"), session_hash)
        yield
        client_key, client_salt, server_key, server_salt = schedule.record_keys(master, *randoms)
        if is_client:
            self.records.set_keys(client_key, client_salt, server_key, server_salt)
        else:
            self.records.set_keys(server_key, server_salt, client_key, client_salt)
        yield
        self.srtp = schedule.srtp_keys(master, *randoms)
        self._master = master
        # From here on only authenticated messages count.
        self.reassembler.clear()
        yield

    def send_finished(self, is_client, digest):
        """Add ChangeCipherSpec and our Finished to the next flight."""
        self._next_flight.add(CHANGE_CIPHER_SPEC, 0, b"\x01")
        self.send(FINISHED, schedule.verify_data(self._master, is_client, digest), epoch=1)

    def check_finished(self, is_client, digest, body):
        """Raise Refused unless body is the Finished of the client or the server."""
        if not equal(schedule.verify_data(self._master, is_client, digest), body):
            raise Refused(DECRYPT_ERROR, "peer's Finished is wrong")
