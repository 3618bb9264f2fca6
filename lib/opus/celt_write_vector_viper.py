"""Writes one vector of CELT's residual: searched, counted, encoded (RFC 6716 section 4.3.4)."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py, u in celt_pvq_viper.py. `pulses` is an array("i"):
# 176 magnitudes of the vector, then 176 times the pulses there.

import micropython

from .celt_theta_viper import exact_cosine
from .range_encoder_viper import normalize


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
def correct(q: ptr32, best: int, n: int, part: int, more: int):
    # Adds that many pulses to those of q[176:] (takes away if negative), each where the number
    # wanted, the magnitudes q[0:] times part in Q23, was rounded down (up) most. best is only
    # here to lie in a register.
    first = int(q)
    end = first + 4 * n
    at = first
    while more:
        q = ptr32(first)
        if more > 0:
            best = -1
            while int(q) != end:
                v = q[0] * part + 4194304 & 8388607
                if v > best:
                    best = v
                    at = int(q)
                q = ptr32(int(q) + 4)
            q = ptr32(at)
            q[176] = q[176] + 1
            more -= 1
        else:
            best = 8388608
            while int(q) != end:
                v = q[0] * part + 4194304 & 8388607
                if v < best and q[176]:
                    best = v
                    at = int(q)
                q = ptr32(int(q) + 4)
            q = ptr32(at)
            q[176] = q[176] - 1
            more += 1
        # Not the same again.
        q[0] = 0


@micropython.viper
def write_vector(
    p: ptr16, q: ptr32, words, coder, data, u, x, at: int, n: int, bits: int, blocks: int, pulses,
    tables, row: int,
):  # fmt: skip
    # Writes the n values x[at:] as pulses that cost about `bits`, by the row of costs that begins
    # at tables[row]. p is x and q is pulses: only they lie in registers.
    frame = ptr32(words)
    # As in celt_partition_viper.partition(): the number whose cost is nearest to bits, less
    # until it fits what is left.
    costs = ptr8(int(ptr8(tables)) + row)
    left = frame[5] << frame[0] >> frame[0]
    high = int(costs[0])
    k = 0
    at_most = 6
    bits -= 1
    while at_most:
        v = k + high + 1 >> 1
        if int(costs[v]) >= bits:
            high = v
        else:
            k = v
        at_most -= 1
    v = int(costs[k]) if k else -1
    if bits - v > int(costs[high]) - bits:
        k = high
    v = int(costs[k]) + 1 if k else 0
    while left < v and k:
        k -= 1
        v = int(costs[k]) + 1 if k else 0
    frame[5] = left - v
    if k == 0:
        return
    if k > 7:
        k = (8 + (k & 7)) << (k >> 3) - 1
    if 2 * k < n and frame[3]:
        unspread(x, at, n, k, blocks, frame[3])
    p = ptr16(int(p) + 2 * at)
    end = int(p) + 2 * n
    total = 0
    left = n
    while left & 3:
        v = p[0]
        if v > 32767:
            v = 65536 - v
        q[0] = v
        total += v
        p = ptr16(int(p) + 2)
        q = ptr32(int(q) + 4)
        left -= 1
    while left:
        v = p[0]
        if v > 32767:
            v = 65536 - v
        q[0] = v
        total += v
        v = p[1]
        if v > 32767:
            v = 65536 - v
        q[1] = v
        total += v
        v = p[2]
        if v > 32767:
            v = 65536 - v
        q[2] = v
        total += v
        v = p[3]
        if v > 32767:
            v = 65536 - v
        q[3] = v
        total += v
        p = ptr16(int(p) + 8)
        q = ptr32(int(q) + 16)
        left -= 4
    q = ptr32(pulses)
    if total == 0:
        q[0] = 1
        total = 1
    # Pulses in proportion to the magnitudes, rounded; if they are few, 1.15 times as many are
    # nearer to the right number, since small magnitudes get none.
    part = k * (9646899 if k <= n else 8388608) // total
    count = 0
    left = n
    while left & 3:
        v = q[0] * part + 4194304 >> 23
        q[176] = v
        count += v
        q = ptr32(int(q) + 4)
        left -= 1
    while left:
        v = q[0] * part + 4194304 >> 23
        q[176] = v
        count += v
        v = q[1] * part + 4194304 >> 23
        q[177] = v
        count += v
        v = q[2] * part + 4194304 >> 23
        q[178] = v
        count += v
        v = q[3] * part + 4194304 >> 23
        q[179] = v
        count += v
        q = ptr32(int(q) + 16)
        left -= 4
    if count != k:
        correct(pulses, 0, n, part, k - count)
    # Section 4.3.4.2: the number of the vector among all V(n, k), last value first: the sum of
    # U(m, pulses above) and of U(m, pulses from here on + 1) if negative.
    t = ptr32(u)
    q = ptr32(int(ptr32(pulses)) + 4 * (175 + n))
    p = ptr16(end - 2)
    i = uint(0)
    m = 1
    while q[0] == 0:
        q = ptr32(int(q) - 4)
        m += 1
    p = ptr16(end - 2 * m)
    count = q[0]
    if p[0] > 32767:
        v = count + 1
        i = uint(1) if m == 1 else uint(t[t[m] + v] if m < v else t[t[v] + m])
    m += 1
    while m <= n:
        q = ptr32(int(q) - 4)
        if m >= count:
            # U(m, count), and on along its row while there are no pulses.
            a = ptr32(int(t) + 4 * (t[count] + m))
            i = i + uint(a[0])
            while q[0] == 0 and m < n:
                q = ptr32(int(q) - 4)
                a = ptr32(int(a) + 4)
                i = i + uint(a[0])
                m += 1
        else:
            i = i + uint(t[t[m] + count])
        if q[0]:
            count += q[0]
            p = ptr16(end - 2 * m)
            if p[0] > 32767:
                v = count + 1
                i = i + uint(t[t[m] + v] if m < v else t[t[v] + m])
        m += 1
    if k < n:
        top = uint(t[t[k] + n]) + uint(t[t[k + 1] + n])
    else:
        top = uint(t[t[n] + k]) + uint(t[t[n] + k + 1])
    # As range_encoder_viper.wide().
    state = ptr32(coder)
    top = top - uint(1)
    log = 0
    while top > uint(65535):
        top = top >> uint(8)
        log += 8
    while top > uint(255):
        top = top >> uint(1)
        log += 1
    v = int(i >> uint(log))
    total = int(top) + 1
    top = uint(state[0])
    part = int(top >> uint(1)) // total << 1
    if top - uint(part * total) >= uint(total):
        part += 1
    if v:
        state[1] = uint(state[1]) + top - uint(part) * uint(total - v)
        top = uint(part)
    else:
        top = top - uint(part) * uint(total - 1)
    state[0] = top
    if top <= uint(0x800000):
        normalize(coder, data)
    if log:
        # As range_encoder_viper.raw(); up to 24 bits.
        i = i & (uint(1) << uint(log)) - uint(1)
        v = state[5] | int(i << uint(state[6]))
        state[7] += log
        log += state[6]
        total = state[4]
        while log >= 8:
            if total > state[2]:
                total -= 1
                ptr8(data)[total] = v
            v >>= 8
            log -= 8
        state[4] = total
        state[5] = v
        state[6] = log
