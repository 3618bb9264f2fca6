"""Derive the coefficients in lib/audio/resample*_viper.py, and their response.

Both filters are M-th band low-passes: sinc(k / M) under a Kaiser window (beta 6, 12 zero crossings
a side). Every M-th tap is zero but the middle one, so samples that exist at both rates pass
unchanged. Rounding keeps the sum of each phase exact: gain 1 at DC, no offset from offset-binary
samples.
"""
# MIT License; see LICENSE

import numpy as np

BETA = 6.0
CROSSINGS = 12


def prototype(ratio: int) -> np.ndarray:
    """Return taps 0 to ratio * CROSSINGS - 1 of one side; the middle tap is 1."""
    k = np.arange(ratio * CROSSINGS)
    window = np.i0(BETA * np.sqrt(1 - (k / (ratio * CROSSINGS)) ** 2)) / np.i0(BETA)
    return np.sinc(k / ratio) * window


def quantise(taps: np.ndarray, total: int) -> list[int]:
    """Round taps to integers whose sum is total; the largest tap takes the error up."""
    exact = taps * (total / taps.sum())
    rounded = np.rint(exact).astype(int)
    rounded[np.argmax(np.abs(rounded))] += total - rounded.sum()
    return [int(tap) for tap in rounded]


def half_band() -> list[int]:
    """Return odd taps 1, 3, .. 23 in Q13: both sides together sum to 1."""
    return quantise(prototype(2)[1::2], 4096)


def third_band_up() -> list[int]:
    """Return taps 1, 2, 4, 5, .. 35 in Q14: one interpolated phase sums to 1."""
    k = np.arange(3 * CROSSINGS)
    return quantise(prototype(3)[k % 3 != 0], 16384)


def third_band_down() -> list[int]:
    """Return taps 1, 2, 4, 5, .. 35 over 3 in Q14: both sides and a middle 5462 sum to 16384."""
    k = np.arange(3 * CROSSINGS)
    return quantise(prototype(3)[k % 3 != 0], (16384 - 5462) // 2)


def response_db(ratio: int, side: list[int], middle: int) -> tuple[float, float]:
    """Return (worst deviation up to 0.85, worst stop-band from 1.16) in dB; 1 is the band edge."""
    positions = [k for k in range(1, ratio * CROSSINGS) if k % ratio]
    frequency = np.linspace(0, ratio, 20001)
    angle = np.pi * np.outer(frequency / ratio, positions)
    gain = (middle + 2 * np.cos(angle) @ np.array(side)) / (middle + 2 * sum(side))
    level = 20 * np.log10(np.abs(gain) + 1e-9)
    return float(np.abs(level[frequency <= 0.85]).max()), float(level[frequency >= 1.16].max())


def main() -> None:
    """Print all coefficients and what they do."""
    for name, ratio, side, middle in (
        ("half band, Q13", 2, half_band(), 8192),
        ("third band up, Q14", 3, third_band_up(), 16384),
        ("third band down, Q14", 3, third_band_down(), 5462),
    ):
        ripple, stop = response_db(ratio, side, middle)
        print(f"{name}: {side}\n  pass-band within {ripple:.3f} dB, stop-band {stop:.1f} dB")


if __name__ == "__main__":
    main()
