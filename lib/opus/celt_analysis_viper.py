"""Sound to the bins and band energies that a CELT encoder writes (RFC 6716 section 5.3)."""
# MIT License; see LICENSE

# Samples are words of an array("i"), Q4 of 16-bit sound, emphasised. `wide` is that of
# celt_fft_viper.py. `frame` is described in celt_bands_viper.py. sums is an array("i") of the
# mean magnitudes, times the samples, of 16 times 2.5 ms: the last of them are those of the frame.

import micropython

from .celt_fft_viper import transform_blocks
from .celt_mdct_viper import turn_in, turn_out


@micropython.viper
def emphasize(
    p: ptr16, q: ptr32, start: int, at: int, units: int, unit: int, memory: ptr32, first: int,
    second: int, sums: ptr32, wide: int,
) -> int:  # fmt: skip
    # Section 5.3: units of samples of 16 bits from p[start] on become words from q[at] on: 1 -
    # first z^-1 + second z^-2, in Q14. memory: the two samples before. Returns the sum of the
    # magnitudes, 0 if there is no sound.
    p = ptr16(int(p) + 2 * start)
    i = 0
    while i < 16 - units:
        sums[i] = sums[i + units]
        i += 1
    v = memory[0] << wide >> wide
    u = memory[1] << wide >> wide
    q = ptr32(int(q) + 4 * at)
    all = 0
    while i < 16:
        sum = 0
        left = unit >> 2
        while left:
            x = (p[0] ^ 32768) - 32768
            y = (x << 14) - v * first + u * second >> 10
            q[0] = y
            sum = (y >> 31 ^ y) + sum
            u = (p[1] ^ 32768) - 32768
            y = (u << 14) - x * first + v * second >> 10
            q[1] = y
            sum = (y >> 31 ^ y) + sum
            v = (p[2] ^ 32768) - 32768
            y = (v << 14) - u * first + x * second >> 10
            q[2] = y
            sum = (y >> 31 ^ y) + sum
            x = u
            u = v
            v = (p[3] ^ 32768) - 32768
            y = (v << 14) - u * first + x * second >> 10
            q[3] = y
            sum = (y >> 31 ^ y) + sum
            p = ptr16(int(p) + 8)
            q = ptr32(int(q) + 16)
            left -= 1
        all += sum + 15 >> 4
        sums[i] = (sum >> 4) + unit
        i += 1
    memory[0] = v
    memory[1] = u
    return all


@micropython.viper
def fold(p: ptr32, q: ptr32, at: int, n: int, window: ptr16, wide: int):
    # Where two blocks overlap by n samples, each gets n / 2 values that have its aliases. p and
    # q are both the samples.
    p = ptr32(int(p) + 4 * at)
    q = ptr32(int(p) + 4 * (n - 1))
    fall = ptr16(int(window) + 2 * (n - 1))
    n >>= 1
    while n:
        a = window[0]
        b = fall[0]
        x = p[0] << wide >> wide
        y = q[0] << wide >> wide
        hx = x >> 15
        lx = x & 32767
        hy = y >> 15
        ly = y & 32767
        p[0] = hx * b + (lx * b >> 15) + hy * a + (ly * a >> 15)
        q[0] = hy * b + (ly * b >> 15) - hx * a - (lx * a >> 15)
        p = ptr32(int(p) + 4)
        q = ptr32(int(q) - 4)
        window = ptr16(int(window) + 2)
        fall = ptr16(int(fall) - 2)
        n -= 1


