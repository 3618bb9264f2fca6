"""Writes lib/opus/celt_tables.py: CELT's normative tables, and those that follow from them.

Run it as `python tools/opus_tables/derive_celt.py > lib/opus/celt_tables.py`.
"""
# MIT License; see LICENSE

import math

MAX_FINE_BITS = 8
THETA_OFFSET = 4
THETA_OFFSET_TWO_PHASE = 16
FINE_OFFSET = 21
MAX_PSEUDO_PULSES = 40
# U(n, k) of section 4.3.4.2 that bands of up to 176 bins need: the largest k of row n.
PULSE_ROWS = [176] * 6 + [96, 54, 37, 28, 24, 19, 18, 16, 14]

# RFC 6716, table 55, in bins of a 2.5 ms frame.
EDGES = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 34, 40, 48, 60, 78, 100]
BANDS = len(EDGES) - 1
WIDTHS = [high - low for low, high in zip(EDGES, EDGES[1:], strict=False)]

# RFC 6716, table 57, one row a quality, in 1/32 bit a sample.
ALLOCATION = """
0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
90 80 75 69 63 56 49 40 34 29 20 18 10 0 0 0 0 0 0 0 0
110 100 90 84 78 71 65 58 51 45 39 32 26 20 12 0 0 0 0 0 0
118 110 103 93 86 80 75 70 65 59 53 47 40 31 23 15 4 0 0 0 0
126 119 112 104 95 89 83 78 72 66 60 54 47 39 32 25 17 12 1 0 0
134 127 120 114 103 97 91 85 78 72 66 60 54 47 41 35 29 23 16 10 1
144 137 130 124 113 107 101 95 88 82 76 70 64 57 51 45 39 33 26 15 1
152 145 138 132 123 117 111 105 98 92 86 80 74 67 61 55 49 43 36 20 1
162 155 148 142 133 127 121 115 108 102 96 90 84 77 71 65 59 53 46 30 1
172 165 158 152 143 137 131 125 118 112 106 100 94 87 81 75 69 63 56 45 20
200 200 200 200 200 200 200 200 198 193 188 183 178 173 168 163 158 153 148 129 104
"""

# RFC 6716 section 4.3.2.1 (appendix A, quant_bands.c): the probability of 0 and the decay of the
# Laplace distribution, a pair a band; frames of 2.5, 5, 10, 20 ms, each inter, then intra.
LAPLACE = """
72 127 65 129 66 128 65 128 64 128 62 128 64 128 64 128 92 78 92 79 92
78 90 79 116 41 115 40 114 40 132 26 132 26 145 17 161 12 176 10 177 11
24 179 48 138 54 135 54 132 53 134 56 133 55 132 55 132 61 114 70 96 74
88 75 88 87 74 89 66 91 67 100 59 108 50 120 40 122 37 97 43 78 50
83 78 84 81 88 75 86 74 87 71 90 73 93 74 93 74 109 40 114 36 117
34 117 34 143 17 145 18 146 19 162 12 165 10 178 7 189 6 190 8 177 9
23 178 54 115 63 102 66 98 69 99 74 89 71 91 73 91 78 89 86 80 92
66 93 64 102 59 103 60 104 60 117 52 123 44 138 35 133 31 97 38 77 45
61 90 93 60 105 42 107 41 110 45 116 38 113 38 112 38 124 26 132 27 136
19 140 20 155 14 159 16 158 18 170 13 177 10 187 8 192 6 175 9 159 10
21 178 59 110 71 86 75 85 84 83 91 66 88 73 87 72 92 75 98 72 105
58 107 54 115 52 114 55 112 56 129 51 132 40 150 33 140 29 98 35 77 42
42 121 96 66 108 43 111 40 117 44 123 32 120 36 119 33 127 33 134 34 139
21 147 23 152 20 158 25 154 26 166 21 173 16 184 13 184 10 150 13 139 15
22 178 63 114 74 82 84 83 92 82 103 62 96 72 96 67 101 73 107 72 113
55 118 52 125 52 118 52 117 55 135 49 137 39 157 32 145 29 97 33 77 40
"""

# Section 4.3.2.1: the mean energy of each band, in 1/16 of 6 dB (appendix A, quant_bands.c).
MEANS = [103, 100, 92, 85, 81, 77, 72, 70, 78, 75, 73, 71, 78, 74, 69, 72, 70, 74, 76, 71, 60]

