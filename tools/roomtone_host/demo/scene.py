"""Who sounds when in the demo: a tone each while they join, then one voice at a time.

Each can be told from the others in the mix: the tones by their pitch, the voices by their turn.
"""
# MIT License; see LICENSE

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from roomtone_host.measure import Recording, Samples, read_wav, write_wav

SPEECH = Path(__file__).parent.parent / "speech"
LENGTH_S = 24.0
TONE_S = 2.0
"""So long the tone lasts, from the start of the microphone; it ends in silence."""
TONE_AMPLITUDE = 0.03

_RAMP_S = 0.01


@dataclass(frozen=True)
class Talker:
    """One participant: `start_s` is when it speaks, counted from the start of its microphone.

    `tone_hz` is the pitch of its tone; None for none. `codec` is what a board is set to.
    """

    name: str
    kind: str
    voice: str
    start_s: float
    tone_hz: float | None = None
    codec: str = "auto"

    @property
    def speech(self) -> Recording:
        """The utterance alone."""
        return read_wav(SPEECH / f"{self.voice}.wav")

    def write_microphone(self, path: Path) -> None:
        """Write what this talker's microphone picks up: its tone, and one utterance in silence."""
        speech = self.speech
        track = np.zeros(round(LENGTH_S * speech.rate_hz))
        first = round(self.start_s * speech.rate_hz)
        track[first : first + len(speech.samples)] = speech.samples
        if self.tone_hz is not None:
            tone = _tone(self.tone_hz, speech.rate_hz)
            track[: len(tone)] += tone
        write_wav(path, track, speech.rate_hz)

    def said(self, microphone_start_s: float) -> Recording:
        """The utterance with the Unix time at which it was said."""
        speech = self.speech
        return Recording(speech.samples, speech.rate_hz, microphone_start_s + self.start_s)


def _tone(hz: float, rate_hz: int) -> Samples:
    time_s = np.arange(round(TONE_S * rate_hz)) / rate_hz
    ramp = np.minimum(1, np.minimum(time_s, time_s[::-1]) / _RAMP_S)
    return TONE_AMPLITUDE * ramp * np.sin(2 * np.pi * hz * time_s)


CAST = (
    Talker("Kitchen", "board", "reader", 4.5, 600.0, "opus"),
    Talker("Workshop", "board", "caller", 11.1, 800.0, "pcmu"),
    Talker("Ada", "browser", "guest", 17.5, 1000.0),
)
"""The first voice waits until the joins are over, which take all of a small machine's time; the
gaps between the voices are wider than the spread of the starts of the microphones."""