@micropython.viper
def forward(
    buffer, n: int, blocks: int, sums: ptr32, units: int, out, angles, places, plan, twiddles,
    base: int, window, lap: int, wide: int,
):  # fmt: skip
    # `blocks` blocks of n bins, last bin first, to `out`. The transform is its own inverse, but
    # for the order of values. Folds where blocks overlap; the first overlap, at the begin of
    # buffer, was folded with the frame before. `units` are those of a block.
    # The least scale for which the magnitudes of each block add up to less than 2^(18 + scale).
    scale = 0
    unit = 16 - units * blocks
    while unit < 16:
        sum = sums[unit - 1]
        i = units
        while i:
            sum += sums[unit]
            unit += 1
            i -= 1
        while sum >> 14 + scale and scale < 12:
            scale += 1
    last = (lap >> 1) + n - 1
    at = 0
    left = blocks
    while left:
        fold(buffer, buffer, at + n, lap, window, wide)
        turn_in(buffer, buffer, at + last, -1, n, out, at, angles, places, scale, wide)
        at += n
        left -= 1
    transform_blocks(out, out, 0, n >> 1, blocks, plan, twiddles, base, wide)
    turn_out(out, out, 0, n, blocks, angles, scale, wide)


@micropython.viper
def energies(
    p: ptr32, q: ptr16, words: ptr32, target: ptr16, edges: ptr8, blocks: int, bins: int, gain: int
):
    # Fills q with the bins of all bands, those of several blocks interleaved, each band scaled to
    # at most 14 bits; and target with the bands' energies: Q10 of log2 less the bands' means and
    # `gain`. p is the spectrum; `edges` are followed by the bands' mean energies.
    wide = words[0]
    size = words[18] if blocks == 1 else 0
    source = int(p) + 4 * (bins - 1)
    base = int(q)
    hop = 2 * blocks
    down = 0
    whole = 14
    i = words[20]
    while i < words[21]:
        begin = int(edges[i]) << size
        width = (int(edges[i + 1]) << size) - begin
        # All bits that any magnitude of the band has.
        all = 0
        block = 0
        while block < blocks:
            p = ptr32(source + 4 * (block * bins - begin))
            left = width
            while left & 3:
                all |= p[0] ^ p[0] + p[0]
                p = ptr32(int(p) - 4)
                left -= 1
            while left:
                v = (p[0] ^ p[0] + p[0]) | (p[-1] ^ p[-1] + p[-1])
                all |= v | (p[-2] ^ p[-2] + p[-2]) | (p[-3] ^ p[-3] + p[-3])
                p = ptr32(int(p) - 16)
                left -= 4
            block += 1
        all = all << wide >> wide
        # Often about as much as for the band below.
        while down and all >> down < 8192:
            down -= 1
        while all >> down > 16383:
            down += 1
        drop = wide + down
        sum = 0
        block = 0
        while block < blocks:
            p = ptr32(source + 4 * (block * bins - begin))
            q = ptr16(base + 2 * (begin * blocks + block))
            left = width
            while left & 3:
                v = p[0] << wide >> drop
                q[0] = v
                sum += v * v >> 6
                p = ptr32(int(p) - 4)
                q = ptr16(int(q) + hop)
                left -= 1
            if left and blocks == 1:
                while left:
                    v = p[0] << wide >> drop
                    q[0] = v
                    e = v * v
                    v = p[-1] << wide >> drop
                    q[1] = v
                    e = v * v + e
                    v = p[-2] << wide >> drop
                    q[2] = v
                    e = v * v + e
                    v = p[-3] << wide >> drop
                    q[3] = v
                    e = v * v + e
                    sum = (e >> 6) + sum
                    p = ptr32(int(p) - 16)
                    q = ptr16(int(q) + 8)
                    left -= 4
            while left:
                v = p[0] << wide >> drop
                q[0] = v
                sum += v * v >> 6
                p = ptr32(int(p) - 4)
                q = ptr16(int(q) + hop)
                left -= 1
            block += 1
        e = -28672
        if sum:
            # Half of log2 of the sum times 2^6; the logarithm of the mantissa in Q14.
            while sum >> whole > 1:
                whole += 1
            while sum >> whole == 0:
                whole -= 1
            v = (sum >> whole - 14 if whole > 14 else sum << 14 - whole) - 24576
            e = 9594 + (v * (15744 + (v * (-5566 + (v * 2547 >> 14)) >> 14)) >> 14)
            e = (whole + 6 + 2 * down << 9) + (e >> 5) - gain - (int(edges[22 + i]) << 6)
            if e < -28672:
                e = -28672
        target[i] = e
        i += 1
