"""Writes the vectors of all bands of a CELT frame (RFC 6716 section 4.3.4), mono."""
# MIT License; see LICENSE

# `frame` is described in celt_bands_viper.py, u in celt_pvq_viper.py. x is an array("h"): the bins
# of all bands, each band scaled as its largest bin allows, then a band of spare room. `pulses` is
# an array("i"): 176 magnitudes of a vector, 176 times the pulses there, then 8 words for each of
# the halves that wait: bins, place, eighths of bits, level, blocks; whether they get what the
# other half leaves, what that was given and what was left then.

import micropython

from .celt_unspread_viper import unspread
from .celt_write_split_viper import change_resolution, theta
from .range_encoder_viper import normalize, raw


@micropython.viper
def bands(p: ptr16, q: ptr32, words, coder, data, u, tables, x, plan, edges):
    # Row 0 of plan has the bands' eighths of bits, row 5 the changes of time-frequency
    # resolution. One function without recursion, since here an encoder spends its time, and a
    # call with this many arguments costs as much as twenty bins. p is x and q is pulses: only
    # they lie in registers. Otherwise as celt_bands_viper.bands() and what that calls.
    frame = ptr32(words)
    state = ptr32(coder)
    bytes_out = ptr8(data)
    rows = ptr32(plan)
    edge = ptr8(edges)
    costs = ptr8(tables)
    t = ptr32(u)
    base = int(p)
    found = int(q)
    wide = frame[0]
    size = frame[18]
    start = frame[20]
    balance = frame[24] << wide >> wide
    blocks = 1 << size if frame[26] else 1
    i = start
    while i < frame[21]:
        at = int(edge[i]) << size
        n = (int(edge[i + 1]) << size) - at
        # As range_viper.tell_eighths().
        top = uint(state[0])
        used = 24
        number = top >> uint(24)
        while number != uint(0):
            number = number >> uint(1)
            used += 1
        top = top >> uint(used - 16)
        k = 3
        while k:
            top = top * top >> uint(15)
            number = top >> uint(16)
            top = top >> number
            used = used << 1 | int(number)
            k -= 1
        used = (state[7] << 3) - used
        if i != start:
            balance -= used
        left = frame[23] - used - 1
        frame[1] = i
        bits = 0
        if i < frame[22]:
            share = frame[22] - i
            if share > 3:
                share = 3
            # Towards zero.
            share = balance // share if balance >= 0 else 0 - (0 - balance) // share
            bits = rows[i] + share
            if bits > left + 1:
                bits = left + 1
            if bits > 16383:
                bits = 16383
            if bits < 0:
                bits = 0
        balance += rows[i] + used
        change = rows[105 + i] << wide >> wide
        parts = blocks
        level = size
        depth = 1
        if n == 1:
            depth = 0
            if left >= 8:
                raw(coder, data, 1 if ptr16(x)[at] > 32767 else 0, 1)
        elif change or blocks > 1:
            parts = int(change_resolution(x, at, n, change, blocks, tables, frame[28]))
        while depth:
            # The number of pulses whose cost is nearest to bits, less until it fits what is left.
            row = 21 + 2 * (21 * (level + 1) + i)
            row = 231 + (int(costs[row]) | int(costs[row + 1]) << 8)
            high = int(costs[row])
            if level != -1 and n > 2 and bits > int(costs[row + high]) + 12:
                # Two halves. The one that has more bits goes first.
                n >>= 1
                level -= 1
                frame[15] = bits
                theta(words, coder, data, tables, x, at, n, parts, level)
                bits = frame[15] << wide >> wide
                v = frame[13]
                high = frame[12] << wide >> wide
                if parts > 1 and v & 16383:
                    # Pre-echo masking is short, forward masking 1.5 dB in 10 ms.
                    if v > 8192:
                        high -= high >> 4 - level
                    else:
                        high += n << 3 >> 5 - level
                        if high > 0:
                            high = 0
                parts = parts + 1 >> 1
                high = bits - high >> 1
                if high > bits:
                    high = bits
                if high < 0:
                    high = 0
                bits -= high
                left -= frame[14]
                q = ptr32(found + 1376 + 32 * depth)
                q[0] = n
                q[3] = level
                q[4] = parts
                if high < bits:
                    q[1] = at
                    q[2] = high
                    q[5] = v - 16384
                    at += n
                else:
                    q[1] = at + n
                    q[2] = bits
                    q[5] = v
                    bits = high
                q[6] = bits
                q[7] = left
                depth += 1
            else:
                k = 0
                m = 6
                bits -= 1
                while m:
                    v = k + high + 1 >> 1
                    if int(costs[row + v]) >= bits:
                        high = v
                    else:
                        k = v
                    m -= 1
                v = int(costs[row + k]) if k else -1
                if bits - v > int(costs[row + high]) - bits:
                    k = high
                v = int(costs[row + k]) + 1 if k else 0
                while left < v and k:
                    k -= 1
                    v = int(costs[row + k]) + 1 if k else 0
                left -= v
                if k:
                    if k > 7:
                        k = (8 + (k & 7)) << (k >> 3) - 1
                    if 2 * k < n and frame[3]:
                        unspread(x, at, n, k, parts, frame[3])
                    p = ptr16(base + 2 * at)
                    q = ptr32(found)
                    end = int(p) + 2 * n
                    total = 0
                    todo = n
                    while todo & 3:
                        v = p[0]
                        if v > 32767:
                            v = 65536 - v
                        q[0] = v
                        total = q[0] + total
                        p = ptr16(int(p) + 2)
                        q = ptr32(int(q) + 4)
                        todo -= 1
                    while todo:
                        v = p[0]
                        if v > 32767:
                            v = 65536 - v
                        q[0] = v
                        total = q[0] + total
                        v = p[1]
                        if v > 32767:
                            v = 65536 - v
                        q[1] = v
                        total = q[1] + total
                        v = p[2]
                        if v > 32767:
                            v = 65536 - v
                        q[2] = v
                        total = q[2] + total
                        v = p[3]
                        if v > 32767:
                            v = 65536 - v
                        q[3] = v
                        total = q[3] + total
                        p = ptr16(int(p) + 8)
                        q = ptr32(int(q) + 16)
                        todo -= 4
                    q = ptr32(found)
                    if total == 0:
                        q[0] = 1
                        total = 1
                    # Pulses in proportion to the magnitudes, rounded. If they are few, small
                    # magnitudes get none, and so as many more are nearer to the right number.
                    part = k << 4
                    if k <= n:
                        part += n << 1 if 3 * k < n else n
                    part = part * 524288 // total
                    count = 0
                    todo = n
                    while todo & 3:
                        q[176] = q[0] * part + 4194304 >> 23
                        count = q[176] + count
                        q = ptr32(int(q) + 4)
                        todo -= 1
                    while todo:
                        q[176] = q[0] * part + 4194304 >> 23
                        count = q[176] + count
                        q[177] = q[1] * part + 4194304 >> 23
                        count = q[177] + count
                        q[178] = q[2] * part + 4194304 >> 23
                        count = q[178] + count
                        q[179] = q[3] * part + 4194304 >> 23
                        count = q[179] + count
                        q = ptr32(int(q) + 16)
                        todo -= 4
                    count = k - count
                    while count:
                        # A pulse more where the number wanted was rounded down most, or one
                        # less where it was rounded up most.
                        q = ptr32(found)
                        m = found
                        todo = found + 4 * n
                        if count > 0:
                            count -= 1
                            total = -1
                            while int(q) != todo:
                                v = q[0] * part + 4194304 & 8388607
                                if v > total:
                                    total = v
                                    m = int(q)
                                q = ptr32(int(q) + 4)
                            q = ptr32(m)
                            q[176] = q[176] + 1
                        else:
                            count += 1
                            total = 8388608
                            while int(q) != todo:
                                v = q[0] * part + 4194304 & 8388607
                                if v < total and q[176]:
                                    total = v
                                    m = int(q)
                                q = ptr32(int(q) + 4)
                            q = ptr32(m)
                            q[176] = q[176] - 1
                        # Not the same again.
                        q[0] = 0
                    # Section 4.3.4.2: the number of the vector among all V(n, k), last value
                    # first: the sum of U(m, pulses above) and, if negative, of U(m, pulses from
                    # here on + 1).
                    q = ptr32(found + 4 * (175 + n))
                    p = ptr16(end - 2)
                    number = uint(0)
                    m = 1
                    while q[0] == 0:
                        q = ptr32(int(q) - 4)
                        m += 1
                    p = ptr16(end - 2 * m)
                    count = q[0]
                    if p[0] > 32767:
                        v = count + 1
                        number = uint(1) if m == 1 else uint(t[t[m] + v] if m < v else t[t[v] + m])
                    m += 1
                    while m <= n:
                        q = ptr32(int(q) - 4)
                        if m >= count:
                            # U(m, count), and on along its row while there are no pulses.
                            a = ptr32(int(t) + 4 * (t[count] + m))
                            number = number + uint(a[0])
                            while q[0] == 0 and m < n:
                                q = ptr32(int(q) - 4)
                                a = ptr32(int(a) + 4)
                                number = number + uint(a[0])
                                m += 1
                        else:
                            number = number + uint(t[t[m] + count])
                        if q[0]:
                            count += q[0]
                            p = ptr16(end - 2 * m)
                            if p[0] > 32767:
                                v = count + 1
                                number = number + uint(t[t[m] + v] if m < v else t[t[v] + m])
                        m += 1
                    if k < n:
                        top = uint(t[t[k] + n]) + uint(t[t[k + 1] + n])
                    else:
                        top = uint(t[t[n] + k]) + uint(t[t[n] + k + 1])
                    # As range_encoder_viper.wide().
                    top = top - uint(1)
                    log = 0
                    while top > uint(65535):
                        top = top >> uint(8)
                        log += 8
                    while top > uint(255):
                        top = top >> uint(1)
                        log += 1
                    v = int(number >> uint(log))
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
                    # As range_encoder_viper.normalize(), which is left to carry.
                    if top <= uint(0x800000):
                        m = state[2]
                        v = int(uint(state[1]) >> uint(23))
                        while top <= uint(0x800000) and v < 256 and m < state[4]:
                            bytes_out[m] = v
                            m += 1
                            state[1] = (uint(state[1]) & uint(0x7FFFFF)) << uint(8)
                            v = int(uint(state[1]) >> uint(23))
                            state[7] += 8
                            top = top << uint(8)
                        state[2] = m
                    state[0] = top
                    if top <= uint(0x800000):
                        normalize(coder, data)
                    if log:
                        # As range_encoder_viper.raw(); up to 24 bits.
                        number = number & (uint(1) << uint(log)) - uint(1)
                        v = state[5] | int(number << uint(state[6]))
                        state[7] += log
                        log += state[6]
                        total = state[4]
                        while log >= 8:
                            if total > state[2]:
                                total -= 1
                                bytes_out[total] = v
                            v >>= 8
                            log -= 8
                        state[4] = total
                        state[5] = v
                        state[6] = log
                depth -= 1
                if depth:
                    # The other half, with what this one has left over.
                    q = ptr32(found + 1376 + 32 * depth)
                    n = q[0]
                    at = q[1]
                    bits = q[2]
                    level = q[3] << wide >> wide
                    parts = q[4]
                    v = q[6] - ((q[7] << wide >> wide) - left) - 24
                    if v > 0 and q[5]:
                        bits += v
        i += 1
