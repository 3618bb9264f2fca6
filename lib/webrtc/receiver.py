"""The receiving end of an audio stream: a datagram becomes a payload for the sink, in place."""
# MIT License; see LICENSE

from micropython import const

from . import srtp
from .rtp import RtpReader
from .stats import StreamStats

_SILENT_MS = const(500)  # of the source that plays, before another known one may take its place


class Receiver:
    """Receives one stream and hands its payloads to `sink`.

    `sink.push(buffer, start, length, sequence, timestamp, now_ms)` is called for each packet that
    is authentic, new, and of the codec or its comfort noise; the buffer is valid during the call,
    the timestamp is modulo 2**30. `codec`: (payload_type, name, rate_hz) once negotiated, else
    None; `noise_type`: payload type of comfort noise, or None. `packets`, `octets`: received so
    far. `level_dbov` (0 to -127, None if not told) and `voice`: as the last packet says (RFC
    6464). `source`: SSRC that plays (4 bytes) or None; `ended`: whether it said
    BYE. `early`: packets before there were keys; `foreign`: authentic ones that are not the
    codec's or not the source's.

    max_packet: the longest datagram to accept, in bytes.
    """

    def __init__(self, max_packet):
        self.sink = None
        self.codec = None
        self.noise_type = None
        self.packets = 0
        self._octets = self._rounds = 0  # as Sender has them
        self.early = 0
        self.foreign = 0
        self.level_dbov = None
        self.voice = False
        self.ended = False
        self.stats = None  # StreamStats of the source
        self.max_packet = max_packet
        self._workspace = srtp.Workspace(max_packet)
        self._srtp = None
        self._reader = None
        self._stream = None
        self._known = []
        self._last_ms = 0

    @property
    def source(self):
        """SSRC of the source that plays, 4 bytes, or None."""
        return None if self._stream is None else self._stream.ssrc

    @property
    def rejected(self):
        """Packets that were malformed, forged or replayed."""
        return 0 if self._srtp is None else self._srtp.rejected

    @property
    def octets(self):
        """Bytes of payload received so far."""
        return self._rounds << 24 | self._octets

    def open(self, key, salt, level_id):
        """Begin, with master key and salt; level_id: of the RFC 6464 extension, or 0."""
        self._srtp = srtp.SrtpReceiver(key, salt, 0, self._workspace)
        self._reader = RtpReader(level_id)

    def receive(self, data, now_ms):
        """Take a datagram that looks like RTP; return whether it is authentic.

        What is wrong with it is counted, never raised.
        Allocates nothing but what the hash objects of the firmware do, and a few hundred bytes
        when a new source appears.
        """
        context = self._srtp
        if context is None:
            self.early += 1
            return False
        length = context.unprotect(context.load(data))
        if not length:
            return False
        reader = self._reader
        packet = context.packet
        codec = self.codec
        if not reader.parse(packet, length):
            context.malformed += 1
            return True
        if codec is None or reader.end == reader.start or not self._known_type():
            self.foreign += 1
            return True
        if context.stream is not self._stream and not self._turn_to(context.stream, now_ms):
            self.foreign += 1
            return True
        self._last_ms = now_ms
        self.packets += 1
        size = reader.end - reader.start
        octets = self._octets + size
        self._octets = octets & 0xFFFFFF
        self._rounds += octets >> 24
        self.level_dbov = reader.level_dbov
        self.voice = reader.voice
        self.stats.count(reader.sequence, reader.timestamp, now_ms)
        if self.sink is not None:
            self.sink.push(packet, reader.start, size, reader.sequence, reader.timestamp, now_ms)
        return True

    def _known_type(self):
        payload_type = self._reader.payload_type
        return payload_type == self.codec[0] or payload_type == self.noise_type

    # A source that was never heard takes over at once; one that was, when the other is silent.
    def _turn_to(self, stream, now_ms):
        if stream in self._known:
            if now_ms - self._last_ms < _SILENT_MS:
                return False
        else:
            self._known.append(stream)
        self._stream = stream
        self.stats = StreamStats(self.codec[2])
        self.ended = False
        return True

    def counters(self):
        """Return a dict of what was received and what was wrong with it."""
        stream = self.stats
        return {
            "packets_received": self.packets,
            "bytes_received": self.octets,
            "lost": 0 if stream is None else stream.lost,
            "fraction_lost": 0.0 if stream is None else stream.loss,
            "jitter_ms": None if stream is None else stream.jitter_ms,
            "level_dbov": self.level_dbov,
            "rejected": self.rejected,
            "early": self.early,
            "foreign": self.foreign,
        }

    def close(self):
        """Receive no more."""
        self._srtp = None
        self.sink = None
