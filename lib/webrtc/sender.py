"""The sending end of an audio stream: a frame becomes one protected RTP packet, in place."""
# MIT License; see LICENSE

from micropython import const

from . import srtp
from .rtp import RtpWriter

_HEADER = const(20)  # with the RFC 6464 extension


class Sender:
    """Sends one stream. Encode a frame into `payload`, then call `send`.

    `codec`: (payload_type, name, rate_hz) once negotiated, else None; `noise_type`: payload type
    of comfort noise, or None. `payload`: a writable
    memoryview for the next frame once connected, else None. `packets`, `octets`: sent so far,
    headers not counted; `unsent`: frames that the network did not take. `reports`: how often the
    peer told what it received; `remote_loss`: lost of 256, as it told last.

    ssrc: 4 bytes. max_payload: bytes of the longest frame.
    """

    def __init__(self, ssrc, max_payload):
        self.ssrc = ssrc
        self.codec = None
        self.noise_type = None
        self.payload = None
        self.packets = 0
        # Octets modulo 2**24, and how often that went round: the sum of two days is no small int.
        self._octets = self._rounds = 0
        self.unsent = 0
        self.reports = 0
        self.remote_loss = 0
        # Takes a view of the packet, which is valid during the call, and returns whether it went.
        self.transmit = None
        self.now_ms = 0
        self._sent_ms = 0
        self._max_payload = max_payload
        self._workspace = srtp.Workspace(_HEADER + max_payload)
        self._srtp = None
        self._writer = None

    @property
    def octets(self):
        """Bytes of payload sent so far."""
        return self._rounds << 24 | self._octets

    def open(self, key, salt, level_id, urandom):
        """Begin, with master key and salt; level_id: of the RFC 6464 extension, or 0."""
        random = urandom(6)
        self._srtp = srtp.SrtpSender(key, salt, 0, self._workspace)
        first = (random[0] & 0x7F) << 8 | random[1]
        packet = self._srtp.packet
        self._writer = RtpWriter(packet, self.ssrc, self.codec[0], level_id, first, random[2:])
        at = self._writer.payload_at
        self.payload = packet[at : at + self._max_payload]

    def send(self, size, samples, level_dbov=-127, voice=False, noise=False):
        """Send payload[:size], `samples` long at clock rate; return whether the network took it.

        level_dbov: 0 down to -127; voice: whether it is speech (RFC 6464). noise: the payload
        describes comfort noise, which needs a `noise_type`. Allocates nothing but what the hash
        objects of the firmware do.
        """
        if self.payload is None or not 0 < size <= self._max_payload:
            self.unsent += 1
            return False
        writer = self._writer
        writer.next(samples, level_dbov, voice)
        if noise:
            writer.describe_noise(self.noise_type)
        self._sent_ms = self.now_ms
        if not self.transmit(self._srtp.protect(writer.payload_at + size)):
            self.unsent += 1
            return False
        self.packets += 1
        size += self._octets
        self._octets = size & 0xFFFFFF
        self._rounds += size >> 24
        return True

    def skip(self, samples):
        """Let `samples` go by without a packet, as when muted; their time is not compressed."""
        if self.payload is not None:
            self._writer.skip(samples)

    def rtp_time(self, now_ms):
        """Return the 4 bytes of the RTP time that corresponds to now_ms."""
        elapsed = min(now_ms - self._sent_ms, 60000)
        return self._writer.timestamp(elapsed * (self.codec[2] // 1000))

    def close(self):
        """Send no more."""
        self.payload = None
        self.transmit = None
