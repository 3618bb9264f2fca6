"""The comparison of decoders of RFC 6716 section 6.1 (opus_compare of its appendix A)."""
# MIT License; see LICENSE

import math
from array import array

import numpy as np

# Edges of Bark bands, in bins of 100 Hz.
BANDS = [0, 2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 68, 80, 96, 120, 156, 200]
WINDOW = 480
STEP = 120
# Bands and bins that a rate has: near half of it, filters may differ.
HEARD = {8000: (13, 37), 16000: (17, 77), 24000: (19, 117), 48000: (21, 200)}


def _powers(sound: np.ndarray, factor: int) -> np.ndarray:
    """Power by frame, bin and channel; sound is (samples, channels)."""
    window, step = WINDOW // factor, STEP // factor
    count = (len(sound) - window + step) // step
    frames = np.stack([sound[i * step : i * step + window] for i in range(count)])
    spectra = np.fft.rfft(frames * np.hanning(window)[None, :, None], axis=1)[:, : window // 2]
    return np.abs(factor * spectra) ** 2 + 100000


def _masking(power: np.ndarray) -> np.ndarray:
    bands = np.stack([power[:, a:b].mean(1) for a, b in zip(BANDS, BANDS[1:], strict=False)], 1)
    for band in range(1, 21):
        bands[:, band] += 0.1 * bands[:, band - 1]
    for band in range(19, -1, -1):
        bands[:, band] += 0.03 * bands[:, band + 1]
    for frame in range(1, len(bands)):
        bands[frame] += 0.5 * bands[frame - 1]
    if bands.shape[2] == 2:
        bands = bands + 0.01 * bands[:, :, ::-1]
    return bands


def quality(reference: array, found: array, rate_hz: int, channels: int = 1) -> float:
    """How well `found` at rate_hz agrees with a reference of 48 kHz: 100 at best, 0 is failed."""
    factor = 48000 // rate_hz
    x = np.array(reference, float).reshape(-1, channels)
    y = np.array(found, float).reshape(-1, channels)
    assert len(x) == len(y) * factor
    expected, have = _powers(x, 1), _powers(y, factor)
    masking = _masking(expected)
    count, last = HEARD[rate_hz]
    width = min(expected.shape[1], have.shape[1])
    expected, have = expected[:, :width].copy(), have[:, :width].copy()
    for band in range(count):
        low, high = BANDS[band], min(BANDS[band + 1], width)
        mask = 0.1 * masking[:, band : band + 1]
        expected[:, low:high] += mask
        have[:, low:high] += mask
    expected[1:] += expected[:-1].copy()
    have[1:] += have[:-1].copy()
    ratio = have / expected
    error = ratio - np.log(ratio) - 1
    error[:, 79:82] *= 0.1
    error[:, 80:81] *= 0.1
    total = 0.0
    for band in range(count):
        low, high = BANDS[band], BANDS[band + 1]
        total = (
            total + (error[:, low : min(high, last)].sum((1, 2)) / ((high - low) * channels)) ** 2
        )
    worst = np.mean((total / 21) ** 4) ** (1 / 16)
    return 100 * (1 - 0.5 * math.log(1 + worst) / math.log(1.13))
