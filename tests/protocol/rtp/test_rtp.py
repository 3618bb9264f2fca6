"""RTP headers: what is built, what is read, and what is refused."""
# MIT License; see LICENSE

import unittest
from array import array

import micropython
from webrtc import rtp, rtp_viper
from webrtc.stats import StreamStats

RV32 = True
SSRC = b"\x01\x02\x03\x04"


def header(first=0x80, second=0, rest=b""):
    return bytes([first, second]) + b"\x00\x07\xff\xff\xff\xfe" + SSRC + rest


class Writing(unittest.TestCase):
    def setUp(self):
        self.packet = memoryview(bytearray(200))

    def writer(self, level_id=1, sequence=0x1234, timestamp=b"\x00\x00\x01\x00"):
        return rtp.RtpWriter(self.packet, SSRC, 8, level_id, sequence, timestamp)

    def test_the_first_header_is_marked_and_tells_the_level(self):
        writer = self.writer()
        writer.next(160, -30, True)
        self.assertEqual(writer.payload_at, 20)
        self.assertEqual(
            bytes(self.packet[:20]),
            b"\x90\x88\x12\x34\x00\x00\x01\x00" + SSRC + b"\xbe\xde\x00\x01\x10\x9e\x00\x00",
        )
        writer.next(160, -127, False)
        self.assertEqual(bytes(self.packet[:8]), b"\x90\x08\x12\x35\x00\x00\x01\xa0")
        self.assertEqual(self.packet[17], 127)

    def test_without_the_extension_the_payload_follows_the_fixed_header(self):
        writer = self.writer(level_id=0)
        writer.next(160, 0, False)
        self.assertEqual(writer.payload_at, 12)
        self.assertEqual(self.packet[0], 0x80)

    def test_numbers_wrap(self):
        writer = self.writer(sequence=0xFFFF, timestamp=b"\xff\xff\xff\xff")
        writer.next(160, 0, False)
        self.assertEqual(bytes(self.packet[2:8]), b"\xff\xff\xff\xff\xff\xff")
        writer.next(160, 0, False)
        self.assertEqual(bytes(self.packet[2:8]), b"\x00\x00\x00\x00\x00\x9f")
        self.assertEqual(writer.timestamp(0x100000000 - 0x9F), bytes(4))

    def test_time_that_passes_unsent_counts_and_marks_the_next(self):
        writer = self.writer(sequence=5, timestamp=bytes(4))
        writer.next(160, 0, False)
        writer.skip(160)
        writer.skip(160)
        writer.next(160, 0, False)
        self.assertEqual(bytes(self.packet[1:8]), b"\x88\x00\x06\x00\x00\x01\xe0")

    def test_levels_are_clamped(self):
        writer = self.writer()
        for level, octet in ((5, 0), (0, 0), (-127, 127), (-500, 127)):
            writer.next(160, level, False)
            self.assertEqual(self.packet[17], octet)

    def test_what_is_written_is_read(self):
        writer = self.writer(level_id=14, timestamp=b"\xff\x00\x00\x01")
        reader = rtp.RtpReader(14)
        for i in range(3):
            writer.next(160, -40, True)
            self.assertTrue(reader.parse(self.packet, 180))
            self.assertEqual((reader.start, reader.end), (20, 180))
            self.assertEqual((reader.payload_type, reader.marker), (8, i == 0))
            self.assertEqual(reader.sequence, 0x1234 + i)
            self.assertEqual(reader.timestamp, (0xFF000001 & 0x3FFFFFFF) + 160 * i)
            self.assertEqual((reader.level_dbov, reader.voice), (-40, True))


