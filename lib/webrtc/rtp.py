"""RTP headers in place: what is sent is advanced, what arrives is read into numbers (RFC 3550)."""
# MIT License; see LICENSE

from array import array

from micropython import const

from . import rtp_viper as fast

_VERSION = const(0x80)
_EXTENSION = const(0x10)
_MARKER = const(0x80)
_VOICE = const(0x80)
_HEADER = const(12)
_LEVEL_AT = const(17)


class RtpWriter:
    """Keeps the RTP header of one outgoing stream at the start of a buffer.

    packet: the buffer, `payload_at` + payload bytes at least. ssrc: 4 bytes. payload_type: 0..127.
    level_id: id (1..14) of the RFC 6464 extension, or 0 to send none. sequence: the first number;
    below 32768, so that a loss at the start cannot hide a wrap from SRTP (RFC 3711 3.3.1).
    timestamp: the first one, 4 bytes.
    """

    def __init__(self, packet, ssrc, payload_type, level_id, sequence, timestamp):
        self._packet = packet
        self._type = payload_type
        self._step = 0  # samples from the last packet to the next
        self._marker = _MARKER
        self._has_level = level_id > 0
        self.payload_at = _HEADER + 8 if level_id else _HEADER
        packet[0] = _VERSION | _EXTENSION if level_id else _VERSION
        previous = (sequence - 1) & 0xFFFF
        packet[2] = previous >> 8
        packet[3] = previous & 0xFF
        packet[4:8] = timestamp
        packet[8:12] = ssrc
        if level_id:
            # One-byte header form, one word: the element of one byte, then two of padding.
            packet[12:20] = bytes((0xBE, 0xDE, 0, 1, level_id << 4, 0, 0, 0))

    def next(self, samples, level_dbov, voice):
        """Make the header of the next packet, which carries `samples` at clock rate.

        level_dbov: 0 down to -127. The marker is set on the first packet and after `skip`.
        """
        packet = self._packet
        fast.advance(packet, 1, self._step)
        self._step = samples
        packet[1] = self._marker | self._type
        self._marker = 0
        if self._has_level:
            level = 0 if level_dbov > 0 else 127 if level_dbov < -127 else -level_dbov
            packet[_LEVEL_AT] = level | _VOICE if voice else level

    def describe_noise(self, payload_type):
        """Make the packet comfort noise; the next one begins a talk spurt (RFC 3389 section 4)."""
        self._packet[1] = payload_type
        self._marker = _MARKER

    def skip(self, samples):
        """Let `samples` (0..2**29) go by without a packet; the next one begins a talk spurt."""
        fast.advance(self._packet, 0, self._step)
        self._step = samples
        self._marker = _MARKER

    def timestamp(self, elapsed):
        """Return the 4 bytes of the RTP time `elapsed` samples after the last packet's."""
        value = int.from_bytes(self._packet[4:8], "big") + elapsed
        return (value & 0xFFFFFFFF).to_bytes(4, "big")


class RtpReader:
    """Reads headers into attributes, without allocation.

    level_id: id of the RFC 6464 extension, or 0.
    """

    def __init__(self, level_id=0):
        self._level_id = level_id or 15  # 15 ends a list of elements: it never matches
        self._fields = array("i", [0] * 6)
        self.start = 0  # payload begins
        self.end = 0  # and ends; padding is not part of it
        self.marker = False
        self.payload_type = 0
        self.sequence = 0
        self.timestamp = 0  # modulo 2**30: a small int on 32-bit chips
        self.level_dbov = None  # 0 to -127, or None if the packet does not say
        self.voice = False

    def parse(self, packet, length):
        """Read packet[:length]; return whether it is a well-formed RTP packet."""
        fields = self._fields
        if not fast.parse(packet, length, fields, self._level_id):
            return False
        self.start = fields[0]
        self.end = fields[1]
        self.marker = fields[2] > 127
        self.payload_type = fields[2] & 127
        self.sequence = fields[3]
        self.timestamp = fields[4]
        level = fields[5]
        self.voice = level > 127
        self.level_dbov = None if level < 0 else -(level & 127)
        return True