# Section 4.3.4.5, tables 60 to 63, as +3: for each frame size, steady then transient, each
# tf_select 0 then 1, each tf_change 0 then 1.
TIME_FREQUENCY = [
    *(0, -1, 0, -1, 0, -1, 0, -1),
    *(0, -1, 0, -2, 1, 0, 1, -1),
    *(0, -2, 0, -3, 2, 0, 1, -1),
    *(0, -2, 0, -3, 3, 0, 1, -1),
]


HADAMARD_ORDER = [
    *(1, 0),
    *(3, 0, 2, 1),
    *(7, 0, 4, 3, 6, 1, 5, 2),
    *(15, 0, 8, 7, 12, 3, 11, 4, 14, 1, 9, 6, 13, 2, 10, 5),
]


def numbers(text: str) -> list[int]:
    return [int(word) for word in text.split()]


def log2_eighths(value: int) -> int:
    """8 log2(value), rounded up, in the reference's 16-bit arithmetic (log2_frac of cwrs.c)."""
    length = value.bit_length()
    if value & (value - 1) == 0:
        return (length - 1) << 3
    mantissa = ((value - 1) >> (length - 16)) + 1 if length > 16 else value << (16 - length)
    eighths = (length - 1) << 3
    for bit in (8, 4, 2, 1):
        carry = mantissa >> 16
        eighths += carry * bit
        mantissa = (mantissa + carry) >> carry
        mantissa = (mantissa * mantissa + 0x7FFF) >> 15
    return eighths + (mantissa > 0x8000)


def codewords(n: int, k: int) -> int:
    """V(n, k) of section 4.3.4.2: the vectors of n integers whose magnitudes add up to k."""
    return sum(2**d * math.comb(n, d) * math.comb(k - 1, d - 1) for d in range(1, min(n, k) + 1))


def pulses_of(index: int) -> int:
    """The number of pulses that a pseudo number of pulses stands for."""
    return index if index < 8 else (8 + (index & 7)) << ((index >> 3) - 1)


def pulse_costs(n: int) -> list[int]:
    """[largest index, cost - 1 of index 1, 2, ...] in eighths of bits, for vectors of n."""
    costs = []
    while len(costs) < MAX_PSEUDO_PULSES:
        count = codewords(n, pulses_of(len(costs) + 1))
        if count >= 1 << 32:
            break
        costs.append(log2_eighths(count) - 1)
    return [len(costs), *costs]


def pulse_cache() -> tuple[list[int], list[int]]:
    """For every halving or doubling of every band, where its costs are; and the costs."""
    costs: list[int] = []
    found: dict[int, int] = {}
    index = []
    for size in range(5):
        for width in WIDTHS:
            n = (width << size) >> 1
            if n and n not in found:
                found[n] = len(costs)
                costs += pulse_costs(n)
            index.append(found.get(n, 0xFFFF))
    return index, costs


