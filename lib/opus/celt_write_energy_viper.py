"""Writes the energies of CELT's bands (RFC 6716 section 4.3.2)."""
# MIT License; see LICENSE

# energy and target are array("h") of 21 logarithms, Q10 of 6 dB less the band's mean: what a
# decoder has, of the frame before and then of this one; and what there is. The arithmetic on
# energy is that of celt_energy_viper.py, to the bit. `frame` is described in celt_bands_viper.py.

import micropython

from .range_encoder_viper import bit, normalize, raw, symbol
from .range_viper import tell


@micropython.viper
def coarse(
    words, coder, data, table: ptr8, energy: ptr16, target: ptr16, intra: int, third, decay: int
):
    # Section 4.3.2.1: whole steps of 6 dB, predicted from the frame before and the band below.
    # No band falls by more than `decay` a frame, where that would cost many bits.
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
    i = frame[20]
    end = frame[21]
    while i < end:
        e = (energy[i] ^ 32768) - 32768
        wanted = (target[i] ^ 32768) - 32768
        least = e - decay
        if e < -9216:
            e = -9216
        sum = (before * e + 128 >> 8) + previous
        step = (wanted << 7) - sum + 65536 >> 17
        if least < -28672:
            least = -28672
        if step < 0 and wanted < least:
            step += least - wanted >> 10
            if step > 0:
                step = 0
        left = budget - state[7] + 24
        if left < 96:
            left = budget - int(tell(coder))
            # Some bits are to be left for each of the bands above.
            spare = left - 3 * (end - i)
            if i != frame[20] and spare < 30:
                if spare < 24 and step > 1:
                    step = 1
                if spare < 16 and step < -1:
                    step = -1
        if left >= 15:
            # A whole number of a two-sided geometric distribution; out of 32768.
            place = row + 2 * (i if i < 20 else 20)
            size = int(table[place]) << 7
            low = 0
            if step:
                fall = int(table[place + 1]) << 6
                low = size
                size = ((32736 - size) * (16384 - fall) >> 15) + 1
                more = step if step > 0 else 0 - step
                count = 1
                while size > 1 and count < more:
                    size <<= 1
                    low += size
                    size = ((size - 2) * fall >> 15) + 1
                    count += 1
                if size <= 1:
                    # As far as there is room.
                    room = 32768 - low
                    if step < 0:
                        room += 1
                    room = (room >> 1) - 1
                    if room > more - count:
                        room = more - count
                    low += 2 * room
                    count += room
                    size = 1
                if step > 0:
                    low += size
                    step = count
                else:
                    step = 0 - count
                if size > 32768 - low:
                    size = 32768 - low
            # As range_encoder_viper.encode().
            rest = uint(state[0])
            unit = rest >> uint(15)
            if low:
                state[1] = uint(state[1]) + rest - unit * uint(32768 - low)
                rest = unit * uint(size)
            else:
                rest = rest - unit * uint(32768 - size)
            state[0] = rest
            if rest <= uint(0x800000):
                normalize(coder, data)
        elif left >= 2:
            if step > 1:
                step = 1
            if step < -1:
                step = -1
            symbol(coder, data, 2 * step if step >= 0 else 1, third, 2)
        elif left >= 1:
            if step < -1:
                step = -1
            if step > 0:
                step = 0
            bit(coder, data, 0 - step, 1)
        else:
            step = -1
        sum += step << 17
        if sum < -3670016:
            sum = -3670016
        energy[i] = sum + 64 >> 7
        previous += (step << 17) - below * (step << 2)
        i += 1


@micropython.viper
def fine(words: ptr32, coder: ptr32, data: ptr8, energy: ptr16, target: ptr16, plan: ptr32):
    # Section 4.3.2.2: row 1 of plan has the bits of each band. range_encoder_viper.raw() written
    # out; the allocation leaves room for all of them.
    window = coder[5]
    ready = coder[6]
    used = 0
    from_end = coder[4]
    i = words[20]
    while i < words[21]:
        bits = plan[21 + i]
        if bits:
            e = (energy[i] ^ 32768) - 32768
            step = ((target[i] ^ 32768) - 32768) - e + 512 >> 10 - bits
            if step < 0:
                step = 0
            if step >> bits:
                step = (1 << bits) - 1
            energy[i] = e + ((step << 10) + 512 >> bits) - 512
            window |= step << ready
            ready += bits
            used += bits
            if ready >= 8:
                if from_end > coder[2]:
                    from_end -= 1
                    data[from_end] = window
                window >>= 8
                ready -= 8
        i += 1
    coder[4] = from_end
    coder[5] = window
    coder[6] = ready
    coder[7] += used


@micropython.viper
def finalize(words, coder, data, energy: ptr16, target: ptr16, plan: ptr32):
    # The bits that are left over go to the bands, those of priority 0 (row 2 of plan) first.
    frame = ptr32(words)
    state = ptr32(coder)
    left = 8 * (state[3] - state[10]) - int(tell(coder))
    priority = 0
    while priority < 2:
        i = frame[20]
        while i < frame[21] and left:
            bits = plan[21 + i]
            if bits < 8 and plan[42 + i] == priority:
                e = (energy[i] ^ 32768) - 32768
                step = 1 if (target[i] ^ 32768) - 32768 >= e else 0
                raw(coder, data, step, 1)
                energy[i] = e + ((step << 10) - 512 >> bits + 1)
                left -= 1
            i += 1
        priority += 1
