"""The virtual microphone's interpolator: one filter of many phases over a block of samples."""
# MIT License; see LICENSE


@micropython.viper
def convolve(source: ptr16, table: ptr16, out, shape):
    """Fill `out` with samples of `source` at a step of step / rate, from fraction / rate on.

    `shape` is (taps, phases, fraction, step, rate); `table` holds phases rows of taps in Q14.
    """
    taps = int(shape[0])
    phases = int(shape[1])
    position = int(shape[2])
    step = int(shape[3])
    rate = int(shape[4])
    target = ptr16(out)
    count = int(len(out))
    index = 0
    while index < count:
        base = position // rate
        row = ((position - base * rate) * phases // rate) * taps
        total = 8192
        tap = 0
        while tap < taps:
            a = (int(source[base + tap]) ^ 0x8000) - 0x8000
            b = (int(table[row + tap]) ^ 0x8000) - 0x8000
            total += a * b
            tap += 1
        total >>= 14
        if total > 32767:
            total = 32767
        elif total < -32768:
            total = -32768
        target[index] = total
        position += step
        index += 1
