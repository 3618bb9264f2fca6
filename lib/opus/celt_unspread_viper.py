"""Undoes ahead what spreading makes of a CELT vector of few pulses (RFC 6716 section 4.3.4.3)."""
# MIT License; see LICENSE

import micropython

from .celt_theta_viper import exact_cosine


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
