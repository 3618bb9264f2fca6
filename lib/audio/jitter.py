"""Adaptive jitter buffer: packets in as they arrive, one frame out at the pace of the speaker."""
# MIT License; see LICENSE

from array import array

from micropython import const

from .delay import DelayEstimator, difference
from .pace import ABOVE_MS, Pace
from .packets import DUPLICATE, LATE, PacketRing
from .stretch import SampleQueue

_MASK = const(0xFFFFFFF)
_CHUNK_MS = const(5)  # concealment is made in pieces of this length, if the codec has no other
_PATIENCE_FRAMES = const(500)  # after a loss, one more packet is waited for: it may help
_BELOW_MS = const(5)  # what is short by less is long enough
_STALL_MS = const(45)  # nothing pushed nor pulled: this device itself was busy, which is no jitter
_BURST_MS = const(10)  # what waited meanwhile is pushed within this time
_ISOLATED_MS = const(2000)  # a device that is busy more often needs the delay
_SETTLE_FRAMES = const(4)  # until the speaker has been filled again
_STEP_MS = const(15)  # what a stall adds beyond this is left out at once
_SKIP_MS = const(100)  # beyond the maximal delay: leave out at once what is too much
_FOREIGN_MS = const(2000)  # a timestamp so far off belongs to another time line
_SUSPICION = const(24)  # late packets in a row, or
_FOREIGN_COUNTS = const(8)  # a third of it in foreign ones, until the buffer starts anew


