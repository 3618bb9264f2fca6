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
def restore(p: ptr16, q: ptr16, words):
    # What partition() read of a whole band, words[47] values at words[45] in the resolution that
    # they were coded in, come to words[46] in that of the frame: as by reorder() and haar(), in a
    # call. p and q are both the vectors.
    frame = ptr32(words)
    source = int(p) + 2 * frame[45]
    target = int(q) + 2 * frame[46]
    n = frame[47]
    blocks = frame[48]
    recombine = frame[49]
    divide = frame[50]
    order = frame[51]
    if blocks > 1:
        tables = ptr8(frame[60] | frame[61] << frame[0])
        stride = blocks << recombine
        tables = ptr8(int(tables) + (order + stride if order else 0))
        hop = 2 * stride
        size = n // stride << 1
        i = 0
        while i < stride:
            p = ptr16(source + size * (int(tables[i]) if order else i))
            q = ptr16(target + 2 * i)
            last = int(p) + size
            while int(p) != last:
                q[0] = p[0]
                p = ptr16(int(p) + 2)
                q = ptr16(int(q) + hop)
            i += 1
    last = target + 2 * n
    stride = blocks
    change = 0
    while divide or change < recombine:
        if divide:
            divide -= 1
            stride >>= 1
        else:
            stride = 1 << change
            change += 1
        hop = 2 * stride
        p = ptr16(target)
        while int(p) != last:
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
