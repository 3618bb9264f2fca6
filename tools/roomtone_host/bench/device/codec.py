"""Instructions of a frame of 20 ms in lib/opus, whole and by stage.

codec.py decode PACKETS RATE_HZ, or codec.py encode SOUND RATE_HZ BITRATE; files as libopus.c has
them. A stage is a viper module, with what it calls in others; the rest is Python between them.
"""
# MIT License; see LICENSE

import gc
import sys
from array import array

import chip
import micropython
from counter import report
from stack_viper import paint, painted

_STACK_MEGABYTE = 0x806
_STACK_BYTES = 65536
_MARGIN_BYTES = 1024  # that painting itself takes

# As many as tools/emulator/libopus.c leaves out.
UNCOUNTED = 5
NAMES = "opus."


class Stages:
    """Instructions by name of the module, of what Python calls."""

    def __init__(self):
        self.counted = {}
        modules = {name: module for name, module in sys.modules.items() if name.startswith(NAMES)}
        vipers = {name: module for name, module in modules.items() if name.endswith("_viper")}
        stands = {name: self._stand_in(name, module) for name, module in vipers.items()}
        for name, stand in stands.items():  # some are imported when a codec is made
            setattr(sys.modules[NAMES[:-1]], name[len(NAMES) :], stand)
        for module in modules.values():
            if module not in vipers.values():
                self._wrap(module, vipers, stands)

    def _stand_in(self, name, module):
        stand = type(name, (), {})()
        for key in dir(module):
            value = getattr(module, key)
            setattr(stand, key, self._counting(name, value) if callable(value) else value)
        return stand

    def _wrap(self, module, vipers, stands):
        for key in dir(module):
            value = getattr(module, key)
            for name, viper in vipers.items():
                if value is viper:
                    setattr(module, key, stands[name])
                elif callable(value) and getattr(viper, key, None) is value:
                    setattr(module, key, getattr(stands[name], key))

    def _counting(self, name, function):
        counted = self.counted
        counted[name] = 0

        def call(*arguments):
            start = chip.instructions()
            result = function(*arguments)
            counted[name] += (chip.instructions() - start) & 0x3FFFFFFF
            return result

        return call


def count(function, frames, stages=None):
    """Mean and most of function(frame), after the first few; it has no other arguments."""
    total = most = 0
    for i, frame in enumerate(frames):
        if i == UNCOUNTED and stages:
            for name in stages.counted:
                stages.counted[name] = 0
        gc.collect()
        start = chip.instructions()
        function(frame)
        spent = (chip.instructions() - start) & 0x3FFFFFFF
        if i >= UNCOUNTED:
            total += spent
            most = max(most, spent)
    return total // (len(frames) - UNCOUNTED), most


def stack(function, frames):
    """Bytes of stack that the deepest of the calls function(frame) takes."""
    gc.collect()
    used = micropython.stack_use()
    paint(_STACK_MEGABYTE, (_STACK_BYTES - used - _MARGIN_BYTES) // 4)
    for frame in frames:
        function(frame)
    return _STACK_BYTES - 4 * painted(_STACK_MEGABYTE) - used


def packets(data):
    at, found = 0, []
    while at < len(data):
        size = data[at] | data[at + 1] << 8
        found.append(data[at + 2 : at + 2 + size])
        at += 2 + size
    return found


def decoding(data, rate_hz):
    from opus.decoder import Decoder

    pcm = array("h", bytes(2 * rate_hz // 50))

    def make():
        decoder = Decoder(rate_hz)
        return decoder, lambda packet: decoder.decode_into(packet, pcm)

    return packets(data), make


def encoding(data, rate_hz, bitrate_bps):
    from opus.encoder import Encoder

    packet = bytearray(1276)
    size = 2 * rate_hz // 50
    frames = [array("h", data[i : i + size]) for i in range(0, len(data) - size + 1, size)]

    def make():
        encoder = Encoder(rate_hz, bitrate_bps)
        return encoder, lambda pcm: encoder.encode_into(pcm, packet)

    return frames, make


def main(what, path, *numbers):
    work = {"decode": decoding, "encode": encoding}[what]
    frames, make = work(chip.read(path), *map(int, numbers))
    codec, function = make()
    mean, most = count(function, frames)
    report("mean", mean)
    report("most", most)
    report("range", codec.final_range)
    report("stack", stack(function, frames))
    # Every module is loaded now.
    stages = Stages()
    count(make()[1], frames, stages)
    for name, total in stages.counted.items():
        if total:
            report(name[len(NAMES) :], total // (len(frames) - UNCOUNTED))


main(*sys.argv[1:])
