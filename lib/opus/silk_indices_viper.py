"""The side information of a SILK frame: every symbol but the excitation (RFC 6716 4.2.7)."""
# MIT License; see LICENSE

import micropython
from micropython import const

# Words of a channel (silk_channel.py).
_RATE = const(0)
_SUBFRAMES = const(1)
_ORDER = const(2)
_CODED_SIGNAL = const(8)
_CODED_LAG = const(9)
_SIGNAL = const(11)
_OFFSET = const(12)
_INTERPOLATION = const(13)
_CONTOUR = const(14)
_PERIODICITY = const(15)
_SCALE = const(16)
_SEED = const(17)
_GAINS = const(20)
_FILTERS = const(28)
_NLSF = const(32)

# Places in silk_tables.DATA.
_TYPE_INACTIVE = const(0)
_TYPE_ACTIVE = const(2)
_GAIN_HIGH = const(6)
_GAIN_DELTA = const(30)
_UNIFORM_4 = const(74)
_UNIFORM_6 = const(83)
_UNIFORM_8 = const(89)
_NLSF_EXTENSION = const(166)
_INTERPOLATION_FACTOR = const(173)
_LAG_HIGH = const(178)
_LAG_DELTA = const(210)
_CONTOUR_WIDE_20 = const(231)
_CONTOUR_NARROW_20 = const(265)
_CONTOUR_WIDE_10 = const(276)
_CONTOUR_NARROW_10 = const(288)
_LTP_PERIODICITY = const(501)
_LTP_FILTER_0 = const(504)
_LTP_FILTER_1 = const(512)
_LTP_FILTER_2 = const(528)
_LTP_SCALE = const(840)
_NARROW_STAGE_1 = const(1966)
_NARROW_SELECT = const(2990)
_NARROW_STAGE_2 = const(3150)
_WIDE_STAGE_1 = const(3262)
_WIDE_SELECT = const(4862)
_WIDE_STAGE_2 = const(5118)

# How the frame is coded: with the frame before it, or alone with or without a scale of the LTP.
_ALONE = const(0)
_AFTER = const(2)

_VOICED = const(2)


# One loop around one copy of the symbol decoder (range_viper.symbol); `step` says which symbol
# was read and so which comes next. Symbols are bound by the length of their table, hence so is
# every word written: signal 0 to 2, NLSF 0 to 31, contour 0 to 33, filter 0 to 31 and so on.
@micropython.viper
def indices(state: ptr32, data: ptr8, tables: ptr8, words: ptr32, active: int, coding: int):
    size = uint(state[0])
    value = uint(state[1])
    at = state[2]
    end = state[3]
    bits = state[7]
    last = state[8]
    subframes = words[_SUBFRAMES]
    order = words[_ORDER]
    signal = 0
    i = 0
    select = 0
    stage_2 = 0
    table = _TYPE_INACTIVE
    if active:
        table = _TYPE_ACTIVE
    step = 0
    while step < 19:
        place = table
        unit = size >> uint(8)
        high = size
        low = unit * uint(tables[place])
        while value < low:
            place += 1
            high = low
            low = unit * uint(tables[place])
        value -= low
        size = high - low
        while size <= uint(0x800000):
            byte = last << 8
            last = 0
            if at < end:
                last = data[at]
                at += 1
            byte = ((byte | last) >> 1) & 255
            value = (value << uint(8)) + uint(255 - byte)
            size = size << uint(8)
            bits += 8
        k = place - table
        if step == 5:  # a second stage NLSF index, kept with 10 added
            if k == 0 or k == 8:
                table = _NLSF_EXTENSION
                step = 7 if k else 6
            else:
                i += 1
                words[_NLSF + i] = k + 6
        elif step == 6:
            i += 1
            words[_NLSF + i] = 6 - k
            step = 5
        elif step == 7:
            i += 1
            words[_NLSF + i] = 14 + k
            step = 5
        elif step == 3:  # the change of a subframe's gain
            words[_GAINS + i] = k
            i += 1
            if i == subframes:
                step = 4
                table = _NARROW_STAGE_1 + ((signal >> 1) << 5)
                if order == 16:
                    table = _WIDE_STAGE_1 + ((signal >> 1) << 5)
        elif step == 0:
            if active:
                k += 2
            signal = k >> 1
            words[_SIGNAL] = signal
            words[_OFFSET] = k & 1
            step = 3
            table = _GAIN_DELTA
            if coding != _AFTER:
                step = 1
                table = _GAIN_HIGH + (signal << 3)
        elif step == 1:
            words[_GAINS] = k << 3
            step = 2
            table = _UNIFORM_8
        elif step == 2:
            words[_GAINS] += k
            i = 1
            step = 3
            table = _GAIN_DELTA
        elif step == 4:
            words[_NLSF] = k
            stage_2 = _NARROW_STAGE_2
            select = _NARROW_SELECT + k * 5
            if order == 16:
                stage_2 = _WIDE_STAGE_2
                select = _WIDE_SELECT + (k << 3)
            i = 0
            step = 5
        elif step == 8:
            words[_INTERPOLATION] = k
            step = 9
        elif step == 10:  # the change of the pitch lag, 0 if it comes whole
            step = 11
            table = _LAG_HIGH
            if k:
                words[_CODED_LAG] += k - 9
                step = 13
        elif step == 11:
            words[_CODED_LAG] = k * (words[_RATE] >> 1)
            step = 12
            table = _UNIFORM_8
            if words[_RATE] == 12:
                table = _UNIFORM_6
            elif words[_RATE] == 8:
                table = _UNIFORM_4
        elif step == 12:
            words[_CODED_LAG] += k
            step = 13
        elif step == 14:
            if table == _LTP_PERIODICITY:
                words[_PERIODICITY] = k
                table = _LTP_FILTER_2
                if k == 0:
                    table = _LTP_FILTER_0
                elif k == 1:
                    table = _LTP_FILTER_1
                i = 0
            elif table < _LTP_PERIODICITY:
                words[_CONTOUR] = k
                table = _LTP_PERIODICITY
            else:
                words[_FILTERS + i] = k
                i += 1
                if i == subframes:
                    words[_SCALE] = 0
                    step = 17
                    if coding == _ALONE:
                        step = 15
                        table = _LTP_SCALE
        elif step == 15:
            words[_SCALE] = k
            step = 17
        else:  # 18: the seed
            words[_SEED] = k
            break
        if step == 5:
            if i == order:
                words[_INTERPOLATION] = 4
                step = 9
                if subframes == 4:
                    step = 8
                    table = _INTERPOLATION_FACTOR
            else:
                table = tables[select + (i >> 1)]
                if i & 1:
                    table = table >> 4
                table = stage_2 + ((table >> 1) & 7) * 9
        if step == 9:
            step = 17
            if signal == _VOICED:
                step = 11
                table = _LAG_HIGH
                if coding == _AFTER and words[_CODED_SIGNAL] == _VOICED:
                    step = 10
                    table = _LAG_DELTA
        if step == 13:
            step = 14
            if subframes == 4:
                table = _CONTOUR_WIDE_20
                if words[_RATE] == 8:
                    table = _CONTOUR_NARROW_20
            else:
                table = _CONTOUR_WIDE_10
                if words[_RATE] == 8:
                    table = _CONTOUR_NARROW_10
        if step == 17:
            step = 18
            table = _UNIFORM_4
    words[_CODED_SIGNAL] = signal
    state[0] = size
    state[1] = value
    state[2] = at
    state[7] = bits
    state[8] = last
