"""Two DTLS endpoints joined in memory: fixed patterns of loss and disorder, and a fake clock."""
# MIT License; see LICENSE

from binascii import a2b_base64

from webrtc.dtls import Dtls
from webrtc.identity import Identity

# Made once with Identity.generate(): tests of the handshake need not make keys.
_CLIENT = (
    "UlRpZAFHCQVeyAu/C+1u/+CxhBb339qTvaDdX2G1DUZ35cnN9zCCARkwgcCgAwIBAgIIVKBSqlZKABQwCgYIKoZIzj"
    "0EAwIwEzERMA8GA1UEAwwIcm9vbXRvbmUwHhcNMjAwMTAxMDAwMDAwWhcNNDkxMjMxMjM1OTU5WjATMREwDwYDVQQD"
    "DAhyb29tdG9uZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABCRF6+f/k4j1wdK1XIdfkTkuGdtRXfpR5y62+S7iwa"
    "hT3w1bZNn77jcafzb8IAWBtjKbipGNsTe6c4jU+U8SqhIwCgYIKoZIzj0EAwIDSAAwRQIgSU+BK4pe9wBRz6lIgkYR"
    "Mp75tZ9C0Cd8hDZK+eGan+ACIQDIJ1o2pFPNzEIKA+Lj/UxqWzO2M8asROJde3N9MjVKL/KyyoMxD1Gz"
)
_SERVER = (
    "UlRpZAHjpaa5S+NTSS1ytz0r9hNGCeEgIziG0jBUysDHAixoADCCARgwgcCgAwIBAgIIWLAGBPK5o8AwCgYIKoZIzj"
    "0EAwIwEzERMA8GA1UEAwwIcm9vbXRvbmUwHhcNMjAwMTAxMDAwMDAwWhcNNDkxMjMxMjM1OTU5WjATMREwDwYDVQQD"
    "DAhyb29tdG9uZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNYGOsx7q3c2OfTEbHcsD0Ur6VxS7h4/pD21GllZqM"
    "Fq0UWdEEXMBXAM+p90wzp5eVeMFwSA6u1ZO0egR5mbF3MwCgYIKoZIzj0EAwIDRwAwRAIgf7M2RKqF99vLBlEvYbbR"
    "ULxdTAoELTuu0+xubGtDZx8CIFDiNnTEs2WaJbgHNgViyB3c1jUWmhzkXA2/lCSYU7UZf3dU3FDR7g0="
)

CLIENT = Identity.from_bytes(a2b_base64(_CLIENT))
SERVER = Identity.from_bytes(a2b_base64(_SERVER))
TURN_MS = 10


class Random:
    """A generator that gives the same numbers in each run and on each runtime."""

    def __init__(self, seed):
        self._state = seed * 2654435761 & 0x3FFFFFFF

    def below(self, n):
        """Return a number from 0 to n - 1."""
        self._state = (self._state * 1103515245 + 12345) & 0x3FFFFFFF
        return (self._state >> 12) % n

    def bytes(self, n):
        """Return n bytes, for the place of urandom."""
        return bytes(self.below(256) for _ in range(n))


class Link:
    """Carries datagrams one way: loses, repeats and delays them by a fixed pattern."""

    def __init__(self, seed=0, loss=0, repeat=0, late=0, delay_ms=0):
        """loss, repeat, late: percent. delay_ms: of all; the late ones come 5 to 75 ms after."""
        self._random = Random(seed + 1)
        self.loss = loss
        self.repeat = repeat
        self.late = late
        self.delay_ms = delay_ms
        self._queue = []
        self.sent = []

    def send(self, data, now_ms):
        """Put a datagram on the way."""
        self.sent.append(data)
        if self._random.below(100) < self.loss:
            return
        copies = 2 if self._random.below(100) < self.repeat else 1
        for _ in range(copies):
            due = now_ms + self.delay_ms
            if self._random.below(100) < self.late:
                due += 5 + self._random.below(70)
            self._queue.append((due, len(self.sent), data))
        self._queue.sort()

    def arrived(self, now_ms):
        """Return the datagrams that are due."""
        due = [item[2] for item in self._queue if item[0] <= now_ms]
        self._queue = [item for item in self._queue if item[0] > now_ms]
        return due


class Pair:
    """A client and a server with a link each way."""

    def __init__(self, seed=0, up=None, down=None, **options):
        """options: fingerprints "client_expects", "server_expects"; pools "client_pool", ..."""
        self.client = Dtls(
            "client",
            CLIENT,
            options.get("client_expects", SERVER.fingerprint),
            Random(seed + 2).bytes,
            options.get("client_pool"),
        )
        self.server = Dtls(
            "server",
            SERVER,
            options.get("server_expects", CLIENT.fingerprint),
            Random(seed + 3).bytes,
            options.get("server_pool"),
        )
        self.up = up or Link()
        self.down = down or Link()
        self.now_ms = 0
        self.client.start(0)
        self.server.start(0)

    def turn(self):
        """Compute, tick, deliver; then let TURN_MS pass."""
        for end, out in ((self.client, self.up), (self.server, self.down)):
            while end.busy:
                end.step(self.now_ms)
            end.tick(self.now_ms)
            while end.outbox:
                out.send(end.outbox.pop(0), self.now_ms)
        for end, link in ((self.server, self.up), (self.client, self.down)):
            for data in link.arrived(self.now_ms):
                end.receive(data, self.now_ms)
        self.now_ms += TURN_MS

    def run(self, limit_ms=60000):
        """Turn until both ends have left "connecting"; return the time it took."""
        while self.now_ms < limit_ms and "connecting" in (self.client.state, self.server.state):
            self.turn()
        return self.now_ms

    def connected(self):
        """True when both ends are connected with the same keys."""
        if self.client.state != "connected" or self.server.state != "connected":
            return False
        keys = self.server.srtp_keys()
        return self.client.srtp_keys() == keys[2:] + keys[:2]
