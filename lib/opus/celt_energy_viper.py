"""Energies of CELT's bands (RFC 6716 section 4.3.2), and the spectrum that they make."""
# MIT License; see LICENSE

# energy is an array("h") of rows of 2 x 21 logarithms, Q10 of 6 dB less the band's mean: 0 now,
# 42 of the frame before, 84 of that before it, 126 of the background. The arithmetic is that of
# the reference's fixed-point code, to the bit. `frame` is described in celt_bands_viper.py.

import micropython

from .celt_pvq_viper import renormalize
from .range_viper import bit, normalize, raw, symbol, tell


@micropython.viper
def coarse(words, coder, data, table: ptr8, energy: ptr16, intra: int, third):
    # Section 4.3.2.1: whole steps of 6 dB, predicted from the frame before and the band below.
    frame = ptr32(words)
    state = ptr32(coder)
    budget = 8 * (state[3] - state[10])
    row = 42 * (2 * frame[18] + intra)
    # Q15: 0.9, 0.8, 0.65, 0.5 and 0.92, 0.68, 0.37, 0.2; within a frame alone 0 and 0.15.
    before = 29440
    below = 30147
    if intra:
        before = 0
        below = 4915
    elif frame[18] == 1:
        before = 26112
        below = 22282
    elif frame[18] == 2:
        before = 21248
        below = 12124
    elif frame[18] == 3:
        before = 16384
        below = 6554
    previous = 0
    other = 0
    i = frame[20]
    end = frame[21]
    while i < end:
        at = i
        channel = frame[17]
        while channel:
            left = budget - state[7] + 24
            if left < 15:
                left = budget - int(tell(coder))
            if left >= 15:
                # A whole number of a two-sided geometric distribution; out of 32768.
                place = row + 2 * (i if i < 20 else 20)
                unit = int(uint(state[0]) >> uint(15))
                here = 32767 - int(state[1]) // unit
                if here < 0:
                    here = 0
                step = 0
                low = 0
                size = int(table[place]) << 7
                if here >= size:
                    decay = int(table[place + 1]) << 6
                    step = 1
                    low = size
                    size = ((32736 - size) * (16384 - decay) >> 15) + 1
                    while size > 1 and here >= low + 2 * size:
                        size <<= 1
                        low += size
                        size = ((size - 2) * decay >> 15) + 1
                        step += 1
                    if size <= 1:
                        more = here - low >> 1
                        step += more
                        low += 2 * more
                    if here < low + size:
                        step = 0 - step
                    else:
                        low += size
                high = low + size
                if high > 32768:
                    high = 32768
                # As range_viper.update().
                rest = uint(unit) * uint(32768 - high)
                state[1] = uint(state[1]) - rest
                rest = uint(unit) * uint(high - low) if low else uint(state[0]) - rest
                state[0] = rest
                if rest <= uint(0x800000):
                    normalize(coder, data)
                # Beyond what sound can have, and what 31 bits can.
                if step > 255:
                    step = 255
                if step < -255:
                    step = -255
            elif left >= 2:
                step = int(symbol(coder, data, third, 0, 2))
                step = (step >> 1) ^ (0 - (step & 1))
            elif left >= 1:
                step = 0 - int(bit(coder, data, 1))
            else:
                step = -1
            e = (energy[at] ^ 32768) - 32768
            if e < -9216:
                e = -9216
            sum = (before * e + 128 >> 8) + previous + (step << 17)
            if sum < -3670016:
                sum = -3670016
            energy[at] = sum + 64 >> 7
            sum = previous + (step << 17) - below * (step << 2)
            channel -= 1
            at += 21
            if frame[17] == 2:
                previous = other
                other = sum
            else:
                previous = sum
        i += 1


@micropython.viper
def fine(words: ptr32, coder: ptr32, data: ptr8, energy: ptr16, plan: ptr32):
    # Section 4.3.2.2: row 1 of plan has the bits of each band. range_viper.raw() written out.
    window = uint(coder[5])
    ready = coder[6]
    from_end = coder[4]
    i = words[20]
    while i < words[21]:
        bits = plan[21 + i]
        if bits:
            at = i
            channel = words[17]
            while channel:
                while ready < bits:
                    if from_end > coder[10]:
                        from_end -= 1
                        window |= uint(int(data[from_end]) << ready)
                    ready += 8
                step = int(window) & (1 << bits) - 1
                window = window >> uint(bits)
                ready -= bits
                coder[7] += bits
                energy[at] = energy[at] + ((step << 10) + 512 >> bits) - 512
                at += 21
                channel -= 1
        i += 1
    coder[4] = from_end
    coder[5] = window
    coder[6] = ready


@micropython.viper
def finalize(words: ptr32, coder, data, energy: ptr16, plan: ptr32):
    # The bits that are left over go to the bands, those of priority 0 (row 2 of plan) first.
    state = ptr32(coder)
    left = 8 * (state[3] - state[10]) - int(tell(coder))
    priority = 0
    while priority < 2:
        i = words[20]
        while i < words[21] and left >= words[17]:
            bits = plan[21 + i]
            if bits < 8 and plan[42 + i] == priority:
                at = i
                channel = words[17]
                while channel:
                    step = int(raw(coder, data, 1))
                    energy[at] = energy[at] + ((step << 10) - 512 >> bits + 1)
                    left -= 1
                    at += 21
                    channel -= 1
            i += 1
        priority += 1


