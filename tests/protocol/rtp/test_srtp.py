"""SRTP and SRTCP: RFC 3711 vectors, libsrtp's bytes, rollover, replay, forgery, no allocation."""
# MIT License; see LICENSE

import unittest
from binascii import hexlify, unhexlify
from hashlib import sha256

import micropython
from cryptolib import aes
from webrtc import srtp
from webrtc.srtcp import SrtcpReceiver, SrtcpSender

RV32 = True

KEY = unhexlify("e1f97a0d3e018be0d64fa32c06de4139")
SALT = unhexlify("0ec675ad498afeebb6960b3aabe6")
# SHA-256 of the packets of `stream()` as libsrtp 2 protects them; tests/interop compares anew.
LIBSRTP_DIGEST = "5c4d5636876e898c40cfff2e40b44cbc0fd51aaf341fb87a4eb9732f293b63c5"


def packet(sequence, payload, ssrc=b"\xde\xad\xbe\xef", extension=b""):
    first = 0x90 if extension else 0x80
    timestamp = (sequence * 160) & 0xFFFFFFFF
    head = bytes([first, 0]) + sequence.to_bytes(2, "big") + timestamp.to_bytes(4, "big") + ssrc
    return head + extension + payload


def stream():
    """76 packets across a sequence wrap: all lengths 0..75, every third with an extension."""
    for i in range(76):
        extension = b"\xbe\xde\x00\x01\x10\xff\x00\x00" if i % 3 == 0 else b""
        yield packet(
            (65500 + i) & 0xFFFF, bytes((i * 7 + j) & 255 for j in range(i)), extension=extension
        )


def protect(sender, data):
    sender.packet[: len(data)] = data
    return bytes(sender.protect(len(data)))


def unprotect(receiver, data):
    return bytes(receiver.packet[: receiver.unprotect(receiver.load(data))])


class FixedHash:
    """Stands for hashlib.sha1, whose objects the firmware can't avoid allocating."""

    value = bytes(20)

    def __call__(self, data):
        return self

    def digest(self):
        return self.value


class Vectors(unittest.TestCase):
    def test_rfc3711_b3_key_derivation(self):
        self.assertEqual(
            srtp.derive(KEY, SALT, 0, 16), unhexlify("c61e7a93744f39ee10734afe3ff7a087")
        )
        self.assertEqual(srtp.derive(KEY, SALT, 2, 14), unhexlify("30cbbc08863d8c85d49db34a9ae1"))
        self.assertEqual(
            srtp.derive(KEY, SALT, 1, 94),
            unhexlify(
                "cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e2359e6cdbcee049646c43d9327a"
                "d175578ef72270986371c10c9a369ac2f94a8c5fbcdddc256d6e919a48b610ef17c2041e47403576"
                "6b68642c59bbfc2f34db60dbdfb2"
            ),
        )

    def test_rfc3711_b2_key_stream(self):
        sender = srtp.SrtpSender(KEY, SALT, 128)
        sender._aes = aes(unhexlify("2b7e151628aed2a6abf7158809cf4f3c"), 1)
        sender._salt = unhexlify("f0f1f2f3f4f5f6f7f8f9fafbfcfd")
        sender._mask = 0xFCFD
        data = packet(0, bytes(48), ssrc=bytes(4))
        self.assertEqual(
            protect(sender, data)[12:60],
            unhexlify(
                "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab"
                "41e95b3bb0a2e8dd477901e4fca894c0"
            ),
        )

    def test_every_byte_is_libsrtp_s_across_a_wrap(self):
        sender = srtp.SrtpSender(KEY, SALT, 256)
        digest = sha256()
        for data in stream():
            digest.update(protect(sender, data))
        self.assertEqual(hexlify(digest.digest()).decode(), LIBSRTP_DIGEST)


class Sending(unittest.TestCase):
    def test_malformed_packets_are_refused(self):
        sender = srtp.SrtpSender(KEY, SALT, 64)
        for data in (bytes(12), b"\x80" + bytes(10), b"\x8f" + bytes(40), b"\x90" + bytes(11)):
            sender.packet[: len(data)] = data
            self.assertIsNone(sender.protect(len(data)))
        sender.packet[0] = 0x80
        self.assertIsNone(sender.protect(65))
        sender.packet[0] = 0x90
        sender.packet[14:16] = b"\xff\xff"
        self.assertIsNone(sender.protect(64))

    def test_capacity_is_bounded(self):
        for capacity in (0, 11, 4097):
            with self.assertRaises(ValueError):
                srtp.SrtpSender(KEY, SALT, capacity)