class JitterBuffer:
    """Plays one RTP stream with as little delay as its jitter allows; allocation-free.

    codec has `rate_hz`, `frame_samples`, `decode_into(packet, pcm, length)`,
    `conceal_into(pcm)` and `packet_samples(packet, length)`; `clock_hz` where the RTP clock is
    not `rate_hz`; `chunk_ms` where it conceals pieces of another length than 5 ms;
    `recover_into(packet, pcm, length)` where a packet may hold a copy of the one before it, which
    then is used when that one is lost. The delay adapts within min_ms to max_ms (20 to 400);
    packets longer than max_payload bytes or max_packet_ms are dropped, and the oldest where more
    than `slots` wait: these should hold max_ms and 100 ms more. The delay changes in pauses where
    that is soon enough. Raises ValueError for limits that make no sense.

    Counters: `late`, `duplicates`, `dropped` (malformed or foreign), `lost`, all in packets;
    `concealed` and `recovered` in frames; `concealed_samples`, `inserted` and `removed` in
    samples; `resets`.
    """

    def __init__(self, codec, min_ms=20, max_ms=200, max_payload=480, max_packet_ms=60, slots=32):
        if not 0 <= min_ms <= max_ms <= 400:
            raise ValueError(f"delay limits of {min_ms} to {max_ms} ms are not within 0 to 400")
        if not 1 <= max_payload <= 1500:
            raise ValueError(f"a payload has 1 to 1500 bytes, not {max_payload}")
        clock_hz = getattr(codec, "clock_hz", codec.rate_hz)
        if codec.rate_hz % 1000 or clock_hz % codec.rate_hz:
            raise ValueError(f"an RTP clock of {clock_hz} Hz does not fit {codec.rate_hz} Hz")
        self._codec = codec
        self._ticks_per_ms = clock_hz // 1000
        self._ticks_per_sample = clock_hz // codec.rate_hz
        self._min_ticks = min_ms * self._ticks_per_ms
        self._max_ticks = max_ms * self._ticks_per_ms
        self._frame_ticks = codec.frame_samples * self._ticks_per_sample
        self._chunk_ms = getattr(codec, "chunk_ms", _CHUNK_MS)
        self._delays = DelayEstimator(self._ticks_per_ms)
        self._pace = Pace(self._ticks_per_ms)
        self._packet_samples = max_packet_ms * codec.rate_hz // 1000
        self._ring = PacketRing(slots, max_payload)
        self._make_buffers(codec)
        self._last_ms = None
        self._clock = 0  # now_ms in ticks, modulo 2**28
        self._tail = 0  # the timestamp that follows what is in the queue
        self._known = False  # a first packet has come
        self._playing = False
        self._delay16 = 0  # smoothed: pulls do not come at an even pace
        self._stalled_ms = -_ISOLATED_MS
        self._forgiven = False
        self._settling = 0  # frames until
        self._settled = 0  # the delay before a stall is restored
        self._suspicion = 0
        self._patience = 0  # frames for which one more packet is waited for
        self._lost = 0
        self.late = self.duplicates = self.dropped = self.resets = self.recovered = 0
        self.concealed_samples = self.inserted = self.removed = 0

    def _make_buffers(self, codec):
        ms = codec.rate_hz // 1000
        frame = codec.frame_samples
        self._queue = SampleQueue(codec.rate_hz, 2 * frame + 2 * self._packet_samples)
        self._decoded = array("h", bytes(2 * self._packet_samples))
        self._chunk = array("h", bytes(2 * self._chunk_ms * ms))
        self._copy = array("h", bytes(2 * frame)) if hasattr(codec, "recover_into") else None

    @property
    def delay_ms(self):
        """From the arrival of a fast packet to its first sample being pulled, smoothed."""
        return (self._delay16 >> 4) // self._ticks_per_ms

    @property
    def target_ms(self):
        """The delay that is aimed at."""
        return self._target() // self._ticks_per_ms

    @property
    def concealed(self):
        """What was concealed for want of a packet, in whole frames."""
        return self.concealed_samples // self._codec.frame_samples

    @property
    def lost(self):
        """Packets that had not come when it was their turn (they may come later, and be late)."""
        return self._ring.lost

    def stats(self):
        """Return delays in ms and all counters as a dict; it allocates."""
        return {
            "delay_ms": self.delay_ms,
            "target_ms": self.target_ms,
            "late": self.late,
            "lost": self.lost,
            "duplicates": self.duplicates,
            "dropped": self.dropped,
            "concealed": self.concealed,
            "concealed_samples": self.concealed_samples,
            "recovered": self.recovered,
            "inserted_samples": self.inserted,
            "removed_samples": self.removed,
            "resets": self.resets,
        }

    def reset(self):
        """Expect a new stream (another SSRC): its first packet starts a new time line."""
        if self._known:
            self.resets += 1
        self._known = self._playing = False

    def push(self, buf, start, length, seq, timestamp, now_ms):
        """Take one payload: buf[start:start + length], copied. Never raises for what it holds.

        seq is the 16-bit sequence number; timestamp the RTP timestamp, its lower 28 bits are
        used; now_ms a count that does not wrap, but may begin anew after `reset`.
        """
        if not 0 < length <= self._ring.max_payload or start < 0 or start + length > len(buf):
            self.dropped += 1
            return
        self._advance(now_ms)
        seq &= 0xFFFF
        timestamp &= _MASK
        if not self._known:
            self._begin(seq, timestamp)
        elif self._is_foreign(timestamp):
            self._suspicion += _FOREIGN_COUNTS
            if self._suspicion < _SUSPICION:
                self.dropped += 1
                return
            self.reset()
            self._begin(seq, timestamp)
        elif self._is_earlier(timestamp) and self._ring.rewind(seq):
            self._tail = timestamp
        self._store(buf, start, length, seq, timestamp)

    def pull_into(self, pcm, now_ms):
        """Fill pcm with the next frame: decoded, concealed or silent. Returns its samples.

        pcm has at most two frames; a longer one is left alone and counted in `dropped`.
        """
        count = len(pcm)
        if count > 2 * self._codec.frame_samples:
            self.dropped += 1
            return 0
        self._advance(now_ms)
        if self._playing or self._may_start():
            self._fill(count)
            if self._copy is not None:
                self._be_patient()
            self._adapt(count)
        else:
            while self._queue.pending < count:
                self._append_concealment()
        taken = self._queue.take_into(pcm)
        self._pace.listen(pcm, taken)
        return taken

    def _advance(self, now_ms):
        if self._last_ms is not None and now_ms < self._last_ms:
            # Another connection counts from 0 again: no stall of the last one is of its time.
            self._last_ms = None
            self._stalled_ms = now_ms - _ISOLATED_MS
            self._forgiven = False
        if self._last_ms is not None:
            passed_ms = now_ms - self._last_ms
            self._clock = (self._clock + passed_ms * self._ticks_per_ms) & _MASK
            if passed_ms > _STALL_MS:
                self._forgiven = now_ms - self._stalled_ms > _ISOLATED_MS
                self._stalled_ms = now_ms
                if not self._settling:
                    self._settled = self._delay16 >> 4
                self._settling = _SETTLE_FRAMES
        self._last_ms = now_ms

    # A new time line: everything stored belongs to the old one.
    def _begin(self, seq, timestamp):
        self._known = True
        self._playing = False
        self._suspicion = 0
        self._ring.restart(seq)
        self._tail = timestamp
        self._delays.restart(self._clock, timestamp)

    def _is_foreign(self, timestamp):
        late = self._delays.lateness(self._clock, timestamp)
        limit = _FOREIGN_MS * self._ticks_per_ms
        return not -limit < late < limit

    # Reordered before the first frame was played: begin with the earlier one.
    def _is_earlier(self, timestamp):
        return not self._playing and difference(self._tail, timestamp) > 0

    def _store(self, buf, start, length, seq, timestamp):
        result = self._ring.store(buf, start, length, seq, timestamp)
        if result == DUPLICATE:
            self.duplicates += 1
            return
        if not (self._forgiven and self._last_ms - self._stalled_ms <= _BURST_MS):
            self._delays.observe(self._clock, timestamp)
        if result == LATE:
            self._count_late()

    # Late ones teach how much delay is needed; when all are late, the time line itself is wrong.
    def _count_late(self):
        self.late += 1
        self._suspicion += 1
        if self._suspicion >= _SUSPICION:
            self.reset()
            self._delays.forget()

    def _target(self):
        # A frame more than the spread: the frame pulled may end in the packet after the first.
        wanted = self._delays.spread + self._frame_ticks
        if self._patience:
            wanted += self._frame_ticks
        if wanted < self._min_ticks:
            return self._min_ticks
        return wanted if wanted < self._max_ticks else self._max_ticks

    # The delay of the sample that is pulled next, in ticks.
    def _delay(self):
        head = self._tail - self._queue.pending * self._ticks_per_sample
        return self._delays.lateness(self._clock, head & _MASK)

    def _may_start(self):
        if not self._known:
            return False
        delay = self._delay()
        if delay + 2 * _BELOW_MS * self._ticks_per_ms < self._target():
            return False
        self._delay16 = 16 * delay
        self._pace.restart()
        self._playing = True
        return True

    # Make the queue hold a frame. Where no packet follows, three cases:
    # 1. a later one is there: what is between is lost, or the sender paused; its time passes
    # 2. none is there and the delay is what it should be: the same
    # 3. none is there and the delay is too short: time stands still, and the delay grows
    def _fill(self, count):
        if self._queue.pending >= count:
            return
        while self._queue.pending < count and self._playing:
            if not self._decode_next() and not self._recover():
                samples = self._append_concealment()
                self.concealed_samples += samples
                ticks = samples * self._ticks_per_sample
                if self._too_short() and self._ring.peek() < 0:
                    self._delay16 += 16 * ticks
                else:
                    self._tail = (self._tail + ticks) & _MASK
        while self._queue.pending < count:
            self._append_concealment()

    def _too_short(self):
        return (self._delay16 >> 4) + _BELOW_MS * self._ticks_per_ms < self._target()

    # The copy of a lost packet is in the next one, which must be here when it is needed.
    def _be_patient(self):
        lost = self._ring.lost
        if lost != self._lost:
            self._lost = lost
            self._patience = _PATIENCE_FRAMES
        elif self._patience:
            self._patience -= 1

    # Where one frame is missing, take its copy from the packet that follows, which stays.
    def _recover(self):
        ring = self._ring
        timestamp = ring.peek()
        if self._copy is None or timestamp < 0:
            return False
        if difference(timestamp, self._tail) != self._frame_ticks:
            return False
        if self._codec.packet_samples(ring.payload, ring.length) != len(self._copy):
            return False
        samples = self._codec.recover_into(ring.payload, self._copy, ring.length)
        self._queue.append(self._copy, samples)
        self._tail = timestamp
        self.recovered += 1
        return True

    def _append_concealment(self):
        samples = self._codec.conceal_into(self._chunk)
        self._queue.append(self._chunk, samples)
        return samples

    # Decode the packet that continues the queue; False when there is none yet. One that begins
    # before the tail, but ends after it, is played whole: the delay was too short, now it grows.
    def _decode_next(self):
        ring = self._ring
        while self._playing:
            timestamp = ring.peek()
            if timestamp < 0:
                return False
            gap = difference(timestamp, self._tail)
            if 2 * gap > self._chunk_ms * self._ticks_per_ms:
                return False
            payload = ring.payload
            length = ring.length
            ring.drop()
            samples = self._codec.packet_samples(payload, length)
            if not 0 < samples <= self._packet_samples:
                self.dropped += 1
                continue
            ticks = samples * self._ticks_per_sample
            if gap + ticks <= 0:
                self._count_late()
                continue
            self._codec.decode_into(payload, self._decoded, length)
            self._queue.append(self._decoded, samples)
            self._tail = (timestamp + ticks) & _MASK
            self._delay16 -= 16 * gap
            self._suspicion = 0
            return True
        return False

    # Bring the delay to its target, a pitch period at a time.
    def _adapt(self, count):
        delay = self._delay()
        self._delay16 += (16 * delay - self._delay16) >> 4
        target = self._target()
        if delay > self._max_ticks + _SKIP_MS * self._ticks_per_ms:
            self._skip(delay - target)
            return
        if self._settling:
            self._settle(delay - max(self._settled, target))
            return
        excess = (self._delay16 >> 4) - target
        if not self._pace.allows(excess):
            return
        if excess > 0:
            self._shrink(count, excess)
        else:
            self._stretch(-excess)

    def _settle(self, excess):
        self._settling -= 1
        if not self._settling and excess > _STEP_MS * self._ticks_per_ms:
            self._skip(excess)

    def _stretch(self, wanted):
        # Up to the middle of the range that is left alone.
        samples = self._queue.stretch(
            (wanted + ABOVE_MS * self._ticks_per_ms) // self._ticks_per_sample
        )
        self.inserted += samples
        self._delay16 += 16 * samples * self._ticks_per_sample

    def _shrink(self, count, excess):
        queue = self._queue
        most = min(excess // self._ticks_per_sample, queue.longest)
        while queue.pending < most + max(count, most):
            if not self._decode_next():
                break
        samples = queue.shrink(min(most, queue.pending - count))
        self.removed += samples
        self._delay16 -= 16 * samples * self._ticks_per_sample

    # Nobody pulled for a while, or the time line jumped ahead: go on at the target delay.
    def _skip(self, ticks):
        self.removed += ticks // self._ticks_per_sample
        self._tail = (self._tail + ticks) & _MASK
        timestamp = self._ring.peek()
        while timestamp >= 0 and difference(timestamp, self._tail) < 0:
            self._ring.drop()
            timestamp = self._ring.peek()
        self._append_concealment()  # the next packet is cross-faded with it: no click
        self._delay16 = 16 * self._delay()
