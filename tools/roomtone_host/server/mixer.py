"""One room's mixer: every 20 ms everybody gets the sum of the others, or the one they chose.

There are two buses, 8 kHz for G.711 and 48 kHz for Opus, and a resampler each way between
them. A voice is added to the bus of its own rate, so that a listener of the same rate gets
the bus less itself: exact, without a resampler for each pair, and a room of boards alone
never leaves 8 kHz.

Who hears one participant alone, both by Opus, gets that one's packets as they are: without the
loss and the delay of decoding and encoding, and with the error correction that is in them.
"""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from . import dsp, rtp
from .inbound import Inbound
from .outbound import Outbound

TICK_S = dsp.FRAME_S
_LATE_TICKS = 5  # a stall of the process that is longer is skipped, not caught up
_CATCH_UP_S = 0.002
_IDLE_TICKS = 100  # then the mixer sleeps until somebody sends
_RATES = (dsp.LOW_HZ, dsp.HIGH_HZ)


@dataclass
class Hearing:
    """What one listener hears: everyone (`mix`), one participant, or nobody (None, False)."""

    mix: bool = True
    participant_id: str | None = None
    resampler: dsp.Resampler | None = field(default=None, repr=False)


class Voice(Protocol):
    """A participant as the mixer sees it."""

    participant_id: str
    audible: bool  # publishes, and is not muted
    hearing: Hearing
    inbound: Inbound | None  # None while there is no media connection
    outbound: Outbound | None


class Mixer:
    """Paces and mixes one room; `on_tick` gets the levels of each frame."""

    def __init__(
        self,
        voices: Callable[[], list[Voice]],
        on_tick: Callable[[int, dict[str, int]], None],
    ) -> None:
        self._voices = voices
        self._on_tick = on_tick
        self._wake = asyncio.Event()
        self._origin = time.monotonic()
        self._tick = 0
        self._idle = 0
        self._down = dsp.Resampler(dsp.HIGH_HZ, dsp.LOW_HZ)
        self._up = dsp.Resampler(dsp.LOW_HZ, dsp.HIGH_HZ)
        self.busy_s = 0.0  # time spent, for the bench

    def wake(self) -> None:
        """Somebody sends: go on mixing."""
        self._wake.set()

    async def run(self) -> None:
        """Mix until cancelled. The pace is counted from one origin, so it never drifts."""
        while True:
            if self._idle >= _IDLE_TICKS:
                self._wake.clear()
                await self._wake.wait()
                self._idle = 0
            now = time.monotonic()
            due = self._origin + (self._tick + 1) * TICK_S
            if due > now:
                await asyncio.sleep(due - now)
                self._tick += 1
            else:
                # A machine that is too slow still serves others, and takes what has arrived: each
                # round of the event loop reads one packet a socket.
                await asyncio.sleep(_CATCH_UP_S)
                behind = int((now - due) / TICK_S)
                if behind >= _LATE_TICKS:
                    self._skip(behind)
                self._tick += 1
            self.step(time.monotonic())

    def _skip(self, ticks: int) -> None:
        self._tick += ticks
        for voice in self._voices():
            if voice.inbound is not None:
                voice.inbound.skip(ticks)

    def step(self, now: float) -> None:
        """Mix one frame at `now`."""
        voices = self._voices()
        frames = _collect(voices, now)
        self._idle = 0 if frames else self._idle + 1
        mixes = self._sum(frames, {v.outbound.rate_hz for v in voices if v.outbound})
        for voice in voices:
            outbound = voice.outbound
            if outbound is None:
                continue
            outbound.source = _direct(voice, voices)
            if outbound.source is None:
                outbound.send_frame(self._hear(voice, frames, mixes), self._tick)
            else:
                outbound.rest(self._tick)
        self._on_tick(self._tick, _levels(voices, frames))
        self.busy_s += time.monotonic() - now

    def pass_on(self, source: Voice, packet: rtp.RtpPacket) -> None:
        """Give a packet of `source` to those who hear it alone; tell it how much they lose."""
        loss = 0
        said = packet.level_dbov
        level = source.inbound.level_dbov if said is None else said
        for voice in self._voices():
            outbound = voice.outbound
            if outbound is not None and outbound.source == source.participant_id:
                loss = max(loss, outbound.remote_loss)
                if source.audible:
                    outbound.pass_on(packet, level)
        source.inbound.listeners_loss = loss

    def _sum(self, frames: dict[str, tuple[int, np.ndarray]], wanted: set[int]) -> dict:
        """Each bus as (own, from the other bus); None where there is nothing."""
        buses: dict[int, np.ndarray | None] = {}
        for rate in _RATES:
            parts = [samples for rate_hz, samples in frames.values() if rate_hz == rate]
            buses[rate] = np.sum(parts, axis=0, dtype=np.float32) if parts else None
        low, high = (buses[rate] for rate in _RATES)
        crossed = {dsp.LOW_HZ: None, dsp.HIGH_HZ: None}
        if high is not None and dsp.LOW_HZ in wanted:
            crossed[dsp.LOW_HZ] = self._down.process(high)
        if low is not None and dsp.HIGH_HZ in wanted:
            crossed[dsp.HIGH_HZ] = self._up.process(low)
        return {rate: (buses[rate], crossed[rate]) for rate in _RATES}

    def _hear(self, voice: Voice, frames: dict, mixes: dict) -> np.ndarray | None:
        hearing, rate = voice.hearing, voice.outbound.rate_hz
        if hearing.mix:
            return _mix_minus(mixes[rate], frames.get(voice.participant_id), len(frames))
        chosen = frames.get(hearing.participant_id or "")
        if chosen is None:
            return None
        rate_hz, samples = chosen
        if rate_hz == rate:
            return samples
        if hearing.resampler is None:
            hearing.resampler = dsp.Resampler(rate_hz, rate)
        return hearing.resampler.process(samples)


def _direct(listener: Voice, voices: list[Voice]) -> str | None:
    """The id of the one participant that `listener` hears, if its packets can be passed on."""
    hearing = listener.hearing
    heard = [
        voice
        for voice in voices
        if voice is not listener
        and voice.inbound is not None
        and (voice.audible if hearing.mix else voice.participant_id == hearing.participant_id)
    ]
    if len(heard) != 1 or listener.outbound.codec_name != "OPUS":
        return None
    inbound = heard[0].inbound
    fits = inbound.codec_name == "OPUS" and inbound.fits_boards
    return heard[0].participant_id if fits else None


def _collect(voices: list[Voice], now: float) -> dict[str, tuple[int, np.ndarray]]:
    frames = {}
    for voice in voices:
        if voice.inbound is None:
            continue
        samples = voice.inbound.pull(now)
        if samples is not None and voice.audible:
            frames[voice.participant_id] = (
                voice.inbound.rate_hz,
                samples.astype(np.float32),
            )
    return frames


def _mix_minus(
    mix: tuple[np.ndarray | None, np.ndarray | None],
    own: tuple[int, np.ndarray] | None,
    speakers: int,
) -> np.ndarray | None:
    """The bus of the listener's rate less the listener, plus the other bus."""
    bus, crossed = mix
    if speakers - (own is not None) == 0:
        return None
    if bus is not None and own is not None:
        bus = bus - own[1]
    if bus is None:
        return crossed
    return bus if crossed is None else bus + crossed


def _levels(voices: list[Voice], frames: dict) -> dict[str, int]:
    return {
        v.participant_id: v.inbound.level_dbov if v.participant_id in frames else rtp.SILENCE_DBOV
        for v in voices
    }
