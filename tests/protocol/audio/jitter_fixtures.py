"""A sender, a network and a listener on a fake clock, around a JitterBuffer."""
# MIT License; see LICENSE

from array import array

FRAME_MS = 20


class CountingCodec:
    """1 kHz, so that minutes pass quickly: each sample tells its own media time in ms."""

    name = "COUNT"
    rate_hz = 1000
    clock_hz = 8000
    frame_samples = FRAME_MS

    def packet_samples(self, packet, length):
        return length

    def decode_into(self, packet, pcm, length):
        for i in range(length):
            pcm[i] = packet[0] << 7 | packet[i]
        return length

    def conceal_into(self, pcm):
        for i in range(len(pcm)):
            pcm[i] = -1
        return len(pcm)


def counting_packet(n):
    """Packet n of CountingCodec: its own number, then the ms within; 20 bytes."""
    packet = bytearray(FRAME_MS)
    packet[0] = n & 0xFF
    return packet


class Random:
    """Small numbers that are the same on every runtime."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        # In 30 bits, so that a chip with 32 does not allocate.
        self.state = (self.state * 1021 + 12345) & 0xFFFFF
        return (self.state >> 3) % limit


class Call:
    """Sends a packet each 20 ms of the sender's clock; pulls a frame each 20 ms of the listener's.

    transit(n) gives the transit time of packet n in ms, a tuple of them, or None when it is lost.
    """

    def __init__(self, jitter, transit, ppm=0, payload=None, ticks_per_ms=8, pull_jitter_ms=0):
        self.jitter = jitter
        self.transit = transit
        self.ppm = ppm
        self.payload = payload or counting_packet
        self.ticks = ticks_per_ms * FRAME_MS
        self.pull_jitter_ms = pull_jitter_ms
        self.pcm = array("h", bytes(2 * jitter._codec.frame_samples))
        self.first_seq = 65500  # so that it wraps soon
        self.first_timestamp = 0xFFFFF00
        self.sent = 0
        self.pulled = 0
        self.in_flight = []
        self.delays = []
        self.concealed = []

    def send_until(self, now_ms):
        while True:
            n = self.sent
            sent_ms = n * FRAME_MS + n * FRAME_MS * self.ppm // 1000000
            if sent_ms > now_ms:
                return
            self.sent += 1
            transit = self.transit(n)
            if transit is None:
                continue
            for one in transit if isinstance(transit, tuple) else (transit,):
                self.in_flight.append((sent_ms + one, n) + self.header(n))

    def header(self, n):
        """Sequence number and timestamp of packet n."""
        timestamp = (self.first_timestamp + n * self.ticks) & 0x3FFFFFFF
        return (self.first_seq + n) & 0xFFFF, timestamp

    def deliver_until(self, now_ms):
        due = sorted(arrival for arrival in self.in_flight if arrival[0] <= now_ms)
        self.in_flight = [arrival for arrival in self.in_flight if arrival[0] > now_ms]
        for arrival_ms, n, seq, timestamp in due:
            payload = self.payload(n)
            self.jitter.push(payload, 0, len(payload), seq, timestamp, arrival_ms)

    def run(self, frames, keep=None):
        """Go on for so many frames; keep(pcm) sees each one that is played."""
        for _ in range(frames):
            now_ms = self.pulled * FRAME_MS
            self.send_until(now_ms)
            self.deliver_until(now_ms)
            concealed = self.jitter.concealed_samples
            self.jitter.pull_into(self.pcm, now_ms)
            self.concealed.append(self.jitter.concealed_samples - concealed)
            self.delays.append(self.jitter.delay_ms)
            if keep is not None:
                keep(self.pcm)
            self.pulled += 1
