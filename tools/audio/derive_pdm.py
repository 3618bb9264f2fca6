"""Derive the taps in lib/audio/pdm_microphone.py, and what the decimator does to a signal.

128 taps at 1.024 MHz, symmetric: a least-squares low-pass that cares for 0 to 7 kHz and for the
bands which fall into 0 to 8 kHz when one of 32 is kept, and for nothing between. No tap is
negative, and no quarter sums to more than 65535, so sums over bytes are packed two to a word. The
rest, 32 to 16 kHz, is the half band of
lib/audio/resample_viper.py.
"""
# MIT License; see LICENSE

import numpy as np
from derive_resampler import half_band

CLOCK_KHZ = 1024
TAPS = 128
DOWN = 32
STOP_WEIGHT = 200
# Ones alone give 65535 once halved.
TOTAL = (1 << 17) - 2


def prototype() -> np.ndarray:
    """Return the taps of one half, from the outside in; both halves sum to 1."""
    positions = np.arange(TAPS // 2) + 0.5

    def response(frequencies: np.ndarray) -> np.ndarray:
        return 2 * np.cos(2 * np.pi * np.outer(frequencies / CLOCK_KHZ, positions))

    rows = [response(np.linspace(0, 7, 60))]
    wanted = [np.ones(60)]
    for image in range(DOWN, CLOCK_KHZ // 2 + 1, DOWN):
        band = np.linspace(image - 8, min(image + 8, CLOCK_KHZ // 2), 60)
        rows.append(STOP_WEIGHT * response(band))
        wanted.append(np.zeros(60))
    half = np.linalg.lstsq(np.vstack(rows), np.concatenate(wanted), rcond=None)[0][::-1]
    half = np.maximum(half, 0)
    return half / (2 * half.sum())


def quantised() -> list[int]:
    """Return the half in integers that sum to TOTAL / 2; the largest tap takes the error up."""
    half = np.rint(prototype() * TOTAL).astype(int)
    half[-1] += TOTAL // 2 - half.sum()
    return [int(tap) for tap in half]


def response_db(half: list[int]) -> tuple[float, float, float]:
    """Return gain in dB at 3.4 and 7 kHz, and the worst of what is folded onto 0 to 7 kHz."""
    taps = np.array(half + half[::-1]) / TOTAL
    frequency = np.arange(0, CLOCK_KHZ / 2, 0.05)
    phase = np.outer(frequency / CLOCK_KHZ, np.arange(TAPS))
    level = 20 * np.log10(np.abs(np.exp(-2j * np.pi * phase) @ taps) + 1e-9)
    folded = np.abs((frequency + DOWN / 2) % DOWN - DOWN / 2) <= 7
    return (
        float(level[np.searchsorted(frequency, 3.4)]),
        float(level[np.searchsorted(frequency, 7.0)]),
        float(level[folded & (frequency > 8)].max()),
    )


def modulated(signal: np.ndarray) -> np.ndarray:
    """Return a second-order sigma-delta modulation of a signal, bits as -1 and 1."""
    first = second = 0.0
    out = np.empty(len(signal))
    for n, value in enumerate(signal):
        bit = 1.0 if second >= 0 else -1.0
        first += value - bit
        second += first - bit
        out[n] = bit
    return out


def snr_db(half: list[int], amplitude: float) -> float:
    """Return signal to noise in 0 to 8 kHz for a tone of 1 kHz, both stages in exact numbers."""
    time = np.arange(CLOCK_KHZ * 300) / (CLOCK_KHZ * 1000)
    bits = modulated(amplitude * np.sin(2 * np.pi * 1000 * time))
    taps = np.array(half + half[::-1]) / TOTAL
    at_32 = np.convolve(bits, taps)[TAPS::DOWN][:-8]
    side = half_band()
    halving = np.zeros(47)
    halving[23] = 8192
    halving[24::2] = side
    halving[22::-2] = side
    pcm = np.convolve(at_32, halving / 16384)[60:-60:2]
    pcm = pcm[: len(pcm) // 160 * 160]
    power = np.abs(np.fft.rfft(pcm * np.hanning(len(pcm)))) ** 2
    tone = round(len(pcm) / 16)
    signal = power[tone - 3 : tone + 4].sum()
    return float(10 * np.log10(signal / (power[5:].sum() - signal)))


def main() -> None:
    """Print the taps and what they do."""
    half = quantised()
    print(half)
    print(f"largest quarter: {sum(half[32:])}")
    at_3k4, at_7k, folded = response_db(half)
    print(f"{at_3k4:.1f} dB at 3.4 kHz, {at_7k:.1f} dB at 7 kHz, folded bands {folded:.1f} dB")
    for amplitude in (0.5, 0.05):
        print(f"SNR at {20 * np.log10(amplitude):.0f} dBFS: {snr_db(half, amplitude):.0f} dB")


if __name__ == "__main__":
    main()
