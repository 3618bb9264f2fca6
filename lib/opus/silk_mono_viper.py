"""Mono SILK frames to sound at the rate that they have inside, in one call from plain code."""
# MIT License; see LICENSE

import micropython
from micropython import const

from .range_viper import bit, start, tell, uniform
from .silk_buffer_viper import copy, deliver, join
from .silk_frame_viper import decode, put, read
from .silk_header_viper import header
from .silk_resample_viper import pass_on

# Words of a channel (silk_channel.py).
_RATE = const(0)
_SUBFRAMES = const(1)

# Words of the range coder (range_decoder.py).
_END = const(3)
_BACK = const(4)
_BITS_USED = const(7)

# Words of a decoder's shape of packets (silk_decoder.py).
_FRAMES = const(0)
_DELAY = const(1)
_HYBRID = const(2)

# How a frame is coded (silk_decoder.py).
_ALONE = const(0)
_AFTER = const(2)


# Section 4.5.1: whether there is a redundant CELT frame at the end of the `size` bytes of a frame,
# and what it is for: twice its length, and one more if it is for a change to SILK. It is taken off
# the end of the coder's bytes. 0 if there is none, -1 if the frame is not valid.
@micropython.viper
def redundancy(coder, data, size: int, hybrid: int) -> int:
    state = ptr32(coder)
    least = 8 * size - (37 if hybrid else 17)
    # tell() takes 24 to 32 off that: most frames need no more precision.
    used = state[_BITS_USED]
    if used - 32 > least:
        return 0
    if used - 24 > least and int(tell(coder)) > least:
        return 0
    if hybrid and not int(bit(coder, data, 12)):
        return 0
    to_silk = int(bit(coder, data, 1))
    rest = size - ((int(tell(coder)) + 7) >> 3)
    length = int(uniform(coder, data, 256)) + 2 if hybrid else rest
    if 8 * (size - length) < int(tell(coder)):
        return -1
    state[_END] -= length
    state[_BACK] -= length
    return 2 * length + to_silk


# The SILK layer of an Opus frame, the `size` bytes from data[first] on, to `out` from number `to`
# on. `parts` are SilkDecoder's, whose resampler does no more than delay. Returns the same as
# redundancy().
@micropython.viper
def receive(parts, coder, data, first: int, size: int, out, to: int) -> int:
    start(coder, data, first, size)
    line = parts[8]
    shape = ptr32(parts[9])
    frames = shape[_FRAMES]
    delay = shape[_DELAY]
    channel = parts[0]
    active = parts[1]
    redundant = parts[2]
    sound = parts[3]
    words = ptr32(channel[0])
    length = 5 * words[_RATE] * words[_SUBFRAMES]
    at = 20 * words[_RATE]
    if int(header(coder, data, parts[5], active, redundant, frames, 1)):
        # The redundant copies come first and are read over.
        flags = ptr8(redundant)
        i = 0
        coding = _ALONE
        while i < frames:
            if flags[i]:
                read(channel, coder, data, 1, coding, parts[6])
            coding = _AFTER if flags[i] else _ALONE
            i += 1
    flags = ptr8(active)
    coding = _ALONE
    i = 0
    while i < frames:
        if int(decode(channel, coder, data, flags[i], coding)):
            put(channel, sound)
            parts[7](sound)
            join(sound, parts[4], length)
            pass_on(sound, out, 1, length, to, line, delay)
        else:
            past = channel[1]
            deliver(past, out, at, length, to, line, delay, parts[4])
            copy(past, past, length >> 1, 0, at >> 1)
        coding = _AFTER
        to += length
        i += 1
    return int(redundancy(coder, data, size, shape[_HYBRID]))
