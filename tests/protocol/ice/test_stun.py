"""STUN: the vectors of RFC 5769, what we build, and hostile messages."""
# MIT License; see LICENSE

import unittest
from binascii import unhexlify

from webrtc import stun

TRANSACTION = unhexlify("b7e7a701bc34d686fa87dfae")
PASSWORD = b"VOkJxbRl1RmTxUk/WvJxBt"

# RFC 5769 section 2.1: request with PRIORITY, ICE-CONTROLLED, USERNAME padded with blanks.
REQUEST = unhexlify(
    "000100582112a442b7e7a701bc34d686fa87dfae"
    "802200105354554e207465737420636c69656e74"
    "002400046e0001ff"
    "80290008932ff9b151263b36"
    "000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
    "80280004e57a3bcf"
)
# Section 2.2: response with an IPv4 address.
RESPONSE = unhexlify(
    "0101003c2112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000080001a147e112a643"
    "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
    "80280004c07d4c96"
)
# Section 2.3: response with an IPv6 address.
RESPONSE_6 = unhexlify(
    "010100482112a442b7e7a701bc34d686fa87dfae"
    "8022000b7465737420766563746f7220"
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
    "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
    "80280004c8fb0b4c"
)
# Section 2.4: long-term credentials, no FINGERPRINT; its key is
# MD5 of <U+30DE U+30C8 U+30EA U+30C3 U+30AF U+30B9>:example.org:TheMatrIX
LONG_TERM = unhexlify(
    "000100602112a44278ad3433c6ad72c029da412e"
    "00060012e3839ee38388e383aae38383e382afe382b90000"
    "0015001c662f2f3439396b39353464364f4c33346f4c39465354767936347341"
    "0014000b6578616d706c652e6f726700"
    "00080014f67024656dd64a3e02b8e0712e85c9a28ca89666"
)
LONG_TERM_KEY = unhexlify("e8ca7ad59d5eb0518e312911d2dab2a9")


class VectorTest(unittest.TestCase):
    def test_request_of_rfc_5769_2_1(self):
        message = stun.parse(REQUEST)
        self.assertEqual((message.kind, message.transaction), (stun.REQUEST, TRANSACTION))
        self.assertEqual(message.username, "evtj:h6vY")
        self.assertEqual(message.priority, 0x6E0001FF)
        self.assertEqual(message.get(stun.ICE_CONTROLLED), unhexlify("932ff9b151263b36"))
        self.assertEqual(message.unknown(), [])
        self.assertTrue(message.has_fingerprint)
        self.assertTrue(message.verify(PASSWORD))
        self.assertFalse(message.verify(b"wrong"))

    def test_ipv4_response_of_rfc_5769_2_2(self):
        message = stun.parse(RESPONSE)
        self.assertEqual(message.kind, stun.SUCCESS)
        self.assertEqual(message.mapped_address, ("192.0.2.1", 32853))
        self.assertTrue(message.verify(PASSWORD))

    def test_ipv6_response_of_rfc_5769_2_3_is_authentic_but_no_address_for_us(self):
        message = stun.parse(RESPONSE_6)
        self.assertTrue(message.verify(PASSWORD))
        self.assertIsNone(message.mapped_address)

    def test_long_term_request_of_rfc_5769_2_4(self):
        message = stun.parse(LONG_TERM)
        self.assertFalse(message.has_fingerprint)
        self.assertTrue(message.verify(LONG_TERM_KEY))
        self.assertIsNone(message.username)  # not ASCII


class BuildTest(unittest.TestCase):
    def test_every_length_of_attribute_survives(self):
        for size in range(9):
            data = stun.build(stun.REQUEST, b"t" * 12, [(0x8022, b"x" * size)], b"key")
            self.assertEqual(len(data) % 4, 0)
            message = stun.parse(data)
            self.assertEqual(message.get(0x8022), b"x" * size)
            self.assertTrue(message.verify(b"key"))

    def test_address_survives_the_xor(self):
        for address in (("127.0.0.1", 1), ("255.0.33.18", 65535)):
            value = stun.xor_address(address)
            data = stun.build(stun.SUCCESS, b"t" * 12, [(stun.XOR_MAPPED_ADDRESS, value)])
            self.assertEqual(stun.parse(data).mapped_address, address)

    def test_error_code_survives(self):
        for code in (300, 401, 487, 699):
            error = [(stun.ERROR_CODE, stun.error_value(code, "why"))]
            self.assertEqual(stun.parse(stun.build(stun.ERROR, b"t" * 12, error)).error_code, code)

    def test_without_a_key_there_is_no_integrity_to_verify(self):
        message = stun.parse(stun.build(stun.INDICATION, b"t" * 12))
        self.assertFalse(message.has_integrity)
        self.assertFalse(message.verify(b""))


