"""How CELT shares the bits of a frame among its bands (RFC 6716 sections 4.3.3 and 4.3.4.5)."""
# MIT License; see LICENSE

# plan is an array("i") of rows of 21, a word a band: 0 eighths of bits for the vectors, 1 bits of
# fine energy, 2 its priority, 3 the largest useful allocation, 4 boosts, 5 changes of
# time-frequency resolution, 6 and 7 which blocks are not empty, 8 and 9 a lower allocation and
# what a higher one adds, 10 the least that gets pulses. `frame` is described in
# celt_bands_viper.py.

import micropython

from .range_viper import bit, uniform


@micropython.viper
def capacities(frame: ptr32, plan: ptr32, edges: ptr8, table: ptr8):
    size = frame[18]
    channels = frame[17]
    row = 21 * (2 * size + channels - 1)
    i = 0
    while i < 21:
        n = (int(edges[i + 1]) - int(edges[i])) << size
        plan[63 + i] = (int(table[row + i]) + 64) * channels * n >> 2
        i += 1


@micropython.viper
def choose_quality(words, plan: ptr32, edges: ptr8, table: ptr8, total: int, trim: int) -> int:
    # Fills rows 8, 9, 10; rows 6 and 7 hold the bands' sizes and tilts meanwhile. Returns the
    # last boosted band: bands up to it are never skipped.
    # plan walks from band to band: it lies in a register.
    frame = ptr32(words)
    start = frame[20]
    size = frame[18]
    channels = frame[17]
    floor = channels << 3
    begin = int(plan) + 4 * start
    stop = int(plan) + 4 * frame[21]
    plan = ptr32(begin)
    row = ptr8(int(edges) + start)
    left = frame[21] - start
    last = left
    tilt = (trim - 5 - size) * (8 << size)
    while left:
        left -= 1
        n = int(row[1]) - int(row[0])
        row = ptr8(int(row) + 1)
        least = 3 * n << size << 3 >> 4
        plan[210] = least if least > floor else floor
        n *= channels
        plan[126] = n << size
        # Never negative, since words that are loaded have no sign where they have 64 bits.
        n = (n * tilt * left >> 6) + 65536
        plan[147] = n - floor if plan[126] == channels else n
        if plan[84]:
            last = left
        plan = ptr32(int(plan) + 4)
    last = frame[21] - 1 - last if last < frame[21] - start else start
    low = 1
    high = 10
    while low <= high:
        quality = low + high >> 1
        row = ptr8(int(table) + 21 * quality + frame[21])
        plan = ptr32(stop)
        sum = 0
        above = 0
        while int(plan) != begin:
            plan = ptr32(int(plan) - 4)
            row = ptr8(int(row) - 1)
            bits = plan[126] * row[0] >> 2
            if bits:
                bits += plan[147] - 65536
                if bits < 0:
                    bits = 0
            bits += plan[84]
            if above or bits >= plan[210]:
                # All bands below count in full.
                above = 1
                sum += bits if bits < plan[63] else plan[63]
            elif bits >= floor:
                sum += floor
        if sum > total:
            high = quality - 1
        else:
            low = quality + 1
    # plan is at the first band again.
    row = ptr8(int(table) + 21 * low + start)
    under = ptr8(int(row) - 21)
    while int(plan) != stop:
        bits = plan[126] * row[0] >> 2 if low < 11 else plan[63]
        if bits:
            bits += plan[147] - 65536
            if bits < 0:
                bits = 0
        n = plan[126] * under[0] >> 2
        if n:
            n += plan[147] - 65536
            if n < 0:
                n = 0
        bits += plan[84]
        if low > 1:
            n += plan[84]
        plan[168] = n
        plan[189] = bits - n if bits > n else 0
        plan = ptr32(int(plan) + 4)
        row = ptr8(int(row) + 1)
        under = ptr8(int(under) + 1)
    return last


@micropython.viper
def interpolate(p: ptr32, sum: int, words: ptr32, total: int) -> int:
    # Fills row 0 of plan, which p is, between the two qualities; returns what it comes to.
    plan = int(p)
    begin = plan + 4 * words[20]
    end = plan + 4 * words[21]
    low = 0
    high = 64
    floor = words[17] << 3
    while high - low > 1:
        part = low + high >> 1
        sum = 0
        above = 0
        p = ptr32(end)
        while int(p) != begin:
            p = ptr32(int(p) - 4)
            bits = p[168] + (part * p[189] >> 6)
            if above or bits >= p[210]:
                above = 1
                sum += bits if bits < p[63] else p[63]
            elif bits >= floor:
                sum += floor
        if sum > total:
            high = part
        else:
            low = part
    sum = 0
    above = 0
    p = ptr32(end)
    while int(p) != begin:
        p = ptr32(int(p) - 4)
        bits = p[168] + (low * p[189] >> 6)
        if above or bits >= p[210]:
            above = 1
        else:
            bits = floor if bits >= floor else 0
        if bits > p[63]:
            bits = p[63]
        p[0] = bits
        sum += bits
    return sum


