"""How coded sound compares with what it was: ViSQOL, PESQ-WB and STOI."""
# MIT License; see LICENSE

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from pesq import pesq
from pystoi import stoi
from scipy.signal import correlate, resample_poly
from visqol import VisqolApi

Samples = NDArray[np.float64]

SPEECH_HZ = 16000
"""What PESQ-WB and ViSQOL's mode for speech listen to."""
MUSIC_HZ = 48000
"""What ViSQOL's mode for everything else listens to."""

NAMES = ("visqol", "pesq_wb", "stoi")
_LATEST_S = 0.03  # libopus' longest delay is 6.5 ms and that of its resampler


class Judge:
    """The three scores; the models of ViSQOL are read once."""

    def __init__(self) -> None:
        self._visqol = {"speech": VisqolApi(), "music": VisqolApi()}
        self._visqol["speech"].create(mode="speech", use_lattice_model=True)
        self._visqol["music"].create(mode="audio")

    def scores(self, said: Samples, heard: Samples, rate_hz: int, kind: str) -> dict[str, float]:
        """Scores of `heard`, which is late, by NAMES; `kind` is "speech" or "music".

        ViSQOL is MOS-LQO of 1 to 5 at 16 or 48 kHz by its own model of the kind. PESQ-WB (P.862.2)
        and STOI are of the sound at 16 kHz and were made for speech.
        """
        said, heard = aligned(said, heard, rate_hz)
        wide = [_at(sound, rate_hz, SPEECH_HZ) for sound in (said, heard)]
        visqol_hz = SPEECH_HZ if kind == "speech" else MUSIC_HZ
        pair = [_at(sound, rate_hz, visqol_hz) for sound in (said, heard)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            visqol = self._visqol[kind].measure_from_arrays(*pair, visqol_hz).moslqo
        return {
            "visqol": float(visqol),
            "pesq_wb": float(pesq(SPEECH_HZ, *wide, "wb")),
            "stoi": float(stoi(*wide, SPEECH_HZ)),
        }


def aligned(said: Samples, heard: Samples, rate_hz: int) -> tuple[Samples, Samples]:
    """Both, from where `heard` begins with what was said, of one length."""
    most = round(_LATEST_S * rate_hz)
    count = min(len(said), len(heard)) - most
    lags = correlate(heard[: count + most], said[:count], mode="valid", method="fft")
    late = int(np.argmax(lags[: most + 1]))
    return said[:count], heard[late : late + count]


def _at(sound: Samples, rate_hz: int, wanted_hz: int) -> Samples:
    if rate_hz == wanted_hz:
        return sound
    divisor = np.gcd(rate_hz, wanted_hz)
    return resample_poly(sound, wanted_hz // divisor, rate_hz // divisor)
