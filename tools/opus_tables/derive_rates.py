"""Writes lib/opus/celt_rates.py: CELT's 48 kHz filters, fitted to the lower rates of the output.

De-emphasis and pitch post-filter of RFC 6716 are defined at 48 kHz. The decoder runs them at the
rate of the output, on sound without anything above half of that rate. Run it as
`python tools/opus_tables/derive_rates.py > lib/opus/celt_rates.py`.
"""
# MIT License; see LICENSE

import numpy as np
from scipy.optimize import minimize

EMPHASIS = 27853 / 32768  # section 4.3.7.2: 0.85
FACTORS = (1, 2, 3, 6)
TAPS = 6  # from 2 samples after the lag to 3 before it
# Section 4.3.7.1: taps 0, 1 and 2 away from the lag, of each tapset.
TAPSETS = (
    (0.3066406250, 0.2170410156, 0.1296386719),
    (0.4638671875, 0.2680664062, 0.0),
    (0.7998046875, 0.1000976562, 0.0),
)


def emphasis(factor: int) -> tuple[int, int, int, int]:
    """log2 of the gain (Q10), two zeros' coefficients and a pole (Q11; without zeros Q15).

    Least greatest error in dB up to 0.96 of the half rate.
    """
    if factor == 1:
        return 0, 0, 0, 27853
    w = np.linspace(0, 0.96 * np.pi, 400)
    wanted = 1 / np.abs(1 - EMPHASIS * np.exp(-1j * w / factor))
    z = np.exp(-1j * w)

    def error(v: np.ndarray) -> np.ndarray:
        have = np.abs(v[0] * (1 + v[1] * z + v[2] * z * z) / (1 - v[3] * z))
        return 20 * np.log10(have / wanted + 1e-12)

    best = None
    for start in ((2, 0.2, 0, 0.6), (3, 0.5, 0.1, 0.5), (3, 0.3, -0.1, 0.7), (2.5, 0.4, 0, 0.5)):
        found = minimize(
            lambda v: np.sum(np.abs(error(v)) ** 8) ** 0.125,
            start,
            method="Nelder-Mead",
            options={"maxiter": 20000, "xatol": 1e-10, "fatol": 1e-13},
        )
        if best is None or found.fun < best.fun:
            best = found
    gain, first, second, pole = best.x
    return (
        round(1024 * np.log2(gain)),
        round(2048 * first),
        round(2048 * second),
        round(2048 * pole),
    )


def post_filter(factor: int, phase: int, tapset: tuple[float, float, float]) -> list[int]:
    """The post-filter's taps (Q15) for lags of `phase` more than a multiple of the factor.

    Least squares up to 0.55 of the half rate, where voices have their pitch, and weaker above.
    """
    if factor == 1:
        g0, g1, g2 = tapset
        taps = np.array([g2, g1, g0, g1, g2, 0])
    else:
        w = np.linspace(0, np.pi, 600)
        weight = np.where(w < 0.85 * np.pi, 1, 0.1)
        wanted = sum(tapset[abs(k)] * np.exp(-1j * w * (phase + k) / factor) for k in range(-2, 3))
        basis = np.exp(-1j * np.outer(w, np.arange(TAPS) - 2))
        rows = np.concatenate([basis.real, basis.imag]) * np.tile(weight, 2)[:, None]
        values = np.concatenate([wanted.real, wanted.imag]) * np.tile(weight, 2)
        taps = np.linalg.lstsq(rows, values, rcond=None)[0]
    return [round(32768 * tap) for tap in taps]


def literal(name: str, values: list[int]) -> str:
    data = b"".join(value.to_bytes(2, "little", signed=True) for value in values)
    text = "".join(f"\\x{byte:02x}" for byte in data)
    lines = [text[at : at + 88] for at in range(0, len(text), 88)]
    body = "\n".join(f'        b"{line}"' for line in lines)
    return f"    {name}: (\n{body}\n    ),"


def main() -> None:
    print('"""CELT\'s filters at the rates of the output; made by derive_rates.py."""')
    print("# MIT License; see LICENSE\n")
    print(
        "# By 48000 / rate: log2 of a gain (Q10), two zeros' coefficients and a pole (Q11); "
        "without zeros\n# the pole in Q15."
    )
    print("DE_EMPHASIS = {")
    for factor in FACTORS:
        print(f"    {factor}: {emphasis(factor)},")
    print("}\n")
    print(
        "# By 48000 / rate: 6 taps (Q15, 16 bits) for each remainder of the lag, in each tapset."
    )
    print("POST_FILTER = {")
    for factor in FACTORS:
        values = [
            tap
            for tapset in TAPSETS
            for phase in range(factor)
            for tap in post_filter(factor, phase, tapset)
        ]
        print(literal(str(factor), values))
    print("}")


if __name__ == "__main__":
    main()
