"""WebSocket frames: the vectors of RFC 6455 section 5.7, sizes, fragments, hostile frames."""
# MIT License; see LICENSE

import unittest

from roomtone import frames
from roomtone.frames import FrameError, Parser

_MASK = b"\x37\xfa\x21\x3d"


def _server(opcode, payload, fin=0x80):
    size = len(payload)
    if size < 126:
        return bytes((fin | opcode, size)) + payload
    if size < 65536:
        return bytes((fin | opcode, 126)) + size.to_bytes(2, "big") + payload
    return bytes((fin | opcode, 127)) + size.to_bytes(8, "big") + payload


class TestBuild(unittest.TestCase):
    def test_masked_hello_of_the_rfc(self):
        self.assertEqual(
            frames.build(frames.TEXT, b"Hello", _MASK),
            b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58",
        )

    def test_empty_frame_has_a_mask(self):
        self.assertEqual(frames.build(frames.PING, b"", _MASK), b"\x89\x80" + _MASK)

    def test_length_forms_change_at_126_and_65536(self):
        self.assertEqual(frames.build(frames.TEXT, bytes(125), _MASK)[:2], b"\x81\xfd")
        self.assertEqual(frames.build(frames.TEXT, bytes(126), _MASK)[:4], b"\x81\xfe\x00\x7e")
        self.assertEqual(frames.build(frames.TEXT, bytes(65535), _MASK)[:4], b"\x81\xfe\xff\xff")
        self.assertEqual(
            frames.build(frames.TEXT, bytes(65536), _MASK)[:10],
            b"\x81\xff\x00\x00\x00\x00\x00\x01\x00\x00",
        )

    def test_mask_is_applied_by_position_for_every_length(self):
        for size in range(1, 10):
            payload = bytes(range(size))
            masked = frames.build(frames.BINARY, payload, _MASK)[6:]
            plain = bytes([masked[i] ^ _MASK[i & 3] for i in range(size)])
            self.assertEqual(plain, payload)


class TestParse(unittest.TestCase):
    def _broken(self, data, code):
        with self.assertRaises(FrameError) as caught:
            Parser().feed(data)
        self.assertEqual(caught.exception.code, code)

    def test_unmasked_hello_of_the_rfc(self):
        self.assertEqual(Parser().feed(b"\x81\x05Hello"), [(frames.TEXT, "Hello")])

    def test_fragmented_hello_of_the_rfc(self):
        parser = Parser()
        self.assertEqual(parser.feed(b"\x01\x03Hel"), [])
        self.assertEqual(parser.feed(b"\x80\x02lo"), [(frames.TEXT, "Hello")])

    def test_every_cut_of_a_stream_gives_the_same(self):
        stream = _server(1, b"one") + _server(9, b"hi") + _server(1, b"x" * 300) + _server(1, b"")
        wanted = [(1, "one"), (9, b"hi"), (1, "x" * 300), (1, "")]
        for cut in range(len(stream)):
            parser = Parser()
            self.assertEqual(parser.feed(stream[:cut]) + parser.feed(stream[cut:]), wanted)

    def test_byte_by_byte(self):
        parser = Parser()
        found = []
        for byte in _server(1, b"slow") + _server(8, b"\x03\xe8"):
            found += parser.feed(bytes((byte,)))
        self.assertEqual(found, [(1, "slow"), (8, b"\x03\xe8")])

    def test_control_frame_between_fragments_keeps_the_message_whole(self):
        stream = _server(1, b"Hel", 0) + _server(9, b"?") + _server(0, b"lo")
        self.assertEqual(Parser().feed(stream), [(9, b"?"), (1, "Hello")])

    def test_empty_text_is_a_message(self):
        self.assertEqual(Parser().feed(b"\x81\x00"), [(1, "")])

    def test_message_of_the_largest_size_is_taken_and_one_more_byte_not(self):
        self.assertEqual(len(Parser().feed(_server(1, b"x" * 16384))[0][1]), 16384)
        self._broken(_server(1, b"x" * 16385), 1009)

    def test_huge_announced_length_is_refused_from_its_head_alone(self):
        self._broken(b"\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff", 1009)

    def test_fragments_are_limited_together(self):
        parser = Parser(10)
        parser.feed(_server(1, b"x" * 6, 0))
        with self.assertRaises(FrameError) as caught:
            parser.feed(_server(0, b"x" * 5))
        self.assertEqual(caught.exception.code, 1009)

    def test_masked_frame_of_a_server_is_refused(self):
        self._broken(frames.build(1, b"Hello", _MASK), 1002)

    def test_reserved_bits_and_opcodes_are_refused(self):
        for first in (0xC1, 0xA1, 0x91, 0x83, 0x87, 0x8B, 0x8F):
            self._broken(bytes((first, 0)), 1002)

    def test_length_that_is_not_shortest_is_refused(self):
        self._broken(b"\x81\x7e\x00\x05Hello", 1002)
        self._broken(b"\x81\x7f" + (5).to_bytes(8, "big") + b"Hello", 1002)

    def test_long_or_fragmented_control_frame_is_refused(self):
        self._broken(b"\x89\x7e\x00\x7e" + bytes(126), 1002)
        self._broken(b"\x09\x00", 1002)

    def test_fragments_out_of_order_are_refused(self):
        self._broken(_server(0, b"x"), 1002)
        self._broken(_server(1, b"x", 0) + _server(1, b"y"), 1002)

    def test_text_that_is_not_utf8_is_refused(self):
        self._broken(_server(1, b"\xff\xfe"), 1007)


class TestClose(unittest.TestCase):
    def test_codes(self):
        self.assertEqual(frames.close_code(b""), 1005)
        self.assertEqual(frames.close_code(b"\x03\xe8bye"), 1000)
        self.assertEqual(frames.close_code(b"\x0f\xa0"), 4000)

    def test_wrong_codes_are_refused(self):
        for payload in (b"\x03", b"\x00\x00", b"\x03\xed", b"\x03\xee", b"\x07\xd0", b"\xff\xff"):
            with self.assertRaises(FrameError):
                frames.close_code(payload)


if __name__ == "__main__":
    unittest.main()
