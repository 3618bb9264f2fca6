"""What was said beside what was heard: delay, level and intelligibility of speech."""
# MIT License; see LICENSE

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pystoi import stoi
from scipy.signal import correlate, resample_poly

Samples = NDArray[np.float64]

COMPARE_HZ = 8000
"""Narrowband speech is compared at its own rate."""

_ACTIVE_DB = 30
# Frames quieter than this below the loudest frame are pauses, and pauses say nothing of level.

_TONE_WINDOW_S = 0.04
_EARLY_S = 0.1
_PAUSE_S = 0.3
_PHRASE_REACH_S = 0.15
_PIECE_S = 0.1
_STRETCH_S = 0.025
# So far a jitter buffer (NetEQ before all) squeezes or stretches speech unheard.
_CHANGE_SHARE = 0.05  # of a phrase's likeness: a change of lag that gains less is noise


@dataclass(frozen=True)
class Recording:
    """Mono sound with the Unix time, in seconds, of its first sample."""

    samples: Samples
    rate_hz: int
    start_s: float = 0.0

    def at(self, rate_hz: int) -> Recording:
        """The same sound at another rate."""
        if rate_hz == self.rate_hz:
            return self
        divisor = np.gcd(rate_hz, self.rate_hz)
        samples = resample_poly(self.samples, rate_hz // divisor, self.rate_hz // divisor)
        return Recording(samples, rate_hz, self.start_s)

    def between(self, start_s: float, end_s: float) -> Recording:
        """The part between two Unix times, padded with silence where there was no recording."""
        first = round((start_s - self.start_s) * self.rate_hz)
        last = round((end_s - self.start_s) * self.rate_hz)
        inside = self.samples[max(first, 0) : max(last, 0)]
        before = max(0, min(-first, last - first))
        after = last - first - before - len(inside)
        return Recording(np.pad(inside, (before, after)), self.rate_hz, start_s)


@dataclass(frozen=True)
class Comparison:
    """One utterance at one listener."""

    delay_ms: float
    stoi: float
    level_error_db: float


def read_wav(path: Path, start_s: float = 0.0) -> Recording:
    """Read 16-bit PCM; several channels become one. Raises `ValueError` for anything else."""
    try:
        with wave.open(str(path), "rb") as file:
            if file.getsampwidth() != 2:
                raise ValueError(f"{path}: not 16-bit PCM")
            channels, rate_hz = file.getnchannels(), file.getframerate()
            data = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    except (wave.Error, EOFError) as error:
        raise ValueError(f"{path}: not a WAV file ({error})") from error
    whole = data[: len(data) // channels * channels]
    return Recording(whole.reshape(-1, channels).mean(axis=1) / 32768, rate_hz, start_s)


def write_wav(path: Path, samples: Samples, rate_hz: int) -> None:
    """Write mono 16-bit PCM; samples are in −1…1 and saturate."""
    pcm = np.clip(np.round(samples * 32768), -32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(pcm.tobytes())


def active_level_db(samples: Samples, rate_hz: int) -> float:
    """RMS in dBFS of the 20 ms frames that hold speech; −127 when there is none."""
    size = rate_hz // 50
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    power = (frames**2).mean(axis=1)
    if not len(power) or power.max() < 1e-12:
        return -127.0
    return 10 * float(np.log10(power[power > power.max() / 10 ** (_ACTIVE_DB / 10)].mean()))


def first_tone_s(heard: Recording, hz: float, amplitude: float) -> float | None:
    """The Unix time from which on a tone is heard, at least half as loud as `amplitude`.

    Tones 100 Hz apart don't disturb each other. Good to about 2 ms; None when it is never heard.
    """
    sound = heard.at(COMPARE_HZ)
    window = np.hanning(round(_TONE_WINDOW_S * COMPARE_HZ))
    time_s = np.arange(len(sound.samples)) / COMPARE_HZ
    if len(time_s) < len(window):
        return None
    shifted = sound.samples * np.exp(-2j * np.pi * hz * time_s)
    level = 2 * np.abs(np.convolve(shifted, window / window.sum(), mode="same"))
    audible = np.flatnonzero(level > amplitude / 2)
    return sound.start_s + float(time_s[audible[0]]) if len(audible) else None


def phrase_ends(samples: Samples, rate_hz: int) -> list[int]:
    """Where each phrase ends: in the middle of each pause of 0.3 s, and at the end of it all."""
    size = rate_hz // 50
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    power = (frames**2).mean(axis=1)
    loud = np.flatnonzero(power > power.max(initial=0.0) / 10 ** (_ACTIVE_DB / 10))
    gaps = zip(loud[:-1], loud[1:], strict=True)
    middles = [(a + b + 1) * size // 2 for a, b in gaps if b - a > _PAUSE_S * 50]
    return [int(middle) for middle in middles] + [len(samples)]


def compare(said: Recording, heard: Recording, max_delay_s: float = 1.0) -> Comparison:
    """Find the utterance `said` in what was `heard` and compare the two.

    Both carry Unix times, so the lag between them is the delay from mouth to ear. It is looked for
    from −0.1 s (clock error) to `max_delay_s`, then within 0.15 s of that for each phrase, since a
    listener does not mind when a pause is longer or shorter, and within 25 ms of that in a phrase,
    since jitter buffers squeeze and stretch speech; the delay is the mean. STOI is the short-time
    objective intelligibility (Taal et al. 2011), 0 to 1, at 8 kHz, of it all.
    Raises `ValueError` when nothing was heard at all.
    """
    said = said.at(COMPARE_HZ)
    length_s = len(said.samples) / COMPARE_HZ
    window = heard.at(COMPARE_HZ).between(
        said.start_s - _EARLY_S, said.start_s + length_s + max_delay_s
    )
    if active_level_db(window.samples, COMPARE_HZ) < -80:
        raise ValueError("silence where speech was expected")
    whole = _best_lag(said.samples, window.samples)
    aligned, lags = _align(said.samples, window.samples, whole)
    return Comparison(
        delay_ms=lags * 1000 / COMPARE_HZ - 1000 * _EARLY_S,
        stoi=float(stoi(said.samples, aligned, COMPARE_HZ)),
        level_error_db=active_level_db(aligned, COMPARE_HZ)
        - active_level_db(said.samples, COMPARE_HZ),
    )


def _best_lag(said: Samples, window: Samples) -> int:
    return int(np.argmax(np.abs(correlate(window, said, mode="valid", method="fft"))))


def _align(said: Samples, window: Samples, whole: int) -> tuple[Samples, float]:
    """Each phrase as it was heard, near the lag of the whole, and the mean lag."""
    reach = round(_PHRASE_REACH_S * COMPARE_HZ)
    parts, total, start = [], 0.0, 0
    for end in phrase_ends(said, COMPARE_HZ):
        first = max(0, start + whole - reach)
        near = window[first : end + whole + reach]
        lag = first - start + _best_lag(said[start:end], near)
        heard, stretch = _follow(said[start:end], window, start + lag)
        parts.append(heard)
        total += (lag + stretch) * (end - start)
        start = end
    return np.concatenate(parts), total / start


def _follow(phrase: Samples, window: Samples, first: int) -> tuple[Samples, float]:
    """The phrase as it was heard near `first`, and how much later than that, on average.

    The best path through the lags of its pieces, where each change of lag has its price.
    """
    reach, size = round(_STRETCH_S * COMPARE_HZ), round(_PIECE_S * COMPARE_HZ)
    near = np.pad(window, reach)[first : first + len(phrase) + 2 * reach]
    starts = range(0, len(phrase), size)
    pieces = [phrase[at : at + size] for at in starts]
    fits = [
        correlate(near[at : at + len(piece) + 2 * reach], piece, mode="valid", method="direct")
        for at, piece in zip(starts, pieces, strict=True)
    ]
    price = _CHANGE_SHARE * np.sum(fits, axis=0).max()
    total, ways = np.zeros(2 * reach + 1), []
    for fit in fits:
        best = int(total.argmax())
        changes = total < total[best] - price
        ways.append(np.where(changes, best, np.arange(len(total))))
        total = np.where(changes, total[best] - price, total) + fit
    lag, lags = int(total.argmax()), []
    for way in reversed(ways):
        lags.insert(0, lag)
        lag = int(way[lag])
    heard = [near[at + lag : at + lag + len(piece)]
             for at, lag, piece in zip(starts, lags, pieces, strict=True)]  # fmt: skip
    return np.concatenate(heard), float(np.mean(lags)) - reach
