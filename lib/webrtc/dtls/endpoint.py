"""A DTLS-SRTP endpoint without I/O: datagrams and the time go in, datagrams and keys come out."""
# MIT License; see LICENSE

from binascii import unhexlify

from micropython import const

from . import client, server, wire
from .handshake import WAIT, Handshake
from .record import Records, split
from .wire import LEVEL_FATAL, LEVEL_WARNING, Refused

_SILENCE_MS = const(30000)  # a handshake in which the peer says nothing new for so long has failed
_ALERT_SILENCE_MS = const(3000)  # the same after an alert that anybody could have sent
_KEEP_FINAL_MS = const(30000)  # how long the last flight can be asked for again
_MAX_PROTECTED = const(160)  # bytes; Finished has 48, alerts 26
_MAX_EARLY = const(4)
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
        self._records = Records()
        self._handshake = Handshake(
            identity, fingerprint, urandom, pool, self._records, self.outbox
        )
        self._flight = None
        self._steps = None
        self._early = []
        self._srtp = None
        self._peer_alert = None
        self._give_up_ms = None
        self._opened = 0
        self._opened_since_ms = 0
        self._now_ms = 0

    def start(self, now_ms):
        """Begin the handshake; datagrams that came before are not remembered."""
        if self.state != "new":
            return
        self.state = "connecting"
        self._time(now_ms)
        self._steps = (client if self.role == "client" else server).run(self._handshake)
        self.busy = True

    def _time(self, now_ms):
        self._now_ms = now_ms
        if self._handshake:
            self._handshake.now_ms = now_ms

    # The handshake

    def step(self, now_ms=None):
        """Do one slice of the handshake: at most about 10 ms on an ESP32-S3."""
        if not self.busy:
            return
        if now_ms is not None:
            self._time(now_ms)
        try:
            if next(self._steps) is WAIT:
                self._wait()
        except StopIteration:
            self._connected()
        except Refused as refusal:
            self._fail(refusal.text, refusal.alert)
        except ValueError as error:
            self._fail(f"peer's handshake is malformed: {error}", wire.DECODE_ERROR)

    def _wait(self):
        h = self._handshake
        self.busy = False
        self._peer_alert = None
        h.flight.arm(self._now_ms)
        # A server waits for the first hello as long as it takes; who starts it has the deadline.
        if h.reassembler.next_sequence or self.role == "client":
            self._give_up_ms = self._now_ms + _SILENCE_MS
        if self._records.keyed:
            early, self._early = self._early, []
            for record in early:
                self._protected(*record)
        if self.state == "connecting" and h.reassembler.ready:
            self.busy = True

    def _connected(self):
        h = self._handshake
        self.state = "connected"
        self.busy = False
        self._srtp = h.srtp
        if self.role == "server":
            self._flight = h.flight
            self._give_up_ms = self._now_ms + _KEEP_FINAL_MS
        self._release()

    def _release(self):
        # The parts that only a handshake needs: about 4 KB, secrets among them.
        self._handshake = self._steps = None
        self._early = []

    def _fail(self, text, alert=None):
        if alert is not None:
            self._alert(LEVEL_FATAL, alert)
        self.state = "failed"
        self.error = text
        self.busy = False
        self._srtp = None
        self._release()

    def _alert(self, level, number):
        epoch = 1 if self._records.keyed else 0
        self.outbox.append(self._records.seal(wire.ALERT, epoch, bytes((level, number))))

    # Input

    def receive(self, data, now_ms):
        """Take in one datagram. Never raises: what is not acceptable is counted and dropped."""
        if self.state not in ("connecting", "connected"):
            return
        self._time(now_ms)
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
            elif self._records.keyed:
                self._protected(content_type, number, body)
            else:
                self._keep(content_type, number, body)

    def _plain(self, content_type, body):
        # Anybody can forge these. Once there are keys, they only matter as repetitions.
        if self.state != "connecting":
            return
        if content_type == wire.HANDSHAKE:
            self._handshake_record(body, not self._records.keyed)
        elif content_type == wire.ALERT and len(body) == 2 and body[0] == LEVEL_FATAL:
            self._peer_alert = body[1]
            if not self.busy and self._give_up_ms is not None:
                self._give_up_ms = min(self._give_up_ms, self._now_ms + _ALERT_SILENCE_MS)

    def _keep(self, content_type, number, body):
        # The peer's Finished travels with the messages that its keys are computed from.
        if len(self._early) < _MAX_EARLY:
            self._early.append((content_type, number, body))
        else:
            self.dropped += 1

    def _protected(self, content_type, number, body):
        if not self._may_open():
            self.dropped += 1
            return
        plaintext = self._records.open(content_type, number, body)
        if plaintext is None:
            self.dropped += 1
        elif content_type == wire.HANDSHAKE:
            if self._handshake:
                self._handshake_record(plaintext, True)
            else:
                self._final_again(plaintext)
        elif content_type == wire.ALERT and len(plaintext) == 2:
            self._alerted(plaintext[0], plaintext[1])

    def _may_open(self):
        if self._now_ms - self._opened_since_ms >= _WINDOW_MS:
            self._opened_since_ms = self._now_ms
            self._opened = 0
        self._opened += 1
        return self._opened <= _MAX_OPENED

    def _handshake_record(self, body, new_ones):
        h = self._handshake
        if new_ones:
            good, sequences = h.reassembler.add(body)
        else:
            good, sequences = True, _first_sequence(body)
        if not good:
            self.dropped += 1
        if self.busy:
            return
        if h.reassembler.ready:
            self.busy = True
        elif h.flight.answers in sequences and h.flight.asked_again(self._now_ms):
            h.transmit()

    def _final_again(self, body):
        # The peer repeats its Finished: ours got lost.
        flight = self._flight
        if flight and flight.answers in _first_sequence(body) and flight.asked_again(self._now_ms):
            self.outbox.extend(flight.datagrams(self._records))
            flight.sent(self._now_ms)

    def _alerted(self, level, number):
        if number == wire.CLOSE_NOTIFY:
            self._closed()
        elif level == LEVEL_FATAL:
            self._fail(_alert_text(number))

    # Time and end

    @property
    def deadline_ms(self):
        """When tick() must be called at the latest, or None."""
        if self.state == "connected":
            return self._give_up_ms if self._flight else None
        if self.state != "connecting" or self.busy:
            return None
        resend_ms = self._handshake.flight.resend_ms
        if resend_ms is None or self._give_up_ms is None:
            return self._give_up_ms
        return min(resend_ms, self._give_up_ms)

    def tick(self, now_ms):
        """Repeat what was not answered, and give up in the end."""
        self._time(now_ms)
        late = self._give_up_ms is not None and now_ms >= self._give_up_ms
        if self.state == "connected":
            if late:
                self._flight = None
            return
        if self.state != "connecting" or self.busy:
            return
        if late:
            text = "peer does not answer"
            self._fail(text if self._peer_alert is None else _alert_text(self._peer_alert))
        elif self._handshake.flight.expired(now_ms):
            self._handshake.transmit()

    def close(self, now_ms):
        """Tell the peer that we are done, and forget the keys."""
        if self.state in ("connecting", "connected"):
            self._time(now_ms)
            self._alert(LEVEL_WARNING, wire.CLOSE_NOTIFY)
        if self.state != "failed":
            self._closed()

    def _closed(self):
        self.state = "closed"
        self.busy = False
        self._srtp = None
        self._flight = None
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


def _first_sequence(body):
    # The message_seq of the first handshake message in a record, as a list.
    return [body[4] << 8 | body[5]] if len(body) >= 12 else []


# Those that a peer sends for reasons that its user can do something about (RFC 5246 section 7.2).
_ALERT_NAMES = {
    40: "handshake failure",
    42: "bad certificate",
    43: "unsupported certificate",
    46: "certificate unknown",
    47: "illegal parameter",
    51: "decrypt error",
    70: "protocol version",
    80: "internal error",
}


def _alert_text(number):
    return f"peer refused: {_ALERT_NAMES.get(number, 'alert')} ({number})"
