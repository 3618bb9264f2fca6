"""From the indices of a SILK frame to gains, pitch lags, filter taps and line frequencies."""
# MIT License; see LICENSE

import micropython
from micropython import const

# Words of a channel (silk_channel.py).
_RATE = const(0)
_SUBFRAMES = const(1)
_ORDER = const(2)
_LAST_GAIN = const(3)
_CODED_LAG = const(9)
_SIGNAL = const(11)
_CONTOUR = const(14)
_PERIODICITY = const(15)
_SCALE = const(16)
_GAINS = const(20)
_LAGS = const(24)
_FILTERS = const(28)
_NLSF = const(32)

# Places in silk_tables.DATA.
_LAGS_WIDE_20 = const(291)
_LAGS_NARROW_20 = const(427)
_LAGS_WIDE_10 = const(471)
_LAGS_NARROW_10 = const(495)
_LTP_TAPS_0 = const(560)
_LTP_TAPS_1 = const(600)
_LTP_TAPS_2 = const(680)
_NARROW_NLSF = const(2030)
_NARROW_WEIGHTS = const(2350)
_NARROW_SELECT = const(2990)
_NARROW_PREDICTION = const(3222)
_NARROW_SPACING = const(3240)
_WIDE_NLSF = const(3326)
_WIDE_WEIGHTS = const(3838)
_WIDE_SELECT = const(4862)
_WIDE_PREDICTION = const(5190)
_WIDE_SPACING = const(5220)

_AFTER = const(2)
_VOICED = const(2)


# Section 4.2.7.4: the indices in `words` become gains in Q16, 81920 to 1686110208.
@micropython.viper
def gains(words: ptr32, coding: int):
    last = words[_LAST_GAIN]
    k = 0
    while k < words[_SUBFRAMES]:
        index = words[_GAINS + k]
        if k == 0 and coding != _AFTER:
            if index < last - 16:
                index = last - 16
            last = index
        else:
            index -= 4
            double = 8 + last  # from this change on a step counts twice
            last += (index << 1) - double if index > double else index
        if last < 0:
            last = 0
        if last > 63:
            last = 63
        log = ((last * 1907825) >> 16) + 2090
        if log > 3967:
            log = 3967
        gain = 1 << (log >> 7)
        log = log & 127
        log += (log * (128 - log) * -174) >> 16
        k += 1
        words[_GAINS + k - 1] = gain + (gain >> 7) * log
    words[_LAST_GAIN] = last


# Sections 4.2.7.6: pitch lags into `words`, taps of the long-term predictor (Q14) into `taps`, and
# its scale. Unvoiced frames get zeros.
@micropython.viper
def pitch(words: ptr32, tables: ptr8, taps: ptr16):
    subframes = words[_SUBFRAMES]
    if words[_SIGNAL] != _VOICED:
        k = 0
        while k < subframes:
            words[_LAGS + k] = 0
            k += 1
        k = 5 * subframes
        while k:
            k -= 1
            taps[k] = 0
        words[_SCALE] = 0
        return
    rate = words[_RATE]
    contours = 11
    place = _LAGS_NARROW_20
    if rate == 8:
        if subframes == 2:
            contours = 3
            place = _LAGS_NARROW_10
    else:
        contours = 34
        place = _LAGS_WIDE_20
        if subframes == 2:
            contours = 12
            place = _LAGS_WIDE_10
    place += words[_CONTOUR]
    # The index may be below 0: its 16 low bits are enough.
    first = ((words[_CODED_LAG] & 65535) ^ 32768) - 32768 + 2 * rate
    codebook = _LTP_TAPS_2
    if words[_PERIODICITY] == 0:
        codebook = _LTP_TAPS_0
    elif words[_PERIODICITY] == 1:
        codebook = _LTP_TAPS_1
    k = 0
    while k < subframes:
        lag = first + ((tables[place] ^ 128) - 128)
        if lag < 2 * rate:
            lag = 2 * rate
        if lag > 18 * rate:
            lag = 18 * rate
        words[_LAGS + k] = lag
        place += contours
        row = codebook + 5 * words[_FILTERS + k]
        i = 0
        while i < 5:
            taps[0] = ((tables[row + i] ^ 128) - 128) << 7
            taps = ptr16(int(taps) + 2)
            i += 1
        k += 1
    scale = words[_SCALE]
    words[_SCALE] = 15565 if scale == 0 else (12288 if scale == 1 else 8192)


