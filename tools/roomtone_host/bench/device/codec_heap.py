"""Python heap of lib/opus at 16 kHz: codec_heap.py encoder|- PACKETS ...

Prints what is used after the imports and when all files of packets are decoded, with an encoder
beside the decoder or without, and which modules are loaded then.
"""
# MIT License; see LICENSE

import gc
import sys
from array import array

RATE_HZ = 16000


def used():
    gc.collect()
    gc.collect()
    return gc.mem_alloc()


def play(decoder, path, pcm):
    with open(path, "rb") as file:
        while True:
            head = file.read(2)
            if not head:
                break
            decoder.decode_into(file.read(head[0] | head[1] << 8), pcm)


def main(encodes, files):
    pcm, packet = array("h", bytes(RATE_HZ // 25)), bytearray(1276)
    before = used()
    from opus.decoder import Decoder

    if encodes:
        from opus.encoder import Encoder
    print("= imported", used() - before)
    decoder = Decoder(RATE_HZ)
    encoder = Encoder(RATE_HZ) if encodes else None
    for path in files:
        play(decoder, path, pcm)
    if encoder:
        encoder.encode_into(pcm, packet)
    print("= used", used() - before)
    print("\n".join(name for name in sorted(sys.modules) if name.startswith("opus")))


main(sys.argv[1] == "encoder", sys.argv[2:])
