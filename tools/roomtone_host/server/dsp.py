"""Sound in numpy: G.711 tables, resampling between 8 and 48 kHz, level, limiter."""
# MIT License; see LICENSE

from __future__ import annotations

import numpy as np

FRAME_S = 0.02
LOW_HZ = 8000
HIGH_HZ = 48000
_RATIO = HIGH_HZ // LOW_HZ
_FULL_SCALE = 32768.0
# 144 taps at 48 kHz: 3 ms long, half of it delay; flat to 3.4 kHz, 60 dB down from 4.6 kHz.
_TAPS = 144
_CUTOFF_HZ = 4000
_KAISER_BETA = 5.65


def frame_samples(rate_hz: int) -> int:
    """Samples of one 20 ms frame."""
    return rate_hz // 50


def _mu_law_decode() -> np.ndarray:
    code = ~np.arange(256, dtype=np.int32) & 255
    size = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return np.where(code & 128, -size, size).astype(np.int16)


def _a_law_decode() -> np.ndarray:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    exponent = (code >> 4) & 7
    size = ((code & 15) << 4) + 8
    size = np.where(exponent > 0, (size + 0x100) << np.maximum(exponent - 1, 0), size)
    return np.where(code & 128, size, -size).astype(np.int16)


def _mu_law_encode() -> np.ndarray:
    pcm = np.arange(65536, dtype=np.int32).astype(np.uint16).astype(np.int16).astype(np.int32)
    size = np.minimum(np.abs(pcm), 32635) + 0x84
    exponent = np.floor(np.log2(size)).astype(np.int32) - 7
    code = (exponent << 4) | ((size >> (exponent + 3)) & 15)
    return (~np.where(pcm < 0, code | 128, code) & 255).astype(np.uint8)


def _a_law_encode() -> np.ndarray:
    pcm = np.arange(65536, dtype=np.int32).astype(np.uint16).astype(np.int16).astype(np.int32)
    size = np.where(pcm >= 0, pcm, -pcm - 1)
    exponent = np.maximum(np.floor(np.log2(np.maximum(size, 1))).astype(np.int32) - 7, 0)
    mantissa = (size >> np.where(exponent > 0, exponent + 3, 4)) & 15
    code = (exponent << 4) | mantissa
    return (np.where(pcm >= 0, code | 128, code) ^ 0x55).astype(np.uint8)


DECODE = {"PCMU": _mu_law_decode(), "PCMA": _a_law_decode()}
ENCODE = {"PCMU": _mu_law_encode(), "PCMA": _a_law_encode()}


def to_int16(samples: np.ndarray) -> np.ndarray:
    """Float samples as 16 bit, saturated."""
    return np.clip(np.rint(samples), -32768, 32767).astype(np.int16)


def level_dbov(samples: np.ndarray) -> int:
    """The level of a frame, 0 to -127 dBov (RFC 6464)."""
    if not samples.size:
        return -127
    wide = samples.astype(np.float32, copy=False)
    power = float(np.dot(wide, wide)) / (samples.size * _FULL_SCALE * _FULL_SCALE)
    if power <= 0:
        return -127
    return max(-127, min(0, round(10 * float(np.log10(power)))))


def _prototype() -> np.ndarray:
    time = np.arange(_TAPS) - (_TAPS - 1) / 2
    taps = np.sinc(2 * _CUTOFF_HZ / HIGH_HZ * time) * np.kaiser(_TAPS, _KAISER_BETA)
    return (taps / taps.sum()).astype(np.float32)


_DOWN = _prototype()[::-1].copy()
# Row n of the transposed matrix filters for output phase n; newest input last.
_UP = (_RATIO * _prototype()).reshape(-1, _RATIO)[::-1].copy()


class Resampler:
    """A stream from 8 to 48 kHz or back, frame by frame; adds 1.5 ms."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        if {from_hz, to_hz} != {LOW_HZ, HIGH_HZ}:
            raise ValueError(f"no resampling from {from_hz} to {to_hz} Hz")
        self._up = to_hz > from_hz
        keep = (_TAPS // _RATIO if self._up else _TAPS) - 1
        self._history = np.zeros(keep, np.float32)

    def process(self, samples: np.ndarray) -> np.ndarray:
        """The next samples at the other rate; 48 kHz input comes in multiples of 6."""
        line = np.concatenate((self._history, samples.astype(np.float32, copy=False)))
        self._history = line[len(samples) :]
        windows = np.lib.stride_tricks.sliding_window_view(line, len(self._history) + 1)
        if self._up:
            return (windows @ _UP).ravel()
        return windows[_RATIO - 1 :: _RATIO] @ _DOWN


class Limiter:
    """Keeps a sum of voices within 16 bits: quick to turn down, slow to come back."""

    _RELEASE = 1.05  # a frame: full again 12 dB down after half a second

    def __init__(self) -> None:
        self._gain = 1.0

    def process(self, samples: np.ndarray) -> np.ndarray:
        """`samples` (float) as 16 bit within range."""
        peak = float(np.abs(samples).max(initial=0.0))
        wanted = min(1.0, self._gain * self._RELEASE, 32000 / peak if peak > 32000 else 1.0)
        if wanted < 1.0 or self._gain < 1.0:
            ramp = np.linspace(self._gain, wanted, len(samples), dtype=np.float32)
            samples = samples * ramp
            self._gain = wanted
        return to_int16(samples)
