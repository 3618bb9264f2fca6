"""Writes one vector of CELT's residual: searched, counted, encoded (RFC 6716 section 4.3.4)."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py, u in celt_pvq_viper.py. `pulses` is an array("i"):
# 176 magnitudes of the vector, then 176 times twice the pulses there.

import micropython

from .celt_theta_viper import exact_cosine
from .range_encoder_viper import encode, raw


@micropython.viper
def rotate(p: ptr16, q: ptr16, at: int, n: int, far: int, c: int, s: int):
    # Each pair `far` apart, forwards and then backwards.
    p = ptr16(int(p) + 2 * at)
    q = ptr16(int(p) + 2 * far)
    left = n - far
    while left > 0:
        a = (p[0] ^ 32768) - 32768
        b = (q[0] ^ 32768) - 32768
        q[0] = c * b + s * a + 16384 >> 15
        p[0] = c * a - s * b + 16384 >> 15
        p = ptr16(int(p) + 2)
        q = ptr16(int(q) + 2)
        left -= 1
    left = n - 2 * far
    p = ptr16(int(p) - 2 * far - 2)
    q = ptr16(int(q) - 2 * far - 2)
    while left > 0:
        a = (p[0] ^ 32768) - 32768
        b = (q[0] ^ 32768) - 32768
        q[0] = c * b + s * a + 16384 >> 15
        p[0] = c * a - s * b + 16384 >> 15
        p = ptr16(int(p) - 2)
        q = ptr16(int(q) - 2)
        left -= 1


@micropython.viper
def unspread(x, at: int, n: int, k: int, blocks: int, spread: int):
    # Section 4.3.4.3 backwards: what spreading will make of few pulses is undone ahead.
    gain = 32767 * n // (n + (20 - 5 * spread) * k)
    angle = (gain * gain >> 15) >> 1
    c = int(exact_cosine(angle))
    s = int(exact_cosine(16384 - angle))
    if c > 32767:
        c = 32767
    if s > 32767:
        s = 32767
    far = 0
    if n >= 8 * blocks:
        far = 1
        while (far * far + far) * blocks + (blocks >> 2) < n:
            far += 1
    length = n // blocks
    while blocks:
        rotate(x, x, at, length, 1, c, 0 - s)
        if far:
            rotate(x, x, at, length, far, s, 0 - c)
        at += length
        blocks -= 1


@micropython.viper
def search(p: ptr32, q: ptr32, pulses: ptr32, n: int, k: int, total: int, most: int):
    # Puts k pulses on the n magnitudes of pulses, which sum up to `total`, the largest `most`,
    # so that their angle to them is small. p and q are also pulses.
    energy = 0
    product = 0
    left = n
    q = ptr32(int(pulses) + 704)
    if 2 * k > n:
        # Many: first in proportion, rounded down.
        p = pulses
        part = (k << 15) // total
        while left:
            count = p[0] * part >> 15
            q[0] = count << 1
            energy += count * count
            product += count * p[0]
            k -= count
            p = ptr32(int(p) + 4)
            q = ptr32(int(q) + 4)
            left -= 1
    else:
        while left:
            q[0] = 0
            q = ptr32(int(q) + 4)
            left -= 1
    # Keeps (product + magnitude) >> drop below 2^15.
    drop = 0
    while product + k * most >> drop > 32767:
        drop += 1
    while k:
        # The one more pulse that makes product^2 / energy largest.
        energy += 1
        p = pulses
        q = ptr32(int(pulses) + 704)
        best = product + p[0] >> drop
        best = best * best >> 15
        below = energy + q[0]
        best_at = int(p)
        left = n - 1
        while left:
            p = ptr32(int(p) + 4)
            q = ptr32(int(q) + 4)
            r = product + p[0] >> drop
            r = r * r >> 15
            if below * r > best * (energy + q[0]):
                best = r
                below = energy + q[0]
                best_at = int(p)
            left -= 1
        p = ptr32(best_at)
        product += p[0]
        energy += p[176]
        p[176] = p[176] + 2
        k -= 1


@micropython.viper
def write_vector(
    p: ptr16, q: ptr32, words, coder, data, u, x, at: int, n: int, k: int, blocks: int, pulses
):
    # Writes the n values x[at:] as k pulses. p is x and q is pulses: only they lie in registers.
    frame = ptr32(words)
    if 2 * k < n and frame[3]:
        unspread(x, at, n, k, blocks, frame[3])
    p = ptr16(int(p) + 2 * at)
    total = 0
    most = 0
    left = n
    while left:
        v = p[0]
        if v > 32767:
            v = 65536 - v
        q[0] = v
        total += v
        if v > most:
            most = v
        p = ptr16(int(p) + 2)
        q = ptr32(int(q) + 4)
        left -= 1
    if most == 0:
        q = ptr32(pulses)
        q[0] = 1
        total = most = 1
    if most < 8192:
        # Small values are made large, for the search.
        shift = 0
        while most << shift < 8192:
            shift += 1
        total <<= shift
        most <<= shift
        q = ptr32(pulses)
        left = n
        while left:
            q[0] = q[0] << shift
            q = ptr32(int(q) + 4)
            left -= 1
    search(pulses, pulses, pulses, n, k, total, most)
    # Section 4.3.4.2: the number of the vector among all V(n, k), last value first.
    t = ptr32(u)
    p = ptr16(int(ptr16(x)) + 2 * (at + n - 1))
    q = ptr32(int(ptr32(pulses)) + 4 * (175 + n))
    i = uint(0)
    m = 1
    count = 0
    while m <= n:
        # As the sum of U(m, pulses above), and U(m, pulses from here on + 1) if negative.
        if count and m > 1:
            i = i + uint(t[t[m] + count] if m < count else t[t[count] + m])
        d = q[0] >> 1
        if d:
            count += d
            if p[0] > 32767:
                d = count + 1
                i = i + (uint(1) if m == 1 else uint(t[t[m] + d] if m < d else t[t[d] + m]))
        p = ptr16(int(p) - 2)
        q = ptr32(int(q) - 4)
        m += 1
    if k < n:
        top = uint(t[t[k] + n]) + uint(t[t[k + 1] + n])
    else:
        top = uint(t[t[n] + k]) + uint(t[t[n] + k + 1])
    # As range_encoder_viper.wide().
    top = top - uint(1)
    log = 0
    while top > uint(255):
        top = top >> uint(1)
        log += 1
    d = int(i >> uint(log))
    encode(coder, data, d, d + 1, int(top) + 1)
    if log:
        raw(coder, data, int(i & (uint(1) << uint(log)) - uint(1)), log)