@micropython.viper
def skip_bands(
    words,
    coder,
    data,
    plan,
    edges,
    counts,
    total: int,
    sum: int,
    last: int,
    intensity: int,
    skip: int,
) -> int:
    # Section 4.3.3: high bands that get too little for a pulse, or that the encoder gave up.
    # Returns the eighths of bits that are left for the coded bands, whose end goes to words[22];
    # words[31] gets the eighths of bits that are kept for the first intensity band.
    frame = ptr32(words)
    rows = ptr32(plan)
    edge = ptr8(edges)
    start = frame[20]
    floor = frame[17] << 3
    coded = frame[21]
    more = 1
    while more and coded - 1 > last:
        j = coded - 1
        left = total - sum
        if left < 0:
            left = 0
        width = int(edge[coded]) - int(edge[start])
        each = left // width
        rest = left - each * width - (int(edge[j]) - int(edge[start]))
        if rest < 0:
            rest = 0
        bits = rows[j] + each * (int(edge[coded]) - int(edge[j])) + rest
        if bits >= rows[210 + j] and bits >= floor + 8:
            if int(bit(coder, data, 1)):
                more = 0
            else:
                sum += 8
                bits -= 8
        if more:
            sum -= rows[j] + intensity
            if intensity:
                intensity = int(ptr8(counts)[j - start])
            sum += intensity
            rows[j] = floor if bits >= floor else 0
            sum += rows[j]
            coded -= 1
    frame[22] = coded
    frame[31] = intensity
    # The bit that was kept to end skipping was not needed.
    return total - sum + (skip if more else 0)


@micropython.viper
def read_allocation(words, coder, data, plan, edges, splits, table, counts, total: int, trim: int):
    # The whole of section 4.3.3 after the trim, in an encoder's order of symbols: rows 0 to 2.
    frame = ptr32(words)
    start = frame[20]
    end = frame[21]
    if total < 0:
        total = 0
    skip = 8 if total >= 8 else 0
    total -= skip
    intensity = 0
    dual = 0
    if frame[17] == 2:
        intensity = int(ptr8(counts)[end - start])
        if intensity > total:
            intensity = 0
        else:
            total -= intensity
            if total >= 8:
                dual = 8
                total -= 8
    last = int(choose_quality(words, plan, edges, table, total, trim))
    sum = int(interpolate(plan, 0, words, total))
    left = int(
        skip_bands(words, coder, data, plan, edges, counts, total, sum, last, intensity, skip)
    )
    frame[2] = 0
    if frame[31]:
        frame[2] = start + int(uniform(coder, data, frame[22] + 1 - start))
    frame[25] = 0
    if frame[2] <= start:
        left += dual
    elif dual:
        frame[25] = int(bit(coder, data, 1))
    distribute(words, plan, edges, splits, left)


@micropython.viper
def distribute(frame: ptr32, plan: ptr32, edges: ptr8, splits: ptr8, left: int):
    # Splits row 0 into bits for the vectors (row 0) and of fine energy (rows 1 and 2), after
    # `left` eighths were shared out. words[24] gets what no band can use.
    start = frame[20]
    coded = frame[22]
    size = frame[18]
    channels = frame[17]
    if left < 0:
        left = 0
    width = int(edges[coded]) - int(edges[start])
    each = left // width
    left -= each * width
    balance = 0
    j = start
    while j < coded:
        width = int(edges[j + 1]) - int(edges[j])
        n = width << size
        extra = left if left < width else width
        left -= extra
        bits = plan[j] + each * width + extra + balance
        fine = 0
        if n > 1:
            excess = bits - plan[63 + j]
            if excess < 0:
                excess = 0
            bits -= excess
            # The side of a stereo band is a further degree of freedom.
            freedom = channels * n
            if channels == 2 and n > 2 and frame[25] == 0 and j < frame[2]:
                freedom += 1
            fair = freedom * (int(splits[j]) + (size << 3))
            offset = (fair >> 1) - freedom * 21
            if n == 2:
                offset += freedom << 1
            if bits + offset < freedom << 4:
                offset += fair >> 2
            elif bits + offset < 24 * freedom:
                offset += fair >> 3
            fine = bits + offset + (freedom << 2)
            fine = fine // freedom >> 3 if fine > 0 else 0
            if channels * fine > bits >> 3:
                fine = bits >> channels - 1 >> 3
            if fine > 8:
                fine = 8
            plan[42 + j] = 1 if fine * freedom << 3 >= bits + offset else 0
            bits -= channels * fine << 3
        else:
            excess = bits - (channels << 3)
            if excess < 0:
                excess = 0
            bits -= excess
            plan[42 + j] = 1
        if excess > 0:
            extra = excess >> channels + 2
            if extra > 8 - fine:
                extra = 8 - fine
            fine += extra
            extra = extra * channels << 3
            plan[42 + j] = 1 if extra >= excess - balance else 0
            excess -= extra
        plan[j] = bits
        plan[21 + j] = fine
        balance = excess
        j += 1
    frame[24] = balance
    while j < frame[21]:
        # Bands that were skipped have fine energy only.
        fine = plan[j] >> channels - 1 >> 3
        plan[21 + j] = fine
        plan[j] = 0
        plan[42 + j] = 1 if fine < 1 else 0
        j += 1
