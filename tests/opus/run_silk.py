"""MicroPython script: decode records of SILK packets; print each frame's range and a hash of it.

    run_silk.py IN OUT RATE_HZ CHANNELS [heap]

A record is a byte (0 packet, 1 loss as long as the last packet, 2 redundant copy in the packet), a
byte that is not used here, two bytes of length, and the packet. OUT gets for each the number of
values, the final range, and the samples. With `heap` all but the first packets run under a locked
heap.
"""
# MIT License; see LICENSE

import gc
import struct
import sys
from array import array

sys.path.insert(0, "lib")

import micropython
from opus.packet import Packet
from opus.range_decoder import RangeDecoder
from opus.silk_decoder import SilkDecoder


def decode(decoder, coder, packet, what, data, pcm, channels):
    if what != 1 and not packet.parse(data, len(data)):
        return 0
    rate = 8 + 4 * packet.bandwidth
    total = 0
    for i in range(packet.count if what == 0 else 1):
        if what != 1:
            coder.start(data, packet.starts[i], packet.sizes[i])
        total += decoder.decode(
            coder, rate, packet.units, packet.channels, pcm, total * channels, what
        )
    return total


def main(source, target, rate_hz, channels, heap):
    decoder = SilkDecoder(rate_hz, channels)
    coder = RangeDecoder()
    packet = Packet()
    pcm = array("h", bytes(2 * channels * rate_hz * 3 // 25))
    count = 0
    with open(source, "rb") as records, open(target, "wb") as out:
        while True:
            head = records.read(4)
            if len(head) < 4:
                break
            data = records.read(head[2] | head[3] << 8)
            count += 1
            locked = heap and count > 2
            if locked:
                gc.collect()
                micropython.heap_lock()
            total = decode(decoder, coder, packet, head[0], data, pcm, channels)
            if locked:
                micropython.heap_unlock()
            out.write(struct.pack("<II", total * channels, coder.final_range))
            out.write(memoryview(pcm)[: total * channels])


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), len(sys.argv) > 5)