@micropython.viper
def denormalize(
    p: ptr16, v: int, q: ptr32, at: int, to: int, bins: int, words: ptr32, energy: ptr16, row: int,
    table: ptr8,
) -> int:  # fmt: skip
    # Section 4.3.6: unit vectors from p[at] on times the energies, Q12 of 16-bit sound, into the
    # `bins` from q[to] on. `table` has the bands' edges and then their mean energies. Returns the
    # least scale for which the magnitudes add up to less than 2^(18 + scale), but at most 12.
    size = words[18]
    i = words[20]
    q = ptr32(int(q) + 4 * to)
    if words[32]:
        i = words[21]
    n = int(table[i]) << size
    p = ptr16(int(p) + 2 * (at + n))
    if n > bins:
        n = bins
    rest = bins - n
    while n:
        q[0] = 0
        q = ptr32(int(q) + 4)
        n -= 1
    sum = 0
    while i < words[21] and rest:
        e = ((energy[row + i] ^ 32768) - 32768) + (int(table[22 + i]) << 6)
        if e > 32767:
            e = 32767
        e += words[33]
        shift = 16 - (e >> 10)
        # 2^e, in Q14.
        e = (e & 1023) << 4
        gain = 22804 + (e * (14819 + (10204 * e >> 15)) >> 15)
        gain = 16383 + (e * gain >> 15)
        n = (int(table[i + 1]) - int(table[i])) << size
        rest -= n
        if shift > 30:
            gain = 0
            shift = 0
        if shift < 0:
            # Nothing that is to be heard: the sound is clipped.
            gain = 16384 if shift < -1 else gain
            shift = 0
            gain <<= 1
        n = int(q) + 4 * n
        e = 0
        while int(q) != n:
            v = p[0]
            if v:
                if v < 32768:
                    e += v
                    v = v * gain >> shift
                else:
                    v -= 65536
                    e -= v
                    v = v * gain >> shift
            q[0] = v
            p = ptr16(int(p) + 2)
            q = ptr32(int(q) + 4)
        # In units of 1024, as much as what was cut off or more; a shift by 32 would be none.
        sum += (((e >> 4) + 1) * (gain + 1 >> 1) >> shift >> 5) + 1
        i += 1
    while rest:
        q[0] = 0
        q = ptr32(int(q) + 4)
        rest -= 1
    sum >>= 8
    scale = 0
    while sum >> scale and scale < 12:
        scale += 1
    return scale


@micropython.viper
def fill_collapsed(words, x, plan: ptr32, energy: ptr16, table: ptr8):
    # Section 4.3.5: noise where a short block of a band came out empty (rows 6 and 7 of plan).
    frame = ptr32(words)
    size = frame[18]
    seed = uint(frame[6])
    i = frame[20]
    while i < frame[21] and i < frame[29]:
        width = int(table[i + 1]) - int(table[i])
        n = width << size
        every = (1 << (1 << size)) - 1
        if plan[126 + i] & plan[147 + i] == every:
            i += 1
            continue
        depth = (1 + plan[i]) // width >> size
        limit = 0
        if depth < 128:
            # 2^(-depth / 8) / 2, in Q15.
            r = (0 - (depth << 7) & 1023) << 4
            limit = 22804 + (r * (14819 + (10204 * r >> 15)) >> 15)
            limit = 16383 + (r * limit >> 15) << 1 >> ((depth + 7) >> 3) + 1
        log = 0
        while n >> 2 * (log + 1):
            log += 1
        # As celt_pvq_viper.inverse_root().
        r = (n << 2 * (7 - log)) - 32768
        root = 23557 + (r * (-13490 + (r * 6713 >> 15)) >> 15)
        e = root * root >> 15
        e = (e * r >> 15) + e - 16384 << 1
        root += root * (e * ((e * 12288 >> 15) - 16384) >> 15) >> 15
        channel = 0
        while channel < frame[17]:
            e = (energy[21 * channel + i] ^ 32768) - 32768
            least = 32767
            row = 42
            while row < 126:
                older = (energy[row + 21 * channel + i] ^ 32768) - 32768
                if frame[17] == 1:
                    second = (energy[row + 21 + i] ^ 32768) - 32768
                    if second > older:
                        older = second
                if older < least:
                    least = older
                row += 42
            rise = e - least
            if rise < 0:
                rise = 0
            r = 0
            if rise < 16384:
                whole = rise + 1023 >> 10
                e = (0 - rise & 1023) << 4
                r = 22804 + (e * (14819 + (10204 * e >> 15)) >> 15)
                r = 16383 + (e * r >> 15) << 1 >> whole
                if r > 16383:
                    r = 16383
                r <<= 1
            if size == 3:
                if r > 23169:
                    r = 23169
                r = r * 23170 >> 14
            if r > limit:
                r = limit
            r = (root * (r >> 1) >> 15) >> log
            filled = plan[126 + 21 * channel + i]
            at = (frame[19] if channel else 0) + (int(table[i]) << size)
            block = 0
            empty = 0
            while block < 1 << size:
                if not filled >> block & 1:
                    empty = 1
                    p = ptr16(int(ptr16(x)) + 2 * (at + block))
                    left = width
                    while left:
                        seed = seed * uint(1664525) + uint(1013904223)
                        p[0] = r if seed & uint(32768) else 0 - r
                        p = ptr16(int(p) + (2 << size))
                        left -= 1
                block += 1
            if empty:
                renormalize(x, 0, at, n, 32767)
            channel += 1
        i += 1
