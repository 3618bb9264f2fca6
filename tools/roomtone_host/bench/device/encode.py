"""MicroPython script: packets of 20 ms by lib/opus.

encode.py SOUND PACKETS RATE_HZ BITRATE [NAME]; SOUND is 16-bit mono, NAME an attribute of Encoder
that is set. PACKETS gets two bytes of length before each packet, as tools/emulator/libopus.c does.
"""
# MIT License; see LICENSE

import struct
import sys
from array import array

from opus.encoder import Encoder


def main(source, target, rate_hz, bitrate_bps, *names):
    encoder = Encoder(int(rate_hz), int(bitrate_bps))
    for name in names:
        setattr(encoder, name, True)
    pcm, packet = array("h", bytes(2 * encoder.frame_samples)), bytearray(1276)
    with open(source, "rb") as sound, open(target, "wb") as out:
        while sound.readinto(pcm) == 2 * len(pcm):
            length = encoder.encode_into(pcm, packet)
            out.write(struct.pack("<H", length))
            out.write(memoryview(packet)[:length])


main(*sys.argv[1:])
