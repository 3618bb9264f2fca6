"""Who speaks when in the demo: one voice at a time, so that each can be measured in the mix."""
# MIT License; see LICENSE

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from roomtone_host.measure import Recording, read_wav, write_wav

SPEECH = Path(__file__).parent.parent / "speech"
LENGTH_S = 24.0


@dataclass(frozen=True)
class Talker:
    """One voice: `start_s` is when it speaks, counted from the start of its microphone."""

    name: str
    kind: str
    voice: str
    start_s: float

    @property
    def speech(self) -> Recording:
        """The utterance alone."""
        return read_wav(SPEECH / f"{self.voice}.wav")

    def write_microphone(self, path: Path) -> None:
        """Write what this talker's microphone picks up: silence around one utterance."""
        speech = self.speech
        track = np.zeros(round(LENGTH_S * speech.rate_hz))
        first = round(self.start_s * speech.rate_hz)
        track[first : first + len(speech.samples)] = speech.samples
        write_wav(path, track, speech.rate_hz)

    def said(self, microphone_start_s: float) -> Recording:
        """The utterance with the Unix time at which it was said."""
        speech = self.speech
        return Recording(speech.samples, speech.rate_hz, microphone_start_s + self.start_s)


CAST = (
    Talker("Kitchen", "board", "reader", 4.0),
    Talker("Workshop", "board", "caller", 10.6),
    Talker("Ada", "browser", "guest", 17.2),
)
"""The first voice waits until the joins are over, which take all of a small machine's time; the
gaps between the voices are wider than the spread of the joins."""
