"""MicroPython script: decode the streams of the module `records`; print a hash of each's sound."""
# MIT License; see LICENSE

import hashlib
from array import array

from opus.decoder import Decoder
from records import STREAMS

for name, rate_hz, channels, records in STREAMS:
    decoder = Decoder(rate_hz, channels)
    digest = hashlib.sha256()
    pcm = memoryview(array("h", bytes(2 * channels * rate_hz * 3 // 25)))
    for kind, units, packet in records:
        gap = pcm[: units * channels * rate_hz // 400]
        if kind == 0:
            total = decoder.decode_into(packet, pcm)
        elif kind == 1:
            total = decoder.conceal_into(gap)
        else:
            total = decoder.recover_into(packet, gap)
        digest.update(pcm[: total * channels])
    print(name, digest.digest().hex())
