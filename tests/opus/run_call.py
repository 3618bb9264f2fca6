"""MicroPython script: packets through the jitter buffer to sound, as in a call in Opus.

What is heard is encoded, too: no frame takes heap in either direction.

    run_call.py IN OUT FRAMES

A record is the arrival in ms and the RTP timestamp (4 bytes each), the sequence number and the
length of the packet (2 bytes each), and the packet; in the order of arrival.
"""
# MIT License; see LICENSE

import gc
import struct
import sys
from array import array

sys.path.insert(0, "lib")

import micropython
from audio.jitter import JitterBuffer
from roomtone.opus_codec import OpusCodec

_HEAD = "<IIHH"
_WARM = 200  # frames; the first of each kind allocate


def read(source):
    """List of (arrival_ms, timestamp, sequence, packet)."""
    found = []
    with open(source, "rb") as records:
        head = records.read(struct.calcsize(_HEAD))
        while head:
            arrival_ms, timestamp, sequence, length = struct.unpack(_HEAD, head)
            found.append((arrival_ms, timestamp & 0x3FFFFFFF, sequence, records.read(length)))
            head = records.read(struct.calcsize(_HEAD))
    return found


def main(source, target, frames):
    codec = OpusCodec()
    jitter = JitterBuffer(codec)
    pcm = array("h", bytes(2 * codec.frame_samples))
    reply = bytearray(256)
    arrivals = read(source)
    at = 0
    with open(target, "wb") as out:
        for frame in range(frames):
            gc.collect()
            if frame >= _WARM:
                micropython.heap_lock()
            now_ms = 20 * frame
            while at < len(arrivals) and arrivals[at][0] <= now_ms:
                arrival_ms, timestamp, sequence, packet = arrivals[at]
                jitter.push(packet, 0, len(packet), sequence, timestamp, arrival_ms)
                at += 1
            jitter.pull_into(pcm, now_ms)
            codec.encode_into(pcm, reply)
            if frame >= _WARM:
                micropython.heap_unlock()
            out.write(pcm)
    print(jitter.stats())


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
