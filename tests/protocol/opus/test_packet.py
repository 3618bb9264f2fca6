"""The framing of Opus packets: RFC 6716 section 3, its rules and packets that break them."""
# MIT License; see LICENSE

import unittest

from opus import packet
from opus.packet import Packet


class TestPacket(unittest.TestCase):
    def setUp(self):
        self.packet = Packet()

    def parse(self, *parts):
        data = b"".join(parts)
        return self.packet.parse(data, len(data))

    def frames(self, *parts):
        count = self.parse(*parts)
        data = b"".join(parts)
        starts, sizes = self.packet.starts, self.packet.sizes
        return [data[starts[i] : starts[i] + sizes[i]] for i in range(count)]

    def test_the_toc_byte_names_mode_bandwidth_duration_and_channels(self):
        for config, mode, bandwidth, units in (
            (0, packet.SILK, packet.NARROWBAND, 4),
            (3, packet.SILK, packet.NARROWBAND, 24),
            (6, packet.SILK, packet.MEDIUMBAND, 16),
            (9, packet.SILK, packet.WIDEBAND, 8),
            (12, packet.HYBRID, packet.SUPERWIDEBAND, 4),
            (15, packet.HYBRID, packet.FULLBAND, 8),
            (16, packet.CELT, packet.NARROWBAND, 1),
            (22, packet.CELT, packet.WIDEBAND, 4),
            (27, packet.CELT, packet.SUPERWIDEBAND, 8),
            (31, packet.CELT, packet.FULLBAND, 8),
        ):
            for channels in (1, 2):
                self.assertEqual(self.parse(bytes([config << 3 | (channels - 1) << 2, 1])), 1)
                self.assertEqual(self.packet.mode, mode)
                self.assertEqual(self.packet.bandwidth, bandwidth)
                self.assertEqual(self.packet.units, units)
                self.assertEqual(self.packet.channels, channels)

    def test_code_0_is_one_frame(self):
        self.assertEqual(self.frames(b"\x48", b"abc"), [b"abc"])
        self.assertEqual(self.frames(b"\x48"), [b""])

    def test_code_1_is_two_frames_of_one_size(self):
        self.assertEqual(self.frames(b"\x49", b"abcd"), [b"ab", b"cd"])
        self.assertEqual(self.parse(b"\x49", b"abc"), 0)

    def test_code_2_is_two_frames_the_first_with_its_size(self):
        self.assertEqual(self.frames(b"\x4a\x01", b"abc"), [b"a", b"bc"])
        self.assertEqual(self.frames(b"\x4a\xfc\x01", bytes(256), b"z"), [bytes(256), b"z"])
        self.assertEqual(self.parse(b"\x4a"), 0)
        self.assertEqual(self.parse(b"\x4a\xfc"), 0)
        self.assertEqual(self.parse(b"\x4a\x04", b"abc"), 0)

    def test_code_3_without_sizes(self):
        self.assertEqual(self.frames(b"\x4b\x03", b"abcdef"), [b"ab", b"cd", b"ef"])
        self.assertEqual(self.parse(b"\x4b\x03", b"abcde"), 0)
        self.assertEqual(self.parse(b"\x4b"), 0)
        self.assertEqual(self.parse(b"\x4b\x00"), 0)

    def test_code_3_with_sizes(self):
        self.assertEqual(self.frames(b"\x4b\x83\x01\x00", b"abcd"), [b"a", b"", b"bcd"])
        self.assertEqual(self.parse(b"\x4b\x83\x01"), 0)
        self.assertEqual(self.parse(b"\x4b\x83\x03\x02", b"abcd"), 0)

    def test_padding_is_left_out(self):
        self.assertEqual(self.frames(b"\x4b\x42\x03", b"abcd", bytes(3)), [b"ab", b"cd"])
        self.assertEqual(self.frames(b"\x4b\xc2\xff\x01\x01", b"abc", bytes(255)), [b"a", b"bc"])
        self.assertEqual(self.parse(b"\x4b\x42\x05", b"abcd"), 0)
        self.assertEqual(self.parse(b"\x4b\x42\xff"), 0)
        self.assertEqual(self.parse(b"\x4b\x42"), 0)

    def test_no_more_than_120_ms(self):
        self.assertEqual(self.parse(b"\x1b\x02"), 2)  # 60 ms each
        self.assertEqual(self.parse(b"\x1b\x03"), 0)
        self.assertEqual(self.parse(b"\x83\x30"), 48)  # 2.5 ms each
        self.assertEqual(self.parse(b"\x83\x31"), 0)

    def test_no_frame_above_1275_bytes(self):
        self.assertEqual(self.parse(b"\x48", bytes(1275)), 1)
        self.assertEqual(self.parse(b"\x48", bytes(1276)), 0)
        self.assertEqual(self.parse(b"\x49", bytes(2552)), 0)
        self.assertEqual(self.parse(b"\x4a\x00", bytes(1276)), 0)

    def test_a_refused_packet_leaves_the_former_description(self):
        self.assertEqual(self.parse(b"\x4b\x03", b"abcdef"), 3)
        self.assertEqual(self.parse(b"\x03\x00"), 0)
        self.assertEqual(self.packet.count, 3)
        self.assertEqual(self.packet.bandwidth, packet.WIDEBAND)

    def test_only_the_length_counts(self):
        self.assertEqual(self.packet.parse(b"\x48abc", 2), 1)
        self.assertEqual(self.packet.sizes[0], 1)
        self.assertEqual(self.packet.parse(b"", 0), 0)
        self.assertEqual(self.packet.parse(b"\x48", 2), 0)


if __name__ == "__main__":
    unittest.main()
