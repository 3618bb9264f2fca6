"""Two peer connections in one memory, on a network with a fixed pattern of trouble."""
# MIT License; see LICENSE

from webrtc.identity import Identity
from webrtc.peer import PeerConnection


class Random:
    """The same numbers each run: xorshift of 31 bits."""

    def __init__(self, seed):
        self._state = seed * 2654435 % 0x7FFFFFFF or 1

    def number(self):
        state = self._state
        state ^= state << 13 & 0x7FFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0x7FFFFFFF
        self._state = state
        return state

    def below(self, limit):
        return (self.number() >> 8) % limit

    def __call__(self, n):
        return bytes(self.number() >> 11 & 255 for _ in range(n))


IDENTITIES = [Identity.generate(Random(seed)) for seed in (11, 12)]
ADDRESSES = (("10.0.0.1", 5001), ("10.0.0.2", 5002))


class Sink:
    def __init__(self):
        self.frames = []

    def push(self, buffer, start, length, sequence, timestamp, now_ms):
        self.frames.append((sequence, bytes(buffer[start : start + length])))


class Pair:
    """`peers` [offerer, answerer] and what lies between them; `now_ms` moves by `run`.

    loss, duplicates: percent. delay_ms, jitter_ms: of each datagram; jitter reorders.
    """

    def __init__(self, seed=1, loss=0, duplicates=0, delay_ms=5, jitter_ms=0, options=({}, {})):
        self.random = Random(seed)
        self.loss = loss
        self.duplicates = duplicates
        self.delay_ms = delay_ms
        self.jitter_ms = jitter_ms
        self.now_ms = 1000
        self.cut = [False, False]  # what this end sends is lost
        self.wire = []  # (due_ms, number, to, data)
        self.sent = 0
        self.peers = []
        self.sinks = []
        for i in (0, 1):
            given = {
                "identity": IDENTITIES[i],
                "urandom": Random(100 + 10 * seed + i),
                "local_candidates": [ADDRESSES[i]],
            }
            given.update(options[i])
            self.peers.append(PeerConnection(**given))
            self.sinks.append(Sink())
            self.peers[i].receiver.sink = self.sinks[i]

    def negotiate(self):
        a, b = self.peers
        offer = a.create_offer()
        a.set_local_description("offer", offer)
        b.set_remote_description("offer", offer)
        answer = b.create_answer()
        b.set_local_description("answer", answer)
        a.set_remote_description("answer", answer)

    def drain(self, i):
        outbox = self.peers[i].outbox
        while outbox:
            data, address = outbox.pop(0)
            if address == ADDRESSES[1 - i] and not self.cut[i]:
                self.post(1 - i, data)

    def post(self, to, data):
        copies = 2 if self.random.below(100) < self.duplicates else 1
        for _ in range(copies):
            if self.random.below(100) >= self.loss:
                due = self.now_ms + self.delay_ms + self.random.below(self.jitter_ms + 1)
                self.sent += 1
                self.wire.append((due, self.sent, to, data))

    def deliver(self):
        due = sorted(entry for entry in self.wire if entry[0] <= self.now_ms)
        self.wire = [entry for entry in self.wire if entry[0] > self.now_ms]
        for _, _, to, data in due:
            self.peers[to].receive(data, ADDRESSES[1 - to], self.now_ms)

    def pass_ms(self, step_ms=5):
        self.now_ms += step_ms
        self.deliver()
        for i in (0, 1):
            peer = self.peers[i]
            while peer.busy:
                peer.step(self.now_ms)
            if peer.deadline_ms is not None and self.now_ms >= peer.deadline_ms:
                peer.tick(self.now_ms)
            peer.sender.now_ms = self.now_ms
            self.drain(i)

    def run(self, for_ms, until=None):
        """Let time pass; return whether `until` came true (or True without it)."""
        end = self.now_ms + for_ms
        while self.now_ms < end:
            self.pass_ms()
            if until is not None and until():
                return True
        return until is None

    def states(self):
        return [peer.connection_state for peer in self.peers]

    def connect(self, within_ms=60000):
        self.negotiate()
        return self.run(within_ms, lambda: self.states() == ["connected", "connected"])

    def talk(self, frames):
        """Both ends send `frames` packets, 20 ms apart, whose payload tells their number."""
        for n in range(frames):
            for i in (0, 1):
                sender = self.peers[i].sender
                sender.payload[:160] = bytes([n & 255]) * 160
                sender.send(160, 160, -30, True)
                self.drain(i)
            self.run(20)
