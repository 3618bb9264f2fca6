"""The noise of RFC 3389: white, through a lattice of reflection coefficients."""
# MIT License; see LICENSE

import micropython


@micropython.viper
def generate(
    pcm: ptr16, count: int, amplitude: int, seed: int, k: ptr16, past: ptr16, order: int
) -> int:
    # Uniform noise of so much amplitude (0 to 65535) excites 1 / A(z). k: Q15 and past: backward
    # residuals, `order` of each, both in offset binary, which loads the same on 32 and 64 bits.
    # Returns the seed (20 bits) for the next call.
    last = 2 * (order - 1)
    while count:
        seed = (seed * 1101 + 12345) & 1048575
        f = (((seed >> 4) - 32768) * (amplitude >> 1)) >> 14
        if order:
            c = ptr16(int(k) + last)
            b = ptr16(int(past) + last)
            n = order
            while n:
                g = b[0] - 32768
                q = c[0] - 32768
                f -= (q * g) >> 15
                if f > 32767:
                    f = 32767
                if f < -32768:
                    f = -32768
                # b of the next stage; the last one is not needed.
                if n != order:
                    g += (q * f) >> 15
                    if g > 32767:
                        g = 32767
                    if g < -32768:
                        g = -32768
                    b[1] = g + 32768
                c = ptr16(int(c) - 2)
                b = ptr16(int(b) - 2)
                n -= 1
            past[0] = f + 32768
        if f > 32767:
            f = 32767
        if f < -32768:
            f = -32768
        pcm[0] = f
        pcm = ptr16(int(pcm) + 2)
        count -= 1
    return seed