class Reading(unittest.TestCase):
    def read(self, data, level_id=1):
        reader = rtp.RtpReader(level_id)
        return reader if reader.parse(bytearray(data), len(data)) else None

    def test_contributing_sources_are_skipped(self):
        reader = self.read(header(0x82, rest=bytes(8) + b"pay"))
        self.assertEqual((reader.start, reader.end), (20, 23))
        self.assertIsNone(reader.level_dbov)
        self.assertIsNone(self.read(header(0x83, rest=bytes(8) + b"pay")))

    def test_padding_is_removed_and_checked(self):
        reader = self.read(header(0xA0, rest=b"pay\x00\x00\x03"))
        self.assertEqual((reader.start, reader.end), (12, 15))
        self.assertEqual(self.read(header(0xA0, rest=b"\x00\x02")).end, 12)
        for rest in (b"", b"pay\x00", b"pay\x05", b"pay\xff"):
            self.assertIsNone(self.read(header(0xA0, rest=rest)))

    def test_an_extension_that_does_not_fit_is_refused(self):
        for rest in (b"", b"\xbe\xde\x00", b"\xbe\xde\x00\x01", b"\xbe\xde\xff\xff" + bytes(40)):
            self.assertIsNone(self.read(header(0x90, rest=rest)))

    def test_elements_are_walked_within_the_extension(self):
        found = b"\xbe\xde\x00\x02\x31abc\x00\x10\xb0\x00"
        # Element 3 of two bytes, a 'c' of id 6 and length 4 that swallows the rest.
        self.assertIsNone(self.read(header(0x90, rest=found)).level_dbov)
        found = b"\xbe\xde\x00\x02\x31ab\x00\x00\x10\xb0\x00"
        self.assertEqual(self.read(header(0x90, rest=found)).level_dbov, -48)
        # id 15 ends the list; a last element without its byte does not read the payload
        for rest in (b"\xbe\xde\x00\x01\xf0\x10\xb0\x00", b"\xbe\xde\x00\x01\x00\x00\x00\x10\xb0"):
            self.assertIsNone(self.read(header(0x90, rest=rest)).level_dbov)
        # two-byte form is skipped
        other = b"\x10\x00\x00\x01\x01\x01\xb0\x00"
        self.assertIsNone(self.read(header(0x90, rest=other)).level_dbov)
        self.assertIsNone(
            self.read(header(0x90, rest=b"\xbe\xde\x00\x01\xf0\xff\0\0"), 0).level_dbov
        )

    def test_truncated_at_any_byte_is_refused_or_shorter(self):
        data = header(
            0xB1, rest=bytes(4) + b"\xbe\xde\x00\x01\x10\xb0\x00\x00" + b"x" * 8 + b"\x02\x02"
        )
        for n in range(len(data)):
            reader = self.read(data[:n])
            self.assertTrue(reader is None or 24 <= reader.end <= n)

    def test_nothing_is_allocated(self):
        reader = rtp.RtpReader(1)
        data = bytearray(header(0x90, 0x80, b"\xbe\xde\x00\x01\x10\xb0\x00\x00" + bytes(160)))
        packet = memoryview(bytearray(200))
        writer = rtp.RtpWriter(packet, SSRC, 0, 1, 1, b"\xff\xff\xff\xfe")
        stats = StreamStats(8000)
        done = 0
        micropython.heap_lock()
        try:
            while done < 5:
                writer.next(160, -30, True)
                writer.skip(160)
                reader.parse(data, 180)
                stats.count(reader.sequence, reader.timestamp, 0x2FFFFFFF + done)
                done += 1
        finally:
            micropython.heap_unlock()
        self.assertEqual(reader.sequence, 7)

    def test_fields_are_those_of_the_twin(self):
        fields = array("i", [0] * 6)
        data = bytearray(header(0x90, 0xFF, b"\xbe\xde\x00\x01\x10\xff\x00\x00abc"))
        self.assertEqual(rtp_viper.parse(data, len(data), fields, 1), 1)
        self.assertEqual(list(fields), [20, 23, 255, 7, 0x3FFFFFFE, 255])


class Statistics(unittest.TestCase):
    def feed(self, numbers, stats=None):
        stats = stats or StreamStats(8000)
        for number in numbers:
            stats.count(number & 0xFFFF, (number * 160) & 0x3FFFFFFF, number * 20)
        return stats

    def test_loss_is_counted_across_a_wrap(self):
        stats = self.feed([n for n in range(65400, 65700) if n % 10])
        self.assertEqual((stats.cycles, stats.highest), (1, 65699 - 65536))
        self.assertEqual((stats.received, stats.lost), (270, 29))
        self.assertEqual(stats.fraction_lost(), (29 << 8) // 299)
        self.assertEqual(stats.fraction_lost(), 0)

    def test_order_and_duplicates_are_not_loss(self):
        stats = self.feed((5, 7, 6, 8, 8, 9))
        self.assertEqual((stats.expected, stats.lost), (5, -1))
        self.assertEqual(stats.fraction_lost(), 0)

    def test_a_stray_first_number_is_forgotten(self):
        stats = self.feed([40000] + list(range(100, 200)))
        self.assertEqual(stats.highest, 199)
        self.assertTrue(stats.lost <= 1)

    def test_a_single_stray_does_not_move_the_count(self):
        stats = self.feed(list(range(100, 150)) + [30000] + list(range(150, 200)))
        self.assertEqual((stats.highest, stats.lost), (199, 0))

    def test_even_arrival_has_no_jitter_for_ten_days(self):
        stats = StreamStats(48000)
        for hour in range(240):
            start = hour * 3600 * 50
            for n in range(start, start + 3):
                stats.count(n & 0xFFFF, (n * 960) & 0x3FFFFFFF, n * 20)
        self.assertEqual(stats.jitter, 0)

    def test_uneven_arrival_has_the_jitter_of_the_rfc(self):
        stats = StreamStats(8000)
        for n in range(400):
            stats.count(n, n * 160, n * 20 + (n % 2) * 10)
        # Every difference is 80 units, so the estimate ends there.
        self.assertTrue(78 <= stats.jitter <= 80)
        self.assertTrue(9 <= stats.jitter_ms <= 10)

    def test_nothing_received_reports_nothing(self):
        stats = StreamStats(8000)
        self.assertEqual((stats.expected, stats.lost, stats.fraction_lost()), (0, 0, 0))
