"""MicroPython script: like run_silk.py, for packets of all modes.

    run_decoder.py IN OUT RATE_HZ CHANNELS [heap [whole]]

A record is a byte (0 packet, 1 loss, 2 redundant copy in the packet), a byte with the length of a
loss or a copy in 2.5 ms, two bytes of length, and the packet. With `whole` hybrid frames are
decoded whole at rates too where nothing of their CELT layer is heard.
"""
# MIT License; see LICENSE

import gc
import struct
import sys
from array import array

sys.path.insert(0, "lib")

import micropython
from opus.decoder import Decoder


def main(source, target, rate_hz, channels, heap=0, whole=False):
    decoder = Decoder(rate_hz, channels)
    if whole:
        decoder._frames._treble = True
    pcm = memoryview(array("h", bytes(2 * channels * rate_hz * 3 // 25)))
    count = 0
    with open(source, "rb") as records, open(target, "wb") as out:
        while True:
            head = records.read(4)
            if len(head) < 4:
                break
            data = records.read(head[2] | head[3] << 8)
            gap = pcm[: head[1] * channels * rate_hz // 400]
            count += 1
            locked = heap and count > heap
            if locked:
                gc.collect()
                micropython.heap_lock()
            if head[0] == 0:
                total = decoder.decode_into(data, pcm)
            elif head[0] == 1:
                total = decoder.conceal_into(gap)
            else:
                total = decoder.recover_into(data, gap)
            if locked:
                micropython.heap_unlock()
            out.write(struct.pack("<II", total * channels, decoder.final_range))
            out.write(pcm[: total * channels])


main(
    *(sys.argv[1], sys.argv[2]),
    *(int(word) for word in sys.argv[3:6]),
    *(word == "whole" for word in sys.argv[6:]),
)