def capacity(band: int, size: int, channels: int, index: list[int], costs: list[int]) -> int:
    """Section 4.3.3: the largest useful allocation, as in cache.caps of the reference."""
    log_n = log2_eighths(WIDTHS[band])
    n = WIDTHS[band]
    whole = n << size
    if whole == 1:
        bits = channels * (1 + MAX_FINE_BITS) << 3
    else:
        level = 0
        if n > 2:
            n >>= 1
            level = -1
        elif n == 1:
            level = min(size, 1)
            n <<= level
        row = index[(level + 1) * BANDS + band]
        bits = costs[row + costs[row]] + 1
        for split in range(size - level):
            bits <<= 1
            offset = ((log_n + ((level + split) << 3)) >> 1) - THETA_OFFSET
            part = 459 * ((2 * n - 1) * offset + bits)
            whole_part = ((2 * n - 1) << 9) - 459
            bits += min((part + (whole_part >> 1)) // whole_part, 57)
            n <<= 1
        if channels == 2:
            bits <<= 1
            two = n == 2
            offset = ((log_n + (size << 3)) >> 1) - (
                THETA_OFFSET_TWO_PHASE if two else THETA_OFFSET
            )
            freedom = 2 * n - 1 - two
            part = (512 if two else 487) * (bits + freedom * offset)
            whole_part = (freedom << 9) - (512 if two else 487)
            bits += min((part + (whole_part >> 1)) // whole_part, 64 if two else 61)
        freedom = channels * n + (channels == 2 and n > 2)
        offset = ((log_n + (size << 3)) >> 1) - FINE_OFFSET + (2 if n == 2 else 0)
        whole_part = (freedom - 1) << 3
        fine = min((bits + freedom * offset + (whole_part >> 1)) // whole_part, MAX_FINE_BITS)
        bits += channels * fine << 3
    return 4 * bits // (channels * whole) - 64


def octave_eighths() -> list[int]:
    """The largest of 2^15 to 2^16 - 1 in each eighth of an octave, as section 4.1.6.2 counts."""
    last = {}
    for value in range(1 << 15, 1 << 16):
        eighth, power = 0, value
        for _ in range(3):
            power = power * power >> 15
            carry = power >> 16
            power >>= carry
            eighth = eighth << 1 | carry
        last[eighth] = value
    return [last[eighth] for eighth in range(8)]


def literal(name: str, comment: str, values: bytes) -> str:
    lines = [f"# {comment}"] if comment else []
    lines.append(f"{name} = (")
    for at in range(0, len(values), 21):
        lines.append(
            "    " + '"'.join(["b", "".join(f"\\x{v:02x}" for v in values[at : at + 21]), ""])
        )
    return "\n".join([*lines, ")"])


def main() -> None:
    index, costs = pulse_cache()
    caps = [
        capacity(band, size, channels, index, costs)
        for size in range(4)
        for channels in (1, 2)
        for band in range(BANDS)
    ]
    parts = [
        '"""Tables of CELT (RFC 6716 section 4.3); made by tools/opus_tables/derive_celt.py."""',
        "# MIT License; see LICENSE\n",
        "from micropython import const\n",
        f"BANDS = const({BANDS})\n",
        "# Table 55: the first bin of each band in a frame of 2.5 ms; then the mean energy of",
        "# each band in 1/16 of 6 dB (section 4.3.2.1).",
        literal("EDGES", "", bytes(EDGES + MEANS)),
        literal("ALLOCATION", "Table 57, a row a quality.", bytes(numbers(ALLOCATION))),
        literal(
            "LAPLACE",
            "Section 4.3.2.1: for 2.5 to 20 ms, inter and intra, a pair a band.",
            bytes(numbers(LAPLACE)),
        ),
        literal(
            "TIME_FREQUENCY",
            "Tables 60 to 63, plus 3.",
            bytes(value + 3 for value in TIME_FREQUENCY),
        ),
        "# SPLITS: 8 log2 of each band's width; from 21 on where the row of a band halved, whole,",
        "# doubled, ... begins (16 bits each); from 231 on the rows: the number of entries, then",
        "# the eighths of bits that 1, 2, ... pulses cost, less 1; from 623 on the order of the",
        "# blocks after a Hadamard transform (section 4.3.4.4) of 2, 4, 8, 16; from 653 on EDGES;",
        "# from 675 on the last of 2^15 to 2^16 in each eighth of an octave (16 bits each).",
        literal(
            "SPLITS",
            "",
            bytes(log2_eighths(width) for width in WIDTHS)
            + b"".join(value.to_bytes(2, "little") for value in index)
            + bytes(costs)
            + bytes(HADAMARD_ORDER)
            + bytes(EDGES)
            + b"".join(last.to_bytes(2, "little") for last in octave_eighths()),
        ),
        literal(
            "CAPACITIES",
            "Section 4.3.3: the largest useful allocation; 2.5 to 20 ms, mono and stereo.",
            bytes(caps),
        ),
        literal(
            "LOG_COUNTS",
            "8 log2 of 0, 1, 2, ... (section 4.3.3, LOG2_FRAC_TABLE), rounded up.",
            bytes([0] + [log2_eighths(n + 1) for n in range(1, 24)]),
        ),
        literal(
            "PULSE_ROWS",
            "The largest k of the U(n, k) kept for n = 0, 1, ... (section 4.3.4.2).",
            bytes(PULSE_ROWS),
        ),
        "# Inverse cumulative tables: trim (table 58), spread (table 56), tapset (table 54); the",
        "# last is also that of the coarse energy of frames nearly full (section 4.3.2.1).",
        f"TRIM = {bytes([126, 124, 119, 109, 87, 41, 19, 9, 4, 2, 0])!r}",
        f"SPREAD = {bytes([25, 23, 2, 0])!r}",
        f"THIRD = {bytes([2, 1, 0])!r}",
    ]
    print("\n".join(parts))


if __name__ == "__main__":
    main()
