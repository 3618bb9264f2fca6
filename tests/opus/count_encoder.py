"""MicroPython script on the emulated core: prints the mean and the most instructions a frame.

count_encoder.py SOUND RATE_HZ FRAME_MS BITRATE_BPS
"""
# MIT License; see LICENSE

import gc
import sys
from array import array

import chip
from opus.encoder import Encoder


def main(source, rate_hz, frame_ms, bitrate):
    encoder = Encoder(rate_hz, bitrate, frame_ms)
    n = encoder.frame_samples
    sound = memoryview(array("h", chip.read(source)))
    packet = bytearray(1276)
    frames = [sound[i : i + n] for i in range(0, len(sound) - n + 1, n)]
    total = most = 0
    for frame in frames:
        gc.collect()
        before = chip.instructions()
        encoder.encode_into(frame, packet)
        used = (chip.instructions() - before) & 0x3FFFFFFF
        total += used
        most = max(most, used)
    print(total // len(frames), most)


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
