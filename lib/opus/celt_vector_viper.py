"""Changes of time and frequency resolution of CELT's vectors (RFC 6716 section 4.3.4.5)."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def haar(p: ptr16, at: int, n: int, stride: int):
    # Sums and differences of neighbours in n values of `stride` interleaved blocks, times
    # sqrt(1/2).
    p = ptr16(int(p) + 2 * at)
    if stride == 1:
        n >>= 1
        while n:
            u = ((p[0] ^ 32768) - 32768) * 23170 + 16384
            v = ((p[1] ^ 32768) - 32768) * 23170
            p[0] = u + v >> 15
            p[1] = u - v >> 15
            p = ptr16(int(p) + 4)
            n -= 1
        return
    n = n >> 1
    hop = 2 * stride
    while n:
        i = stride
        while i:
            q = ptr16(int(p) + hop)
            u = ((p[0] ^ 32768) - 32768) * 23170 + 16384
            v = ((q[0] ^ 32768) - 32768) * 23170
            p[0] = u + v >> 15
            q[0] = u - v >> 15
            p = ptr16(int(p) + 2)
            i -= 1
        p = ptr16(int(p) + hop)
        n -= 1


@micropython.viper
def reorder(
    p: ptr16, q: ptr16, at: int, to: int, n: int, stride: int, tables: ptr8, order: int, back: int
):
    # From `stride` interleaved blocks of n values to one block after the other, or back; in the
    # order of tables[order], or in their own order if that is 0. From p[at] to q[to], which are
    # the same array.
    source = int(p) + 2 * at
    target = int(q) + 2 * to
    i = 0
    while i < stride:
        block = int(tables[order + i]) if order else i
        p = ptr16(source + 2 * i)
        q = ptr16(target + 2 * i)
        hop = 2 * stride
        if back:
            p = ptr16(source + 2 * n * block)
            last = int(p) + 2 * n
            while int(p) != last:
                q[0] = p[0]
                p = ptr16(int(p) + 2)
                q = ptr16(int(q) + hop)
        else:
            q = ptr16(target + 2 * n * block)
            last = int(q) + 2 * n
            while int(q) != last:
                q[0] = p[0]
                p = ptr16(int(p) + hop)
                q = ptr16(int(q) + 2)
        i += 1


@micropython.viper
def copy(p: ptr16, q: ptr16, at: int, to: int, n: int):
    # n values from p[at] on to q[to]; p and q may be the same, and overlap downwards.
    p = ptr16(int(p) + 2 * at)
    q = ptr16(int(q) + 2 * to)
    while n >= 4:
        q[0] = p[0]
        q[1] = p[1]
        q[2] = p[2]
        q[3] = p[3]
        p = ptr16(int(p) + 8)
        q = ptr16(int(q) + 8)
        n -= 4
    while n:
        q[0] = p[0]
        p = ptr16(int(p) + 2)
        q = ptr16(int(q) + 2)
        n -= 1


@micropython.viper
def negate(p: ptr16, at: int, n: int):
    p = ptr16(int(p) + 2 * at)
    while n:
        p[0] = 0 - p[0]
        p = ptr16(int(p) + 2)
        n -= 1


@micropython.viper
def clear(p: ptr16, at: int, n: int):
    p = ptr16(int(p) + 2 * at)
    while n:
        p[0] = 0
        p = ptr16(int(p) + 2)
        n -= 1


@micropython.viper
def for_folding(p: ptr16, at: int, q: ptr16, to: int, n: int, size: int):
    # Unit norm of `size` values in Q14 becomes a mean square of 1 in Q10: sqrt(size) in Q11 times.
    size <<= 22
    r = 0
    step = 16384
    while step:
        if (r + step) * (r + step) <= size:
            r += step
        step >>= 1
    p = ptr16(int(p) + 2 * at)
    q = ptr16(int(q) + 2 * to)
    while n:
        q[0] = ((p[0] ^ 32768) - 32768) * r >> 15
        p = ptr16(int(p) + 2)
        q = ptr16(int(q) + 2)
        n -= 1
