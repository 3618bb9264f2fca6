"""Mono SILK frames to sound at the rate that they have inside, in one call from plain code."""
# MIT License; see LICENSE

import micropython
from micropython import const

from .silk_buffer_viper import copy, deliver, join
from .silk_frame_viper import decode, put, read
from .silk_header_viper import header
from .silk_resample_viper import pass_on

# Words of a channel (silk_channel.py).
_RATE = const(0)
_SUBFRAMES = const(1)

# How a frame is coded (silk_decoder.py).
_ALONE = const(0)
_AFTER = const(2)


# The SILK layer of an Opus frame of `frames` SILK frames, to `out` from number `to` on. `parts`
# are SilkDecoder's; `line` is the resampler's, which does no more than delay.
@micropython.viper
def receive(parts, coder, data, frames: int, line, delay: int, out, to: int):
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
