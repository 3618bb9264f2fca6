"""MicroPython script: encodes 16-bit sound.

    run_encoder.py IN OUT RATE_HZ FRAME_MS HEAP NAME=VALUE ...

Each name is an attribute of Encoder, set before the first frame; N:NAME=VALUE before frame N. OUT
gets a record a frame: the final range in four bytes, two bytes of length, the packet. After HEAP
frames, if not 0, the heap is locked in encode_into().
"""
# MIT License; see LICENSE

import gc
import struct
import sys
from array import array

sys.path.insert(0, "lib")

import micropython
from opus.encoder import Encoder


def main(source, target, rate_hz, frame_ms, heap, settings):
    encoder = Encoder(rate_hz, frame_ms=frame_ms)
    pcm = array("h", bytes(2 * encoder.frame_samples))
    packet = bytearray(1276)
    count = 0
    with open(source, "rb") as sound, open(target, "wb") as out:
        while sound.readinto(pcm) == 2 * len(pcm):
            for at, name, value in settings:
                if at == count:
                    setattr(encoder, name, value)
            count += 1
            locked = heap and count > heap
            if locked:
                gc.collect()
                micropython.heap_lock()
            length = encoder.encode_into(pcm, packet)
            if locked:
                micropython.heap_unlock()
            out.write(struct.pack("<IH", encoder.final_range, length))
            out.write(packet[:length])


def parse(setting):
    name, value = setting.split("=")
    at = 0
    if ":" in name:
        at, name = name.split(":")
    return int(at), name, int(value)


main(
    sys.argv[1],
    sys.argv[2],
    int(sys.argv[3]),
    int(sys.argv[4]),
    int(sys.argv[5]),
    [parse(setting) for setting in sys.argv[6:]],
)
