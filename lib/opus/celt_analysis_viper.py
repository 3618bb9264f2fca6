"""Sound to the bins and band energies that a CELT encoder writes (RFC 6716 section 5.3)."""
# MIT License; see LICENSE

# Samples are words of an array("i"), Q4 of 16-bit sound, emphasised. `wide` is that of
# celt_fft_viper.py. `frame` is described in celt_bands_viper.py.

import micropython

from .celt_fft_viper import transform
from .celt_mdct_viper import turn_in, turn_out


@micropython.viper
def emphasize(
    pcm: ptr16, out: ptr32, at: int, n: int, memory: ptr32, shape: ptr32, wide: int
) -> int:
    # n samples of 16 bits become n words from out[at] on: the inverse of post.deemphasize(), but
    # for a gain. memory: the sample and the two words before. Returns whether there is sound.
    b1 = shape[0] << wide >> wide
    b2 = shape[1] << wide >> wide
    pole = shape[2]
    x1 = memory[0] << wide >> wide
    y1 = memory[1] << wide >> wide
    y2 = memory[2] << wide >> wide
    p = ptr32(int(out) + 4 * at)
    any = 0
    while n:
        x = (pcm[0] ^ 32768) - 32768
        any |= x
        y = (x << 4) - (x1 * pole >> 11) - (y1 * b1 + y2 * b2 >> 11)
        x1 = x
        y2 = y1
        y1 = y
        p[0] = y
        pcm = ptr16(int(pcm) + 2)
        p = ptr32(int(p) + 4)
        n -= 1
    memory[0] = x1
    memory[1] = y1
    memory[2] = y2
    return any


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
def scale_of(p: ptr32, at: int, n: int, wide: int) -> int:
    # The least scale for which n magnitudes from p[at] on add up to less than 2^(18 + scale).
    p = ptr32(int(p) + 4 * at)
    sum = n
    while n:
        v = p[0] << wide >> wide
        sum += v >> 4 if v >= 0 else 0 - v >> 4
        p = ptr32(int(p) + 4)
        n -= 1
    scale = 0
    while sum >> 14 + scale and scale < 12:
        scale += 1
    return scale


@micropython.viper
def forward(
    buffer, n: int, blocks: int, out, angles, places, plan, twiddles, base: int, window,
    lap: int, wide: int,
):  # fmt: skip
    # `blocks` blocks of n bins, last bin first, to `out`. The transform is its own inverse, but
    # for the order of values. Folds where blocks overlap; the first overlap, at the begin of
    # buffer, was folded with the frame before.
    half = lap >> 1
    at = 0
    block = 0
    while block < blocks:
        fold(buffer, buffer, at + n, lap, window, wide)
        scale = int(scale_of(buffer, at + half, n, wide))
        to = block * n
        turn_in(buffer, buffer, at + half + n - 1, -1, n, out, to, angles, places, scale, wide)
        transform(out, to, n >> 1, plan, twiddles, base, wide)
        turn_out(out, out, to, n, angles, scale, wide)
        at += n
        block += 1


@micropython.viper
def gather(p: ptr32, to: ptr16, begin: int, width: int, blocks: int, bins: int, wide: int) -> int:
    # One band of `width` bins of each block, interleaved, to `to`, scaled to less than 14 bits.
    # Returns its log2 of the norm in Q10, or a large negative number.
    source = int(p) + 4 * (bins - 1 - begin)
    all = 0
    block = 0
    while block < blocks:
        p = ptr32(source + 4 * block * bins)
        left = width
        while left:
            v = p[0] << wide >> wide
            all |= v if v >= 0 else 0 - v
            p = ptr32(int(p) - 4)
            left -= 1
        block += 1
    up = 0
    down = 0
    while all >> down > 16383:
        down += 1
    if all:
        while all << up < 8192:
            up += 1
    drop = wide + down
    hop = 2 * blocks
    sum = 0
    block = 0
    to = ptr16(int(to) + 2 * begin * blocks)
    target = int(to)
    while block < blocks:
        p = ptr32(source + 4 * block * bins)
        to = ptr16(target + 2 * block)
        left = width
        while left:
            v = p[0] << wide >> drop << up
            to[0] = v
            sum += v * v >> 6
            p = ptr32(int(p) - 4)
            to = ptr16(int(to) + hop)
            left -= 1
        block += 1
    if sum == 0:
        return -32000
    # log2 of sum * 2^6, in Q11.
    whole = 0
    while sum >> whole > 1:
        whole += 1
    v = (sum >> whole - 14 if whole > 14 else sum << 14 - whole) - 24576
    part = 9594 + (v * (15744 + (v * (-5566 + (v * 2547 >> 14)) >> 14)) >> 14)
    return ((whole + 6 << 10) + (part >> 4) >> 1) + (down - up << 10)


@micropython.viper
def energies(words, spectrum, x, target, table, blocks: int, bins: int, gain: int):
    # Fills x with the bins of all bands, and target with the bands' energies: Q10 of log2 less
    # the bands' means and `gain`. `table` has the bands' edges and then their means.
    frame = ptr32(words)
    edges = ptr8(table)
    level = ptr16(target)
    size = frame[18]
    if blocks > 1:
        size = 0
    i = frame[20]
    while i < frame[21]:
        begin = int(edges[i]) << size
        e = int(
            gather(spectrum, x, begin, (int(edges[i + 1]) << size) - begin, blocks, bins, frame[0])
        )
        e -= gain + (int(edges[22 + i]) << 6)
        level[i] = e if e > -28672 else -28672
        i += 1
