"""RTCP: reports are built and read back, compounds are bounded, round trips computed."""
# MIT License; see LICENSE

import unittest

from webrtc import rtcp
from webrtc.stats import StreamStats

OURS = b"\x01\x02\x03\x04"
THEIRS = b"\xaa\xbb\xcc\xdd"


def received(numbers):
    stats = StreamStats(8000)
    for n in numbers:
        stats.count(n & 0xFFFF, n * 160, n * 20)
    return stats


class Reports(unittest.TestCase):
    def test_a_sender_report_comes_back(self):
        stats = received((65530, 65531, 65540))
        block = rtcp.report_block(OURS, stats, 0x11223344, 0x8000)
        data = rtcp.sender_report(THEIRS, 12345, b"\xff\0\0\0", 7, 1120, block)
        self.assertEqual(data[:8], b"\x81\xc8\x00\x0c" + THEIRS)
        self.assertEqual(data[16:28], b"\xff\0\0\0\0\0\0\x07\0\0\x04\x60")
        reports = rtcp.parse(data + rtcp.sdes(THEIRS, b"someone"), OURS)
        self.assertEqual(reports.reporter, THEIRS)
        self.assertEqual(reports.sender_time, rtcp.ntp_middle(12345))
        self.assertEqual(reports.block, ((8 << 8) // 11, 8, 65540, 0, 0x11223344, 0x8000))

    def test_a_receiver_report_comes_back_and_others_are_skipped(self):
        block = rtcp.report_block(OURS, received((1, 1, 1)), 0, 0)
        foreign = rtcp.report_block(b"none", received((1, 9)), 0, 0)
        data = rtcp.receiver_report(THEIRS, foreign + block)
        nack = b"\x81\xcd\x00\x03" + THEIRS + OURS + b"\0\1\0\0"
        reports = rtcp.parse(data + nack, OURS)
        self.assertEqual(reports.block, (0, -2, 1, 0, 0, 0))
        self.assertIsNone(reports.sender_time)

    def test_descriptions_are_padded_by_one_to_four_zeros(self):
        for n in range(1, 9):
            data = rtcp.sdes(OURS, b"x" * n)
            self.assertEqual(len(data) % 4, 0)
            self.assertEqual(data[-1], 0)
            self.assertEqual(len(data), 4 * (data[3] + 1))

    def test_bye_names_who_leaves(self):
        data = rtcp.receiver_report(THEIRS, b"") + rtcp.bye(THEIRS)
        self.assertIn(THEIRS, rtcp.parse(data, OURS).bye)
        reason = b"\x81\xcb\x00\x03" + THEIRS + b"\x03bye" + bytes(4)
        self.assertIn(THEIRS, rtcp.parse(reason, OURS).bye)

    def test_malformed_compounds_are_refused(self):
        block = rtcp.report_block(OURS, received((1,)), 0, 0)
        data = rtcp.sender_report(THEIRS, 0, bytes(4), 0, 0, block) + rtcp.bye(THEIRS)
        for n in range(len(data)):
            if n != 52:
                self.assertIsNone(rtcp.parse(data[:n], OURS))
        for bad in (
            b"\x80\xcb\x00\x00",  # nobody leaves
            b"\x40\xc9\x00\x01" + OURS,  # version 1
            b"\x9f\xc9\x00\x01" + OURS,  # 31 blocks that are not there
            b"\x81\xc8\x00\x01" + OURS,
            b"\x80\xc9\x00\x01" + OURS + b"\x9f\xcb\x00\x01" + OURS,
        ):
            self.assertIsNone(rtcp.parse(bad, OURS))


class RoundTrip(unittest.TestCase):
    def test_it_is_the_time_less_the_peer_s_delay(self):
        sent = rtcp.ntp_middle(10000)
        self.assertTrue(abs(rtcp.round_trip_ms(10350, sent, 65536 * 300 // 1000) - 50) <= 1)

    def test_it_survives_the_wrap_of_the_clock(self):
        start = 65536 * 1000 - 20
        self.assertTrue(abs(rtcp.round_trip_ms(start + 80, rtcp.ntp_middle(start), 0) - 80) <= 1)

    def test_nonsense_is_no_round_trip(self):
        self.assertIsNone(rtcp.round_trip_ms(1000, 0, 0))
        self.assertIsNone(rtcp.round_trip_ms(1000, rtcp.ntp_middle(900000), 0))
        self.assertIsNone(rtcp.round_trip_ms(1000, rtcp.ntp_middle(900), 0x7FFFFFFF))
