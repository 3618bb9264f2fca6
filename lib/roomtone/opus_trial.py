"""Whether this board can carry Opus: its heap and its time are asked, not guessed."""
# MIT License; see LICENSE

import gc
import sys
import time
from array import array

from micropython import const

from . import codecs

# Both directions with SILK and their code 120 KB, and a call 100 KB, none of which is there yet.
_HEAP = const(225280)
_FRAME_US = const(20000)
_TRIALS = const(3)

_asked = {}  # the answers, by whether the time was asked for


def carries_opus(in_time=True):
    """Whether the board has the heap for Opus, and if `in_time` time for it: half of it, measured.

    The first call takes a second or two; if the answer is yes, the codec is loaded then.
    """
    if _asked.get(True):
        return True
    if in_time not in _asked:
        _asked[in_time] = _try(in_time)
        if not _asked[in_time]:
            _forget()
    return _asked[in_time]


def _try(in_time):
    gc.collect()
    if gc.mem_free() < _HEAP:
        return False
    try:
        codec = codecs.load(codecs.OPUS)
        return not in_time or _is_quick(codec)
    except (ImportError, MemoryError, SyntaxError, ValueError):
        return False  # not on the board, too large, or no viper for its processor


def _is_quick(codec):
    if 2 * _frame_us(codec) > _FRAME_US:
        return False
    # What has heard noise is no beginning for speech; its like fits where it was.
    codecs.unload(codecs.OPUS)
    gc.collect()
    codecs.load(codecs.OPUS)
    return True


def _frame_us(codec):
    """The time that one frame takes both ways: the least of some, as others want time too."""
    pcm = _noise(codec.frame_samples)
    packet = bytearray(256)
    least = _FRAME_US
    for _ in range(_TRIALS):
        start = time.ticks_us()
        size = codec.encode_into(pcm, packet)
        codec.decode_into(packet, pcm, size)
        least = min(least, time.ticks_diff(time.ticks_us(), start))
    return least


def _noise(count):
    """Samples as hard to encode as any."""
    pcm = array("h", bytes(2 * count))
    value = 1
    for i in range(count):
        value = (value * 1021 + 12345) & 0xFFFFF
        pcm[i] = (value >> 6) - 8192
    return pcm


def _forget():
    codecs.unload(codecs.OPUS)
    for name in list(sys.modules):
        if name.split(".")[0] == "opus" or name == "roomtone.opus_codec":
            del sys.modules[name]
    gc.collect()
