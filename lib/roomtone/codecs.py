"""The codecs that this device has, each loaded when it is first used."""
# MIT License; see LICENSE

import gc
import sys
import time
from array import array

from micropython import const

NAMES = ("PCMU", "PCMA")
OPUS = "opus"

_OPUS_HEAP = const(98304)  # both directions with SILK, their code, and the jitter buffer
_FRAME_US = const(20000)
_TRIALS = const(3)

_loaded = {}
_asked = {}  # whether the board can carry a codec, once that was asked


def offered(choice="auto"):
    """SDP names to offer, best first: `choice` is "auto", "opus", "pcmu" or "pcma".

    "opus" is Opus and G.711 behind it, or G.711 alone where the board can't carry Opus; "auto" is
    G.711.
    """
    if choice == "auto":
        return NAMES
    if choice == OPUS:
        return ((OPUS,) + NAMES) if carries_opus() else NAMES
    return (choice.upper(),)


def carries_opus():
    """Whether the board has the heap for Opus, and time for it: half of it, as measured."""
    if OPUS not in _asked:
        _asked[OPUS] = _try_opus()
        if not _asked[OPUS]:
            _forget_opus()
    return _asked[OPUS]


def _try_opus():
    gc.collect()
    if OPUS not in _loaded and gc.mem_free() < _OPUS_HEAP:
        return False
    try:
        took_us = _opus_frame_us()
    except (ImportError, MemoryError, SyntaxError, ValueError):
        return False  # not on the board, too large, or no viper for its processor
    if 2 * took_us > _FRAME_US:
        return False
    # What has heard noise is no beginning for speech; its like fits where it was.
    _loaded.pop(OPUS, None)
    gc.collect()
    load(OPUS)
    return True


def _opus_frame_us():
    """The time that one frame takes both ways: the least of some, as others want time too."""
    codec = load(OPUS)
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


def _forget_opus():
    _loaded.pop(OPUS, None)
    for name in list(sys.modules):
        if name.split(".")[0] == OPUS or name == "roomtone.opus_codec":
            del sys.modules[name]
    gc.collect()


def load(name, comfort_noise=False):
    """The codec object for an SDP name; one a device. Raises ValueError for an unknown name.

    comfort_noise: whether silence is described instead of sent, both ways (RFC 3389).
    """
    if comfort_noise:
        return _once(name + "+CN", _with_comfort_noise, name)
    if name not in NAMES and name != OPUS:
        raise ValueError(f"there is no codec {name}")
    return _once(name, _make, name)


def _once(key, make, name):
    if key not in _loaded:
        _loaded[key] = make(name)
    return _loaded[key]


def _make(name):
    if name == OPUS:
        from .opus_codec import OpusCodec

        return OpusCodec()
    from audio import g711

    return g711.Pcmu() if name == "PCMU" else g711.Pcma()


def _with_comfort_noise(name):
    from audio.comfort_noise import WithComfortNoise

    return WithComfortNoise(load(name))
