"""What stands before the frames of a SILK packet (RFC 6716 sections 4.2.3 and 4.2.4)."""
# MIT License; see LICENSE

import micropython
from micropython import const

# Places in silk_tables.DATA.
_LBRR_2 = const(156)
_LBRR_3 = const(159)

_MOST_FRAMES = const(3)


# Whether each of up to three frames of each channel is active, and whether there is a redundant
# copy of the frame before it, into the bytes of `active` and `redundant`, three a channel.
# Returns whether there are any copies. State and arithmetic are those of range_viper.py.
@micropython.viper
def header(
    state: ptr32,
    data: ptr8,
    tables: ptr8,
    active: ptr8,
    redundant: ptr8,
    frames: int,
    channels: int,
) -> int:
    size = uint(state[0])
    value = uint(state[1])
    at = state[2]
    end = state[3]
    bits = state[7]
    last = state[8]
    any_copies = 0
    # For each channel the frames' flags and one for its copies; then which frames have copies.
    turn = 0
    i = 0
    channel = 0
    while turn < 2:
        flags = 0
        low = size >> uint(1)
        if turn == 0:
            if value < low:
                size = low
                flags = 1
            else:
                value -= low
                size -= low
        else:
            flags = redundant[channel]
            if flags and frames > 1:
                table = _LBRR_2 if frames == 2 else _LBRR_3
                flags = 0
                unit = size >> uint(8)
                high = size
                low = unit * uint(tables[table])
                while value < low:
                    flags += 1
                    high = low
                    low = unit * uint(tables[table + flags])
                value -= low
                size = high - low
                flags += 1
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
        if turn == 0:
            if i < frames:
                active[channel + i] = flags
                i += 1
                continue
            redundant[channel] = flags
            any_copies |= flags
        else:
            redundant[channel] = flags & 1
            redundant[channel + 1] = (flags >> 1) & 1
            redundant[channel + 2] = (flags >> 2) & 1
        i = 0
        channel += _MOST_FRAMES
        if channel == _MOST_FRAMES * channels:
            channel = 0
            turn += 1
    state[0] = size
    state[1] = value
    state[2] = at
    state[7] = bits
    state[8] = last
    return any_copies