class Receiving(unittest.TestCase):
    def setUp(self):
        self.sender = srtp.SrtpSender(KEY, SALT, 256)
        self.receiver = srtp.SrtpReceiver(KEY, SALT, 256)

    def arrive(self, wire):
        return unprotect(self.receiver, wire)

    def counts(self):
        r = self.receiver
        return (r.malformed, r.replayed, r.forged, r.refused)

    def test_all_of_a_stream_comes_back_across_a_wrap(self):
        for data in stream():
            self.assertEqual(self.arrive(protect(self.sender, data)), data)
        self.assertEqual(self.receiver.stream.roc, 1)
        self.assertEqual(self.receiver.rejected, 0)

    def test_order_does_not_matter_across_a_wrap(self):
        wires = [(data, protect(self.sender, data)) for data in stream()]
        for i in range(0, 76, 4):
            for k in (0, 3, 1, 2):
                data, wire = wires[i + k]
                self.assertEqual(self.arrive(wire), data)
        self.assertEqual(self.receiver.rejected, 0)

    def test_each_packet_is_admitted_once(self):
        wires = [protect(self.sender, data) for data in stream()]
        for wire in wires:
            self.assertTrue(self.arrive(wire))
            self.assertFalse(self.arrive(wire))
        for wire in wires:
            self.assertFalse(self.arrive(wire))
        self.assertEqual(self.counts(), (0, 152, 0, 0))

    def test_a_packet_older_than_the_window_is_dropped(self):
        wires = [protect(self.sender, packet(i, b"abc")) for i in range(200)]
        for i in [0] + list(range(2, 200)):
            self.assertTrue(self.arrive(wires[i]))
        self.assertFalse(self.arrive(wires[1]))
        self.assertEqual(self.counts(), (0, 1, 0, 0))

    def test_any_flipped_bit_is_noticed_and_harms_nothing(self):
        good = [protect(self.sender, packet(i, b"0123456789")) for i in range(3)]
        self.assertTrue(self.arrive(good[0]))
        self.assertTrue(self.arrive(good[1]))
        for at in range(len(good[2])):
            bad = bytearray(good[2])
            bad[at] ^= 1 << (at % 8)
            self.assertFalse(self.arrive(bad))
        self.assertEqual(self.receiver.rejected, len(good[2]))
        self.assertTrue(self.arrive(good[2]))

    def test_a_forged_sequence_number_does_not_move_the_rollover_counter(self):
        wires = [protect(self.sender, packet(i, b"abc")) for i in range(4)]
        self.assertTrue(self.arrive(wires[0]))
        self.assertTrue(self.arrive(wires[1]))
        for sequence in (0x7FFF, 0x8003, 0xFFFF):
            forged = bytearray(wires[2])
            forged[2:4] = sequence.to_bytes(2, "big")
            self.assertFalse(self.arrive(forged))
        self.assertTrue(self.arrive(wires[2]))
        self.assertTrue(self.arrive(wires[3]))

    def test_a_stray_first_packet_does_not_deafen(self):
        # (first, then): the straggler far behind, far ahead, and beyond the wrap
        for first, then in ((10, 50000), (60000, 100), (30000, 100), (100, 30000)):
            receiver = self.receiver = srtp.SrtpReceiver(KEY, SALT, 256)
            stray = protect(srtp.SrtpSender(KEY, SALT, 256), packet(first, b"abc"))
            self.assertTrue(self.arrive(stray))
            sender = srtp.SrtpSender(KEY, SALT, 256)
            for i in range(then, then + 300):
                self.assertTrue(self.arrive(protect(sender, packet(i, b"abc"))))
            self.assertFalse(self.arrive(stray))
            self.assertEqual(receiver.stream.sequence, then + 299)

    def test_a_stray_second_packet_does_not_deafen(self):
        sender = srtp.SrtpSender(KEY, SALT, 256)
        self.assertTrue(self.arrive(protect(sender, packet(100, b"abc"))))
        other = srtp.SrtpSender(KEY, SALT, 256)
        self.assertTrue(self.arrive(protect(other, packet(40000, b"abc"))))
        for i in range(101, 300):
            self.assertTrue(self.arrive(protect(sender, packet(i, b"abc"))))

    def test_ssrcs_have_a_rollover_counter_each_and_are_bounded(self):
        senders = [srtp.SrtpSender(KEY, SALT, 64) for _ in range(17)]
        for sequence in (65534, 65535, 0, 1):
            for i in range(17):
                data = packet(sequence, b"abc", ssrc=bytes([0, 0, 0, i]))
                wire = protect(senders[i], data)
                self.assertEqual(self.arrive(wire), data if i < 16 else b"")
                self.assertFalse(self.arrive(wire))
        # Refused until its counter rolls over: that of an unknown stream is taken to be 0.
        self.assertEqual(self.counts(), (0, 16 * 4, 4, 4))

    def test_malformed_packets_are_counted(self):
        bad = (
            b"",
            b"\x80",
            bytes(22),
            b"\x80" + bytes(20),
            b"\x8f" + bytes(60),
            b"\x90" + bytes(21),
        )
        for data in bad + (b"\x90" + bytes(13) + b"\xff\xff" + bytes(40), b"\x80" + bytes(256)):
            self.assertFalse(self.arrive(data))
        self.assertEqual(self.receiver.forged, 0)
        self.assertEqual(self.receiver.malformed, len(bad) + 2)


