"""MicroPython script: decode packets that are not what they seem, with guards around all buffers.

    run_hostile.py PACKETS SEED COUNT RATE_HZ CHANNELS MODES

PACKETS holds real packets, each after its length in two bytes; half of what is decoded are these
with bits changed, cut off or repeated, the rest are random bytes under every configuration. Every
array of the decoder lies between guards that are looked at after each packet. First bytes are
taken modulo MODES: 96 leaves only SILK. Prints a hash of all that came out without CELT.
"""
# MIT License; see LICENSE

import hashlib
import sys
from array import array

sys.path.insert(0, "lib")

from opus.decoder import Decoder, OpusError

GUARD = 16  # values on each side
PATTERN = 0x5A

guarded = []
moves = {}  # what was moved and where to, by identity: what was one array stays one


def guard(values, code):
    """A copy of an array between guards, as a memoryview; code is its type code."""
    size = {"b": 1, "B": 1, "h": 2, "H": 2, "i": 4, "I": 4}[code]
    side = bytes([PATTERN]) * (GUARD * size)
    whole = array(code, side + bytes(values) + side)
    guarded.append((memoryview(whole), side))
    return memoryview(whole)[GUARD : GUARD + len(values)]


def code_of(values):
    return "B" if isinstance(values, bytearray) else str(values)[7]


def is_ours(value):
    """Whether the value is an object with arrays of its own."""
    return hasattr(value, "__dict__") and not isinstance(value, (type, type(sys)))


def moved(value):
    """The value with all arrays that it is, has or lists moved between guards."""
    if id(value) in moves:
        return moves[id(value)][1]
    if isinstance(value, (array, bytearray)):
        moves[id(value)] = value, guard(value, code_of(value))
    elif isinstance(value, (tuple, list)):
        moves[id(value)] = value, type(value)([moved(part) for part in value])
    elif is_ours(value):
        moves[id(value)] = value, value
        protect(value)
    else:
        return value
    return moves[id(value)][1]


def protect(thing):
    """Move all arrays of an object, and of the objects that it has, between guards."""
    for name in dir(thing):
        if not name.startswith("__"):
            value = getattr(thing, name)
            if isinstance(value, (array, bytearray, tuple, list)) or is_ours(value):
                setattr(thing, name, moved(value))


def check():
    for whole, side in guarded:
        size = len(side)
        data = bytes(whole)
        if data[:size] != side or data[-size:] != side:
            raise SystemExit("a guard was written over")


def spoil(generator, packet):
    """A real packet with something wrong."""
    data = bytearray(packet)
    kind = generator() % 6
    if kind == 0:
        for _ in range(1 + generator() % 4):
            data[generator() % len(data)] ^= 1 << generator() % 8
    elif kind == 1:
        data = data[: generator() % (len(data) + 1)]
    elif kind == 2:
        data = data + bytes(generator() & 255 for _ in range(generator() % 40))
    elif kind == 3:
        data[0] = generator() & 255
    elif kind == 4:
        start = generator() % len(data)
        for i in range(start, len(data)):
            data[i] = 255 if generator() & 1 else 0
    return bytes(data)


def invent(generator):
    """Random bytes under a random configuration; often all zeros or all ones."""
    length = 1 + generator() % (400 if generator() & 1 else 12)
    fill = generator() % 4
    if fill == 0:
        data = bytearray([0] * length)
    elif fill == 1:
        data = bytearray([255] * length)
    else:
        data = bytearray(generator() & 255 for _ in range(length))
    data[0] = generator() & (0xFF if generator() & 1 else 0xFC)
    return bytes(data)


def numbers(seed):
    """A generator of 24-bit numbers that is the same on every machine."""
    state = [seed]

    def number():
        state[0] = (state[0] * 1103515245 + 12345) & 0x7FFFFFFF
        return state[0] >> 7

    return number


def main(path, seed, count, rate_hz, channels, modes):
    packets = []
    with open(path, "rb") as file:
        while True:
            head = file.read(2)
            if len(head) < 2:
                break
            packets.append(file.read(head[0] | head[1] << 8))
    decoder = Decoder(rate_hz, channels)
    pcm = memoryview(array("h", bytes(2 * channels * rate_hz * 3 // 25)))
    for packet in packets[:: len(packets) // 8]:
        decoder.decode_into(packet, pcm)
    protect(decoder)
    generator = numbers(seed)
    digest = hashlib.sha256()
    refused = 0
    for _ in range(count):
        packet = packets[generator() % len(packets)]
        if generator() & 1:
            packet = spoil(generator, packet)
        elif generator() & 1:
            packet = invent(generator)
        if packet:
            packet = bytes([packet[0] % modes]) + packet[1:]
        gap = pcm[: (1 + generator() % 16) * rate_hz // 400 * channels]
        try:
            kind = generator() % 8
            if kind == 0:
                total = decoder.conceal_into(gap)
            elif kind == 1:
                total = decoder.recover_into(packet, gap)
            else:
                total = decoder.decode_into(packet, pcm)
            if modes == 96:
                if decoder._frames._redundancy:
                    decoder._frames._celt.reset()
                else:
                    digest.update(pcm[: total * channels])
            digest.update(str(decoder.final_range).encode())
        except OpusError:
            refused += 1
        check()
    print(refused, digest.digest().hex())


main(sys.argv[1], *(int(word) for word in sys.argv[2:7]))
