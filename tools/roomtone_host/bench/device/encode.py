"""MicroPython script: packets of 20 ms by lib/opus.

encode.py SOUND PACKETS RATE_HZ BITRATE VBR; SOUND is 16-bit mono. PACKETS gets two bytes of length
before each packet, as tools/emulator/libopus.c writes them.
"""
# MIT License; see LICENSE

import struct
import sys
from array import array

from opus.encoder import Encoder


def main(source, target, rate_hz, bitrate_bps, vbr):
    encoder = Encoder(rate_hz, bitrate_bps)
    encoder.vbr = bool(vbr)
    pcm, packet = array("h", bytes(2 * encoder.frame_samples)), bytearray(1276)
    with open(source, "rb") as sound, open(target, "wb") as out:
        while sound.readinto(pcm) == 2 * len(pcm):
            length = encoder.encode_into(pcm, packet)
            out.write(struct.pack("<H", length))
            out.write(memoryview(packet)[:length])


main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