# Sections 4.2.7.5.1 to 4.2.7.5.3: the line frequencies of both stages, Q15 in `out`.
@micropython.viper
def frequencies(words: ptr32, tables: ptr8, out: ptr16):
    order = words[_ORDER]
    index = words[_NLSF]
    base = _NARROW_NLSF + 10 * index
    weights = _NARROW_WEIGHTS + 20 * index
    select = _NARROW_SELECT + 5 * index
    prediction = _NARROW_PREDICTION
    step = 11796
    if order == 16:
        base = _WIDE_NLSF + 16 * index
        weights = _WIDE_WEIGHTS + 32 * index
        select = _WIDE_SELECT + 8 * index
        prediction = _WIDE_PREDICTION
        step = 9830
    residual = 0
    i = order
    while i:
        i -= 1
        # Backward prediction: two sets of coefficients, chosen for each one.
        chosen = tables[select + (i >> 1)]
        if i & 1:
            chosen = chosen >> 4
        coefficient = tables[prediction + i + (chosen & 1) * (order - 1)]
        residual = (residual * coefficient) >> 8
        level = words[_NLSF + 1 + i] - 10
        if level > 0:
            residual += (((level << 10) - 102) * step) >> 16
        elif level < 0:
            residual += (((level << 10) + 102) * step) >> 16
        weight = tables[weights + 2 * i] | (tables[weights + 2 * i + 1] << 8)
        value = residual << 14
        # Division towards zero.
        value = 0 - ((0 - value) // weight) if value < 0 else value // weight
        value += tables[base + i] << 7
        if value < 0:
            value = 0
        if value > 32767:
            value = 32767
        out[i] = value


# Section 4.2.7.5.4: frequencies in `nlsf` are moved apart to their least distances.
@micropython.viper
def stabilize(nlsf: ptr16, tables: ptr8, order: int):
    spacing = _NARROW_SPACING
    if order == 16:
        spacing = _WIDE_SPACING
    turns = 20
    while turns:
        worst = 0
        found = 0
        least = 0
        before = 0
        i = 0
        while i <= order:
            here = 32768
            if i < order:
                here = nlsf[i]
            gap = tables[spacing + 2 * i] | (tables[spacing + 2 * i + 1] << 8)
            before += gap
            if here - before < worst:
                worst = here - before
                found = i
                least = gap
            before = here
            i += 1
        if worst == 0:
            return
        if found == 0:
            nlsf[0] = least
        elif found == order:
            nlsf[order - 1] = 32768 - least
        else:
            low = least >> 1
            high = 32768 - low
            i = 0
            while i <= order:
                gap = tables[spacing + 2 * i] | (tables[spacing + 2 * i + 1] << 8)
                if i < found:
                    low += gap
                elif i > found:
                    high -= gap
                i += 1
            center = (nlsf[found - 1] + nlsf[found] + 1) >> 1
            if center > high:
                center = high
            if center < low:
                center = low
            nlsf[found - 1] = center - (least >> 1)
            nlsf[found] = center - (least >> 1) + least
        turns -= 1
    # Not converged: sort, then push up and down.
    i = 1
    while i < order:
        here = nlsf[i]
        k = i
        while k > 0:
            before = nlsf[k - 1]
            if before <= here:
                break
            nlsf[k] = before
            k -= 1
        nlsf[k] = here
        i += 1
    before = 0
    i = 0
    while i < order:
        before += tables[spacing + 2 * i] | (tables[spacing + 2 * i + 1] << 8)
        if before > 32767:
            before = 32767
        if nlsf[i] < before:
            nlsf[i] = before
        before = nlsf[i]
        i += 1
    before = 32768
    while i:
        before -= tables[spacing + 2 * i] | (tables[spacing + 2 * i + 1] << 8)
        i -= 1
        if nlsf[i] > before:
            nlsf[i] = before
        before = nlsf[i]


# Section 4.2.7.5.5: factor quarters of the way from `earlier` to `later`, into `out`.
@micropython.viper
def interpolate(earlier: ptr16, later: ptr16, out: ptr16, order: int, quarters: int):
    i = 0
    while i < order:
        start = earlier[i]
        out[i] = start + ((quarters * (later[i] - start)) >> 2)
        i += 1
