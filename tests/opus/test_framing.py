"""Any bytes are framed as libopus frames them, or refused as libopus refuses them."""
# MIT License; see LICENSE

import ctypes
import random

from opus.packet import Packet
from roomtone_host import libopus


def _parse(library, data: bytes) -> list[tuple[int, int]]:
    toc = ctypes.c_ubyte()
    frames = (ctypes.c_void_p * 48)()
    sizes = (ctypes.c_int16 * 48)()
    offset = ctypes.c_int()
    count = library.opus_packet_parse(
        data, len(data), ctypes.byref(toc), frames, sizes, ctypes.byref(offset)
    )
    found, start = [], offset.value
    for i in range(max(count, 0)):
        found.append((start, sizes[i]))
        start += sizes[i]
    return found


def test_framing_equals_that_of_libopus():
    library = libopus.load()
    packet = Packet()
    generator = random.Random(1)
    refused = 0
    for _ in range(20000):
        size = generator.choice((1, 2, 3, 5, 9, 30, 300, 1276, 2600))
        head = bytes(
            generator.choice((generator.randrange(256), 3, 255, 252, 0x43, 0xC2))
            for _ in range(min(size, 6))
        )
        data = head + generator.randbytes(size - len(head))
        count = packet.parse(data, len(data))
        frames = [(packet.starts[i], packet.sizes[i]) for i in range(count)]
        assert frames == _parse(library, data), data[:20]
        refused += not count
    assert 2000 < refused < 18000
