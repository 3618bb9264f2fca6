"""How long the pitch period of a voice is, for a CELT encoder (RFC 6716 section 5.3)."""
# MIT License; see LICENSE

# The signs of sound tell its period as well as samples do, and 27 of them are compared at once.
# signs is an array("i") of 85, one for each 1/4000 s, the last ones last: a bit for that and each
# of the 26 before it, set where two of its samples add up to less than nothing. past is that of
# celt_prefilter_viper.py. work is an array("i") of 72: from 10 to 57, how many signs disagree
# after that many 1/4000 s, which are 400 to 70 Hz; from 65 on, correlations and results.

import micropython


@micropython.viper
def keep_signs(p: ptr32, q: ptr32, end: int, each: int, n: int, wide: int):
    # n more signs, each of `each` samples; these end at q[end].
    q = ptr32(int(q) + 4 * (end - n * each))
    left = 85 - n
    at = int(p) + 4 * n
    while left:
        p[0] = ptr32(at)[0]
        p = ptr32(int(p) + 4)
        at += 4
        left -= 1
    signs = ptr32(int(p) - 4)[0]
    drop = wide + 31
    half = 2 * each
    each <<= 2
    while n:
        signs = signs << 1 & 0x7FFFFFF
        if q[0] + ptr32(int(q) + half)[0] << wide >> drop:
            signs += 1
        p[0] = signs
        p = ptr32(int(p) + 4)
        q = ptr32(int(q) + each)
        n -= 1


@micropython.viper
def search(p: ptr32, counts: ptr8, work: ptr32, last: int) -> int:
    # The lag, 10 to 57 times 1/4000 s, after which enough of the last 54 signs come again, else 0:
    # more where no pitch went before. `last`, that of the frame before or 0, and its neighbours
    # have a head start, and if a part of the lag does nearly as well, it is that. p is signs;
    # counts has how many bits are set in 0 to 511.
    newest = p[84]
    oldest = p[57]
    p = ptr32(int(p) + 4 * 47)
    least = 19 if last else 14
    found = 0
    lag = 10
    while lag <= 57:
        v = p[27] ^ newest
        sum = counts[v & 511] + counts[v >> 9 & 511] + counts[v >> 18]
        v = p[0] ^ oldest
        sum += counts[v & 511] + counts[v >> 9 & 511] + counts[v >> 18]
        work[lag] = sum
        if sum < least:
            least = sum
            found = lag
        p = ptr32(int(p) - 4)
        lag += 1
    lag = last - 1
    while lag <= last + 1:
        if lag >= 10 and lag <= 57:
            sum = work[lag] - 5
            if sum < least:
                least = sum
                found = lag
            work[lag] = sum if sum > 0 else 0
        lag += 1
    # Agreements less disagreements, 54 - 2 * sum, above three quarters of the best.
    least = 54 + 6 * least >> 3
    whole = found
    part = 5
    while part > 1:
        lag = (2 * whole + part) // (2 * part) - 1
        left = 3
        while left:
            if lag >= 10 and work[lag] < least:
                least = work[lag]
                found = lag
                part = 1
            lag += 1
            left -= 1
        part -= 1
    return found


@micropython.viper
def refine(p: ptr32, q: ptr32, work: ptr32, end: int, each: int, lag: int, drop: int, wide: int):
    # lag, in 1/4000 s of `each` samples: to work[65] in samples. work[66] gets how well the 20 ms
    # that end at p[end] are predicted from those a lag before, Q10. p and q are both `past`.
    # Samples are shifted by `drop` for sums of 31 bits; if that is not enough, the lag is wrong.
    step = each // 3
    if step == 0:
        step = 1
    lag = lag * each - 2 * step
    now = int(p) + 4 * (end - 80 * each)
    hop = 8 * each
    drop += wide
    best = 0
    i = 0
    while i < 7:
        # The energy now, the five correlations, the energy a lag before.
        p = ptr32(now)
        q = ptr32(now - 4 * (lag + (i - 1) * step))
        if i == 0:
            q = ptr32(now)
        elif i == 6:
            q = ptr32(now - 4 * (lag + best * step))
            p = q
        sum = 0
        left = 20
        while left:
            sum += (p[0] << wide >> drop) * q[0]
            p = ptr32(int(p) + hop)
            q = ptr32(int(q) + hop)
            sum += (p[0] << wide >> drop) * q[0]
            p = ptr32(int(p) + hop)
            q = ptr32(int(q) + hop)
            left -= 1
        work[65 + i] = sum
        if i == 1 or i < 6 and sum << wide >> wide > work[66 + best] << wide >> wide:
            best = i - 1 if i else 0
        i += 1
    x = work[65] << wide >> wide
    found = work[66 + best] << wide >> wide
    y = work[71] << wide >> wide
    work[65] = lag + best * step
    work[66] = 0
    if found <= 0 or x <= 0 or y <= 0:
        return
    # Where sound grows, less: as it would shrink backwards.
    x = (x >> 1) + (y >> 1)
    if y > x:
        x = y
    while x >> 20:
        x >>= 1
        found >>= 1
    if found < x:
        work[66] = (found << 10) // x
    elif found:
        work[66] = 1024


@micropython.viper
def find(
    past, work, end: int, each: int, sums: ptr32, signs, counts, last: int, wide: int
) -> int:  # fmt: skip
    # The lag in samples of what ends at past[end], 0 if there is none; work[66] gets how good it
    # is. `last` is the lag that the frame before was filtered with, or 0.
    level = 0
    i = 16
    while i:
        i -= 1
        level += sums[i]
    level = level // (80 * each) >> 2
    if level < 3:
        # As good as silence.
        return 0
    lag = int(search(signs, counts, work, (last + (each >> 1)) // each))
    if lag == 0:
        return 0
    level = level * level >> 13
    drop = 0
    while level:
        level >>= 1
        drop += 1
    refine(past, past, work, end, each, lag, drop, wide)
    return ptr32(work)[65]


@micropython.viper
def decide(last: int, before: int, lag: int, likeness: int, room: int) -> int:
    # The gain in steps of 0.09375, 0 to 8, for a frame of `room` bytes, after a lag `last` and a
    # gain of `before` steps. A gain that changes little stays.
    gain = likeness * 635 >> 10
    before *= 96
    least = 205
    change = lag - last
    if change < 0:
        change = 0 - change
    if 10 * change > lag:
        least += 205
    if room < 25:
        least += 102
    if room < 35:
        least += 102
    if before > 409:
        least -= 102
    if before > 563:
        least -= 102
    if least < 205:
        least = 205
    if gain < least:
        return 0
    change = gain - before
    if change > -102 and change < 102:
        gain = before
    return (gain + 48) // 96
