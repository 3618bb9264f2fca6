"""The range decoder against an encoder written from RFC 6716 section 5.1, and at its edges."""
# MIT License; see LICENSE

import unittest

from opus.range_decoder import RangeDecoder

RV32 = True


class Encoder:
    """Section 5.1 in big integers: the low end and the size of the interval, with no carries."""

    def __init__(self):
        self.low = 0
        self.size = 1 << 31
        self.tail = 0
        self.tail_bits = 0
        self.shifted = 0

    def encode(self, low, high, total):
        unit = self.size // total
        if low:
            self.low += self.size - unit * (total - low)
            self.size = unit * (high - low)
        else:
            self.size -= unit * (total - high)
        while self.size <= 1 << 23:
            self.low <<= 8
            self.size <<= 8
            self.shifted += 8

    def uniform(self, value, total):
        log = 0
        while (total - 1) >> log > 255:
            log += 1
        self.encode(value >> log, (value >> log) + 1, ((total - 1) >> log) + 1)
        self.raw(value & (1 << log) - 1, log)

    def raw(self, value, bits):
        self.tail |= value << self.tail_bits
        self.tail_bits += bits

    def finish(self, length):
        # The interval is a binary fraction of 31 + shifted bits; its middle is certainly in it.
        front = (self.low + self.size // 2) << (8 * length - 31 - self.shifted)
        frame = bytearray(front.to_bytes(length, "big"))
        for i in range(0, self.tail_bits, 8):
            frame[length - 1 - i // 8] |= self.tail >> i & 255
        return frame


TOTALS = (2, 3, 8, 255, 256, 257, 1000, 65535, 65536, 1 << 20, (1 << 30) + 7, (1 << 32) - 1)
TABLE = b"\x00\xfa\xc0\x80\x20\x00"


class Noise:
    def __init__(self):
        self.state = 1

    def below(self, total):
        self.state = (self.state * 1664525 + 1013904223) & 0xFFFFFFFF
        return (self.state * total) >> 32


def read(decoder, plan):
    return [getattr(decoder, name)(*arguments) for name, arguments in plan]


def make(count):
    noise = Noise()
    encoder = Encoder()
    plan = []
    values = []
    for i in range(count):
        total = TOTALS[noise.below(len(TOTALS))]
        value = noise.below(total)
        encoder.uniform(value, total)
        plan.append(("uniform", (total,)))
        values.append(value)
        log = 1 + i % 15
        value = noise.below(8) == 0
        top = (1 << log) - 1
        encoder.encode(top if value else 0, top + 1 if value else top, top + 1)
        plan.append(("bit", (log,)))
        values.append(int(value))
        value = noise.below(5)
        high = 256 - TABLE[1 + value]
        encoder.encode(256 - TABLE[value] if value else 0, high, 256)
        plan.append(("symbol", (TABLE, 1, 8)))
        values.append(value)
        bits = i % 25
        value = noise.below(1 << bits)
        encoder.raw(value, bits)
        plan.append(("raw", (bits,)))
        values.append(value)
    return encoder, plan, values


class TestRange(unittest.TestCase):
    def test_what_was_encoded_is_decoded(self):
        encoder, plan, values = make(60)
        frame = encoder.finish(700)
        decoder = RangeDecoder()
        decoder.start(b"\xff" * 5 + frame, 5, 700)
        self.assertEqual(read(decoder, plan), values)
        self.assertEqual(decoder.final_range, encoder.size)
        self.assertFalse(decoder.error)

    def test_bits_used_are_those_of_the_interval(self):
        encoder, plan, values = make(20)
        decoder = RangeDecoder()
        decoder.start(encoder.finish(300), 0, 300)
        self.assertEqual(decoder.tell(), 1)
        read(decoder, plan)
        used = 33 + encoder.shifted + encoder.tail_bits
        bits = 0
        while encoder.size >> bits:
            bits += 1
        self.assertEqual(decoder.tell(), used - bits)
        self.assertTrue(8 * decoder.tell() - 8 < decoder.tell_eighths() <= 8 * decoder.tell())

    def test_past_the_end_come_zeros(self):
        for length in (0, 1, 2):
            outcomes = []
            for data in (b"\xa5\x5a\x00\x00", b"\xa5\x5a"[:length] + b"\xff" * 9):
                decoder = RangeDecoder()
                if data[-1] == 0:
                    data = data[:length] + bytes(800)
                    decoder.start(data, 0, 800)
                else:
                    decoder.start(data, 0, length)
                outcomes.append([decoder.uniform(t) for t in TOTALS[:5] * 9])
            self.assertEqual(outcomes[0], outcomes[1])

    def test_a_value_out_of_bounds_is_an_error_and_the_largest(self):
        decoder = RangeDecoder()
        decoder.start(b"\x00\xff\xff\xff\xff", 0, 5)
        total = (1 << 24) + 1
        encoder = Encoder()
        encoder.encode(128, 129, 129)
        encoder.raw(0x1FFFF, 17)
        decoder.start(encoder.finish(20), 0, 20)
        self.assertEqual(decoder.uniform(total), total - 1)
        self.assertTrue(decoder.error)

    def test_a_frame_outside_the_data_is_refused(self):
        for first, length in ((0, 3), (-1, 2), (2, 1), (0, -1)):
            with self.assertRaises(ValueError):
                RangeDecoder().start(b"ab", first, length)

    def test_shorten_hides_the_last_bytes(self):
        decoder = RangeDecoder()
        decoder.start(b"\x12\x34\x56\x78\x9a", 0, 5)
        decoder.shorten(2)
        self.assertEqual(decoder.raw(8), 0x56)
        self.assertEqual(decoder.length, 3)


if __name__ == "__main__":
    unittest.main()
