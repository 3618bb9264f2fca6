"""Changes of time and frequency resolution of CELT's vectors (RFC 6716 section 4.3.4.5)."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def haar(x: ptr16, at: int, n: int, stride: int):
    # Sums and differences of neighbours in n values of `stride` interleaved blocks, times
    # sqrt(1/2).
    hop = 2 * stride
    i = stride
    p = ptr16(int(x) + 2 * at)
    while i:
        a = p
        left = n >> 1
        while left:
            b = ptr16(int(a) + hop)
            u = ((a[0] ^ 32768) - 32768) * 23170 + 16384
            v = ((b[0] ^ 32768) - 32768) * 23170
            a[0] = u + v >> 15
            b[0] = u - v >> 15
            a = ptr16(int(b) + hop)
            left -= 1
        p = ptr16(int(p) + 2)
        i -= 1


@micropython.viper
def reorder(x, at: int, n: int, stride: int, tables: ptr8, order: int, spare: int, back: int):
    # From `stride` interleaved blocks of n values to one block after the other, or back; in the
    # order of tables[order], or in their own order if that is 0. x[spare] has room for all.
    source = ptr16(int(ptr16(x)) + 2 * at)
    target = ptr16(int(ptr16(x)) + 2 * spare)
    i = 0
    while i < stride:
        block = 2 * n * (int(tables[order + i]) if order else i)
        if back:
            p = ptr16(int(source) + block)
            q = ptr16(int(target) + 2 * i)
            hop = 2
            skip = 2 * stride
        else:
            p = ptr16(int(source) + 2 * i)
            q = ptr16(int(target) + block)
            hop = 2 * stride
            skip = 2
        left = n
        while left:
            q[0] = p[0]
            p = ptr16(int(p) + hop)
            q = ptr16(int(q) + skip)
            left -= 1
        i += 1
    copy(x, spare, x, at, n * stride)


@micropython.viper
def copy(x: ptr16, at: int, y: ptr16, to: int, n: int):
    p = ptr16(int(x) + 2 * at)
    q = ptr16(int(y) + 2 * to)
    while n:
        q[0] = p[0]
        p = ptr16(int(p) + 2)
        q = ptr16(int(q) + 2)
        n -= 1


@micropython.viper
def negate(x: ptr16, at: int, n: int):
    p = ptr16(int(x) + 2 * at)
    while n:
        p[0] = 0 - p[0]
        p = ptr16(int(p) + 2)
        n -= 1


@micropython.viper
def clear(x: ptr16, at: int, n: int):
    p = ptr16(int(x) + 2 * at)
    while n:
        p[0] = 0
        p = ptr16(int(p) + 2)
        n -= 1


@micropython.viper
def for_folding(x: ptr16, at: int, y: ptr16, to: int, n: int):
    # Unit norm in Q14 becomes a mean square of 1 in Q10: sqrt(n) in Q11 times x.
    size = n << 22
    r = 0
    step = 16384
    while step:
        if (r + step) * (r + step) <= size:
            r += step
        step >>= 1
    p = ptr16(int(x) + 2 * at)
    q = ptr16(int(y) + 2 * to)
    while n:
        q[0] = ((p[0] ^ 32768) - 32768) * r >> 15
        p = ptr16(int(p) + 2)
        q = ptr16(int(q) + 2)
        n -= 1