class HostileTest(unittest.TestCase):
    def test_truncated_message_is_no_message(self):
        for size in range(len(REQUEST)):
            self.assertIsNone(stun.parse(REQUEST[:size]))
        self.assertIsNone(stun.parse(REQUEST + b"\0\0\0\0"))

    def test_each_flipped_bit_up_to_the_integrity_is_noticed(self):
        for offset in range(100):
            data = bytearray(REQUEST)
            data[offset] ^= 1 << (offset & 7)
            message = stun.parse(bytes(data))
            self.assertTrue(message is None or not message.verify(PASSWORD), offset)

    def test_attribute_longer_than_the_message_is_refused(self):
        body = b"\x80\x22\xff\xff" + b"x" * 4
        head = b"\x00\x01\x00\x08\x21\x12\xa4\x42" + b"t" * 12
        self.assertIsNone(stun.parse(head + body))

    def test_integrity_of_a_wrong_size_is_refused(self):
        self.assertIsNone(stun.parse(stun.build(stun.REQUEST, b"t" * 12, [(0x0008, b"x" * 16)])))

    def test_fingerprint_must_be_last(self):
        data = stun.build(stun.REQUEST, b"t" * 12)
        longer = data[:2] + b"\x00\x10" + data[4:] + b"\x80\x22\x00\x04abcd"
        self.assertIsNone(stun.parse(longer))

    def test_what_follows_the_integrity_is_left_out(self):
        inner = stun.build(stun.REQUEST, b"t" * 12, (), b"key")[20:44]  # MESSAGE-INTEGRITY
        length = b"\x00\x20"
        data = b"\x00\x01" + length + b"\x21\x12\xa4\x42" + b"t" * 12 + inner
        message = stun.parse(data + b"\x00\x25\x00\x00" + b"\x80\x22\x00\x00")
        self.assertTrue(message.has_integrity)
        self.assertEqual(message.attributes, {})

    def test_first_of_two_equal_attributes_counts(self):
        data = stun.build(stun.REQUEST, b"t" * 12, [(0x8022, b"one"), (0x8022, b"two")])
        self.assertEqual(stun.parse(data).get(0x8022), b"one")

    def test_too_many_attributes_or_bytes_are_refused(self):
        many = [(0x8000 + i, b"") for i in range(40)]
        self.assertIsNone(stun.parse(stun.build(stun.REQUEST, b"t" * 12, many)))
        self.assertIsNone(stun.parse(stun.build(stun.REQUEST, b"t" * 12, [(0x8022, b"x" * 1400)])))

    def test_malformed_values_read_as_missing(self):
        wrong = (
            (stun.USERNAME, b"\xff\xfe"),
            (stun.PRIORITY, b"\0"),
            (stun.ERROR_CODE, b"\0\0\x04"),
            (stun.XOR_MAPPED_ADDRESS, b"\0\x01\0\0"),
        )
        message = stun.parse(stun.build(stun.ERROR, b"t" * 12, wrong))
        self.assertIsNone(message.username)
        self.assertEqual((message.priority, message.error_code), (0, 0))
        self.assertIsNone(message.mapped_address)
        error = [(stun.ERROR_CODE, b"\0\0\x07\x01")]
        self.assertEqual(stun.parse(stun.build(stun.ERROR, b"t" * 12, error)).error_code, 0)

    def test_other_protocols_on_the_port_are_not_taken_for_stun(self):
        self.assertIsNone(stun.parse(b""))
        self.assertIsNone(stun.parse(b"\x80\x00" + b"\0" * 170))  # RTP
        self.assertIsNone(stun.parse(b"\x16\xfe\xfd" + b"\0" * 61))  # DTLS


if __name__ == "__main__":
    unittest.main()
