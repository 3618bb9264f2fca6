"""A DTLS-SRTP endpoint without I/O: datagrams and the time go in, datagrams and keys come out."""
# MIT License; see LICENSE

from binascii import unhexlify

from micropython import const

from .. import connecting
from .flight import first_sequence
from .record import Records, split

# As in wire.py, which goes with the handshake.
_ALERT = const(21)
_HANDSHAKE = const(22)
_LEVEL_WARNING = const(1)
_LEVEL_FATAL = const(2)
_CLOSE_NOTIFY = const(0)
_KEEP_FINAL_MS = const(30000)  # how long the last flight can be asked for again
_MAX_PROTECTED = const(160)  # bytes; Finished has 48, alerts 26
_MAX_OPENED = const(16)  # records of epoch 1 looked at in _WINDOW_MS: each costs a few ms
_WINDOW_MS = const(1000)


class Dtls:
    """One end of one DTLS 1.2 association that yields SRTP keys.

    state: "new", "connecting", "connected", "closed" or "failed"; then `error` says why.
    outbox: datagrams to send, the driver pops them from the front.
    busy: arithmetic is waiting: call step() between other tasks until it is False.
    deadline_ms: when tick() is due at the latest, or None.
    dropped: datagrams and records ignored because they were malformed, forged or too many.
    """

    def __init__(self, role, identity, remote_fingerprint, urandom, pool=None):
        """Prepare one end; start() begins.

        role: "client" sends the first hello, "server" waits for it. identity: an Identity.
        remote_fingerprint: SHA-256 of the peer's certificate as SDP gives it ("AB:CD:..").
        urandom: function of a count that returns so many random bytes. pool: a Pool, or None.
        Raises ValueError for a role or a fingerprint of another form.
        """
        if role not in ("client", "server"):
            raise ValueError("role must be client or server")
        fingerprint = unhexlify(remote_fingerprint.replace(":", ""))
        if len(fingerprint) != 32:
            raise ValueError("fingerprint must be SHA-256")
        self.role = role
        self.state = "new"
        self.error = None
        self.outbox = []
        self.busy = False
        self.dropped = 0
        self.records = Records()
        self._attempt = None
        self._given = (identity, fingerprint, urandom, pool)
        self._flight = None
        self._flight_until_ms = None
        self._srtp = None
        self._opened = 0
        self._opened_since_ms = 0
        self._now_ms = 0

    def start(self, now_ms):
        """Begin the handshake; datagrams that came before are not remembered."""
        if self.state != "new":
            return
        connecting.load_handshake()
        from .attempt import Attempt  # late, as it is dropped once there is a connection

        self.state = "connecting"
        self._now_ms = now_ms
        self._attempt = Attempt(self, *self._given)
        self._given = None
        self.busy = True

    def step(self, now_ms=None):
        """Do one slice of the handshake: at most about 10 ms on an ESP32-S3."""
        if now_ms is not None:
            self._now_ms = now_ms
        if self.busy:
            self._attempt.step(self._now_ms)

    # What the attempt calls

    def connected(self, srtp, flight):
        """The handshake is done. flight: our last one, where the peer may ask for it again."""
        self.state = "connected"
        self._srtp = srtp
        self._flight = flight
        if flight:
            self._flight_until_ms = self._now_ms + _KEEP_FINAL_MS
        self.records.rest()
        self._release()

    def fail(self, text, alert=None):
        """Give up, and tell the peer by the alert of this number, if any."""
        if alert is not None:
            self._alert(_LEVEL_FATAL, alert)
        self.state = "failed"
        self.error = text
        self._srtp = None
        self._release()

    def _release(self):
        self.busy = False
        self._attempt = self._given = None

    def _alert(self, level, number):
        epoch = 1 if self.records.keyed else 0
        self.outbox.append(self.records.seal(_ALERT, epoch, bytes((level, number))))

    # Input

    def receive(self, data, now_ms):
        """Take in one datagram. Never raises: what is not acceptable is counted and dropped."""
        if self.state not in ("connecting", "connected"):
            return
        self._now_ms = now_ms
        records = split(data)
        if not records:
            self.dropped += 1
        for content_type, epoch, number, body in records:
            if self.state not in ("connecting", "connected"):
                return
            if epoch == 0:
                self._plain(content_type, body)
            elif epoch != 1 or len(body) > _MAX_PROTECTED:
                self.dropped += 1
            elif self.records.keyed:
                self.protected(content_type, number, body)
            elif not self._attempt.keep((content_type, number, body)):
                self.dropped += 1

    def _plain(self, content_type, body):
        # Anybody can forge these. Once there are keys, they only matter as repetitions.
        if self.state != "connecting":
            return
        if content_type == _HANDSHAKE:
            self._handshake_record(body, not self.records.keyed)
        elif content_type == _ALERT and len(body) == 2 and body[0] == _LEVEL_FATAL:
            self._attempt.alerted(body[1], self._now_ms)

    def protected(self, content_type, number, body):
        """Take in one record of epoch 1, for which there are keys."""
        if not self._may_open():
            self.dropped += 1
            return
        plaintext = self.records.open(content_type, number, body)
        if plaintext is None:
            self.dropped += 1
        elif content_type == _HANDSHAKE:
            if self._attempt:
                self._handshake_record(plaintext, True)
            else:
                self._final_again(plaintext)
        elif content_type == _ALERT and len(plaintext) == 2:
            self._alerted(plaintext[0], plaintext[1])

    def _may_open(self):
        if self._now_ms - self._opened_since_ms >= _WINDOW_MS:
            self._opened_since_ms = self._now_ms
            self._opened = 0
        self._opened += 1
        return self._opened <= _MAX_OPENED

    def _handshake_record(self, body, new_ones):
        if not self._attempt.receive(body, new_ones, self._now_ms):
            self.dropped += 1

    def _final_again(self, body):
        # The peer repeats its Finished: ours got lost.
        flight = self._flight
        if flight and flight.answers in first_sequence(body) and flight.asked_again(self._now_ms):
            self.outbox.extend(flight.datagrams(self.records))
            flight.sent(self._now_ms)

    def _alerted(self, level, number):
        if number == _CLOSE_NOTIFY:
            self._closed()
        elif level == _LEVEL_FATAL:
            from .alerts import explain

            self.fail(explain(number))

    # Time and end

    @property
    def deadline_ms(self):
        """When tick() must be called at the latest, or None."""
        if self._attempt:
            return None if self.busy else self._attempt.deadline_ms
        return self._flight_until_ms if self._flight else None

    def tick(self, now_ms):
        """Repeat what was not answered, and give up in the end."""
        self._now_ms = now_ms
        if self._attempt:
            if not self.busy:
                self._attempt.tick(now_ms)
        elif self._flight and now_ms >= self._flight_until_ms:
            self._flight = None

    def close(self, now_ms):
        """Tell the peer that we are done, and forget the keys."""
        if self.state in ("connecting", "connected"):
            self._now_ms = now_ms
            try:  # noqa: SIM105 (no contextlib on a chip)
                self._alert(_LEVEL_WARNING, _CLOSE_NOTIFY)
            except MemoryError:
                pass  # the peer will notice by itself
        if self.state != "failed":
            self._closed()

    def _closed(self):
        self.state = "closed"
        self._srtp = self._flight = None
        self._release()

    def srtp_keys(self):
        """Return (local key, local salt, remote key, remote salt): 16, 14, 16 and 14 bytes.

        Raises RuntimeError unless the state is "connected".
        """
        if self.state != "connected":
            raise RuntimeError("DTLS is not connected")
        client_key, client_salt, server_key, server_salt = self._srtp
        if self.role == "client":
            return client_key, client_salt, server_key, server_salt
        return server_key, server_salt, client_key, client_salt
