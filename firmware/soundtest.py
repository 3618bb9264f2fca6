"""Is there a microphone, is there a speaker: a level that moves, and a tone."""
# MIT License; see LICENSE

import asyncio
import math
import time
from array import array

from audio.level import Meter
from micropython import const
from roomtone.events import end

_FRAMES_PER_SECOND = const(50)
_POLL_MS = const(5)
_UNWATCHED_MS = const(3000)
_PEAK = const(8000)  # of 32767: loud enough for a small speaker, kind to an ear
# The chime: two notes, Hz and frames of 20 ms.
_NOTES = ((660, 14), (880, 22))
_FADE_FRAMES = const(10)
_WAVE = const(64)
_TURN = const(16384)  # a period of the wave in steps of the phase


class Level:
    """A microphone's level while somebody looks at it; it stops by itself when nobody does."""

    def __init__(self, microphone):
        self._microphone = microphone
        self._task = None
        self._asked_ms = 0
        self._loudest = -127

    def look(self):
        """The loudest level since the last look, 0 to -127 dBov. Raises OSError, ValueError."""
        self._asked_ms = time.ticks_ms()
        if self._task is None:
            self._microphone.start()
            self._task = asyncio.create_task(self._measure())
        level = self._loudest
        self._loudest = -127
        return level

    async def close(self):
        """Stop the microphone."""
        await end(self._task)

    async def _measure(self):
        try:
            rate_hz = self._microphone.rate_hz
            pcm = array("h", bytes(2 * (rate_hz // _FRAMES_PER_SECOND)))
            view = memoryview(pcm)
            meter = Meter(rate_hz)
            at = 0
            while time.ticks_diff(time.ticks_ms(), self._asked_ms) < _UNWATCHED_MS:
                at += self._microphone.readinto(view[at:])
                if at >= len(pcm):
                    at = 0
                    self._loudest = max(self._loudest, meter.measure(pcm))
                await asyncio.sleep_ms(_POLL_MS)
        finally:
            self._task = None
            self._microphone.stop()


async def chime(speaker):
    """Play two notes, 0.7 s. Raises OSError, ValueError."""
    pcm = array("h", bytes(2 * (speaker.rate_hz // _FRAMES_PER_SECOND)))
    wave = array("h", [int(32767 * math.sin(2 * math.pi * n / _WAVE)) for n in range(_WAVE)])
    speaker.start()
    try:
        for hz, frames in _NOTES:
            phase = 0
            for frame in range(frames):
                loud = _PEAK if frame else 0
                left = min(frames - frame, _FADE_FRAMES)
                until = _PEAK * (left - 1) // _FADE_FRAMES if left < _FADE_FRAMES else _PEAK
                loud = min(loud, _PEAK * left // _FADE_FRAMES)
                phase = _fill(pcm, wave, phase, hz * _TURN // speaker.rate_hz, loud, until)
                await _play(speaker, pcm)
        while speaker.buffered_ms():
            await asyncio.sleep_ms(_POLL_MS)
    finally:
        speaker.stop()


def _fill(pcm, wave, phase, step, loud, until):
    """One frame that goes from one loudness to another; returns where the wave goes on.

    In integers and from a table: a chip has 20 ms for it.
    """
    count = len(pcm)
    for index in range(count):
        now = loud + (until - loud) * index // count
        pcm[index] = wave[phase >> 8] * now >> 15
        phase = (phase + step) % _TURN
    return phase


async def _play(speaker, pcm):
    view = memoryview(pcm)
    at = 0
    while at < len(pcm):
        at += speaker.write(view[at:])
        if at < len(pcm):
            await asyncio.sleep_ms(_POLL_MS)
