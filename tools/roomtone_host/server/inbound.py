"""One participant's sound on its way in: reorder, decode, keep as little as jitter allows."""
# MIT License; see LICENSE

from __future__ import annotations

from collections import deque

import numpy as np

from . import codecs, dsp, rtp
from .pace import Pace

_STRETCH = 0.0125  # of a frame: pitch changes by a fifth of a semitone while delay is adjusted
_BACKLOG_S = 0.2  # more than this is thrown away at once
_HELD_LIMIT = 16  # packets that wait for an earlier one
_GAP_LIMIT_S = 0.12  # a longer hole in the timestamps is a pause, not loss
_CONCEAL_FRAMES = 3
_STALL_S = 0.5  # a longer silence is a pause
_FADE_S = 0.0025  # across a seam


class Inbound:
    """The jitter buffer and decoder of one received stream.

    `push` takes what the network brings; `pull` gives one frame of 20 ms at a time.
    Times are seconds of one monotonic clock.
    """

    def __init__(self, codec_name: str, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.codec_name = codec_name
        self.reception = rtp.Reception(rate_hz)
        self.level_dbov = rtp.SILENCE_DBOV
        self.delay_ms = 0.0
        self.concealed_ms = 0
        self.listeners_loss = 0  # of 256, the most that somebody who gets the packets loses
        self.late = 0
        self.fits_boards = True  # whether all its packets of Opus are as boards take them
        self._frame = dsp.frame_samples(rate_hz)
        self._ssrc: int | None = None
        self._restart()

    def _restart(self) -> None:
        self._codec = codecs.create(self.codec_name)
        self._next: int | None = None  # extended sequence number
        self._next_timestamp = 0
        self._held: dict[int, rtp.RtpPacket] = {}
        self._line = np.zeros(0, np.int16)  # decoded, not yet pulled
        self._pulled = 0  # samples since the start
        self._arrivals: deque[tuple[int, float]] = deque()  # (first sample, arrival)
        self._last = np.zeros(self._frame, np.int16)
        self._missing = 0  # frames concealed in a row
        self._debt = 0  # samples concealed for packets that may still come
        self._adjust = 0  # samples to add (+) or take away (-)
        self._pace = Pace()
        self._said_level: int | None = None

    @property
    def active(self) -> bool:
        """Whether there is something to hear."""
        return bool(len(self._line) or self._held) or (
            self._next is not None and self._missing < _CONCEAL_FRAMES
        )

    def count(self, packet: rtp.RtpPacket, now: float) -> int:
        """Count a packet without storing it; returns its extended sequence number."""
        if packet.ssrc != self._ssrc:
            self._ssrc = packet.ssrc
            self.reception = rtp.Reception(self.rate_hz)
            self.fits_boards = True
            self._restart()
        self._said_level = packet.level_dbov
        self.fits_boards = self.fits_boards and codecs.fits_boards(packet.payload)
        return self.reception.add(packet, now)

    def push(self, packet: rtp.RtpPacket, now: float) -> None:
        """Take one packet that arrived at `now`."""
        sequence = self.count(packet, now)
        if self._next is None or self._missing >= _CONCEAL_FRAMES:
            # The first packet, or the first after a pause: start afresh from here.
            self._resume_at(sequence, packet.timestamp)
        if sequence < self._next:
            self.late += 1
            return
        self._held[sequence] = packet
        if len(self._held) > _HELD_LIMIT:
            self._skip_gap()
        self._decode_ready(now)

    def _resume_at(self, sequence: int, timestamp: int) -> None:
        self._held.clear()
        # Of a short silence, what the sender did not make was a stall.
        pause = (timestamp - self._next_timestamp) & 0xFFFFFFFF
        stalled = self._next is not None and self._debt < _STALL_S * self.rate_hz
        self._debt = max(0, self._debt - pause) if stalled else 0
        self._next, self._next_timestamp = sequence, timestamp
        self._missing = 0

    def _decode_ready(self, now: float) -> None:
        while self._next in self._held:
            packet = self._held.pop(self._next)
            samples = self._codec.decode(packet.payload)
            self._next += 1
            self._next_timestamp = (packet.timestamp + len(samples)) & 0xFFFFFFFF
            late = self._late(len(samples))
            if late:
                self.late += late == len(samples)
            elif len(samples):  # of a packet with nothing to play nobody would take the note
                self._arrivals.append((self._pulled + len(self._line), now))
            self._line = np.concatenate((self._line, samples[late:]))
        limit = int(_BACKLOG_S * self.rate_hz)
        if len(self._line) > limit:
            self._drop(len(self._line) - 2 * self._frame)

    def _late(self, samples: int) -> int:
        """How many of so many samples to leave out, because something was played in their place.

        Where packets are late again and again, all but a frame: that much more delay may help.
        """
        grace = 0 if self._pace.isolated else self._frame
        late = min(max(0, self._debt - grace), samples)
        self._debt = self._debt - late if late else 0
        return late

    def _drop(self, samples: int) -> None:
        self._line = self._line[samples:]
        self._pulled += samples
        self._adjust = 0

    def _skip_gap(self) -> None:
        """Give up on the packet that is missing, and go on with the next that is here."""
        self._next = min(self._held)
        self._next_timestamp = self._held[self._next].timestamp

    def skip(self, frames: int) -> None:
        """The mixer stood still for so many frames: their time has passed, heard by nobody."""
        samples = frames * self._frame
        here = min(len(self._line), samples)
        self._drop(here)
        self._debt += samples - here
        self._pace.isolated = True

    def pull(self, now: float) -> np.ndarray | None:
        """The next 20 ms (16 bit, at `rate_hz`), or None when there is nothing to hear."""
        if not self.active:
            self._debt += self._frame
            self.level_dbov = rtp.SILENCE_DBOV
            return None
        self._fill_gap(now)
        self._keep_pace()
        take = self._frame - self._step()
        if len(self._line) < take:
            frame = self._conceal_end(now)
        else:
            frame = self._line[:take]
            self._line = self._line[take:]
            self._pulled += take
            self._missing = 0
            self._measure(now)
            frame = self._fit(frame)
        self._last = frame
        self.level_dbov = self._level(frame)
        return frame

    def _level(self, frame: np.ndarray) -> int:
        if self._said_level is not None and not self._missing:
            return self._said_level
        return dsp.level_dbov(frame)

    def _fill_gap(self, now: float) -> None:
        """Conceal a lost packet when a later one is here and the sound is needed now."""
        while self._held and len(self._line) < self._frame:
            first = self._held[min(self._held)]
            gap = (first.timestamp - self._next_timestamp) & 0xFFFFFFFF
            if gap <= _GAP_LIMIT_S * self.rate_hz:
                # What was played while waiting counts.
                self._line = np.concatenate((self._line, self._conceal(max(0, gap - self._debt))))
                self._debt = max(0, self._debt - gap)
            self._skip_gap()
            self._decode_ready(now)

    def _conceal(self, samples: int) -> np.ndarray:
        """`samples` that go on from the last frame and fade out."""
        if not samples:
            return np.zeros(0, np.int16)
        self._missing += -(-samples // self._frame)
        self.concealed_ms += 1000 * samples // self.rate_hz
        start = 0.8 ** max(0, self._missing - 1)
        fade = np.linspace(start, start * 0.5, samples)
        return dsp.to_int16(np.resize(self._last, samples) * fade)

    def _conceal_end(self, now: float) -> np.ndarray:
        """A frame when not enough is here: the rest of the line, and a guess."""
        rest = self._line
        self._line = np.zeros(0, np.int16)
        self._pulled += len(rest)
        guess = self._conceal(self._frame - len(rest))
        self._debt += len(guess)
        self._adjust = 0
        self._pace.ran_dry(now)
        if self._missing >= _CONCEAL_FRAMES:
            guess = dsp.to_int16(guess * np.linspace(1, 0, len(guess)))
        return np.concatenate((rest, guess))

    def _measure(self, now: float) -> None:
        """How long the packets just taken had waited."""
        while self._arrivals and self._arrivals[0][0] < self._pulled:
            _, arrived = self._arrivals.popleft()
            waited_ms = 1000 * (now - arrived)
            if not self._adjust:
                self._pace.observe(waited_ms)
            self.delay_ms += (waited_ms - self.delay_ms) / 16

    def _keep_pace(self) -> None:
        """Add or take away what is too little or too much, where it is heard least."""
        if len(self._line) < self._frame:
            return
        pace = self._pace
        pace.tick(dsp.level_dbov(self._line[: self._frame]))
        if self._adjust:
            if pace.quiet and self._splice(self._adjust):
                self._adjust = 0
        elif frames := pace.now():
            if self._splice(frames * self._frame):
                pace.changed(frames)
        elif frames := pace.slowly():
            self._adjust = frames * self._frame
            pace.changed(frames)

    def _splice(self, samples: int) -> bool:
        """Add (+) or take away (-) samples at the start of the line; False if it is too short."""
        line, count = self._line, abs(samples)
        fade = round(_FADE_S * self.rate_hz)
        if len(line) < (count if samples > 0 else self._frame + count):
            return False
        if samples > 0:
            # Backwards, so that it ends as the line begins.
            self._line = np.concatenate((line[:count][::-1], line))
        else:
            self._line = line[count:].copy()
        fade = min(fade, count)
        up = np.linspace(0, 1, fade + 2)[1:-1]
        self._line[:fade] = line[:fade] * (1 - up) + self._line[:fade] * up
        self._pulled -= samples
        return True

    def _step(self) -> int:
        """Samples to stretch (+) or shrink (-) the next frame by."""
        most = max(1, int(self._frame * _STRETCH))
        step = max(-most, min(most, self._adjust))
        if step < 0 and len(self._line) < self._frame - step:
            return 0
        self._adjust -= step
        return step

    def _fit(self, frame: np.ndarray) -> np.ndarray:
        if len(frame) == self._frame:
            return frame
        points = np.linspace(0, len(frame) - 1, self._frame)
        return np.interp(points, np.arange(len(frame)), frame).astype(np.int16)