class Allocation(unittest.TestCase):
    """But for hash objects and digests, a packet costs no heap, in either direction."""

    def setUp(self):
        self.sha1 = srtp.sha1
        srtp.sha1 = FixedHash()

    def tearDown(self):
        srtp.sha1 = self.sha1

    def test_protecting_and_admitting_allocate_nothing(self):
        sender = srtp.SrtpSender(KEY, SALT, 256)
        receiver = srtp.SrtpReceiver(KEY, SALT, 256)
        # Tags are those of FixedHash: admitted as if authentic.
        wires = [packet(65530 + i & 0xFFFF, bytes(160)) + bytes(10) for i in range(12)]
        for i in range(2):
            sender.packet[:172] = wires[i][:172]
            sender.protect(172)
            receiver.unprotect(receiver.load(wires[i]))
        admitted = 0
        i = 2
        head = sender.packet
        micropython.heap_lock()
        try:
            while i < 12:
                srtp.fast.copy(head, 0, wires[i], 0, 172)
                sender.protect(172)
                if receiver.unprotect(receiver.load(wires[i])) == 172:
                    admitted += 1
                i += 1
        finally:
            micropython.heap_unlock()
        self.assertEqual(admitted, 10)
        self.assertEqual(receiver.stream.roc, 1)


class Srtcp(unittest.TestCase):
    REPORT = unhexlify("81c8000cdeadbeef") + bytes(range(44))

    def test_a_report_comes_back_once(self):
        sender = SrtcpSender(KEY, SALT)
        receiver = SrtcpReceiver(KEY, SALT)
        wires = [sender.protect(self.REPORT) for _ in range(70)]
        self.assertEqual(len(wires[0]), len(self.REPORT) + 14)
        for i in (1, 0, 2):
            self.assertEqual(receiver.unprotect(wires[i]), self.REPORT)
            self.assertIsNone(receiver.unprotect(wires[i]))
        self.assertEqual(receiver.unprotect(wires[69]), self.REPORT)
        self.assertIsNone(receiver.unprotect(wires[3]))
        self.assertEqual(receiver.unprotect(wires[6]), self.REPORT)
        self.assertEqual(receiver.rejected, 4)

    def test_forged_and_truncated_reports_are_dropped(self):
        receiver = SrtcpReceiver(KEY, SALT)
        wire = SrtcpSender(KEY, SALT).protect(self.REPORT)
        for at in range(len(wire)):
            bad = bytearray(wire)
            bad[at] ^= 0x40
            self.assertIsNone(receiver.unprotect(bad))
            self.assertIsNone(receiver.unprotect(wire[:at]))
        self.assertEqual(receiver.unprotect(wire), self.REPORT)
