"""HMAC: the vectors of RFC 2202 and RFC 4231; constant-time comparison."""
# MIT License; see LICENSE

import unittest
from binascii import hexlify

from webrtc.mac import equal, hmac_sha1, hmac_sha256

LONG_KEY = b"\xaa" * 131
LONG_TEXT = b"Test Using Larger Than Block-Size Key - Hash Key First"


class HmacTest(unittest.TestCase):
    def check(self, tag, hexadecimal):
        self.assertEqual(hexlify(tag), hexadecimal)

    def test_sha1_matches_rfc_2202(self):
        self.check(
            hmac_sha1(b"\x0b" * 20, b"Hi There"), b"b617318655057264e28bc0b6fb378c8ef146be00"
        )
        self.check(
            hmac_sha1(b"Jefe", b"what do ya want for nothing?"),
            b"effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
        )
        self.check(hmac_sha1(b"\xaa" * 80, LONG_TEXT), b"aa4ae5e15272d00e95705637ce8a3b55ed402112")

    def test_sha256_matches_rfc_4231(self):
        self.check(
            hmac_sha256(b"\x0b" * 20, b"Hi There"),
            b"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        )
        self.check(
            hmac_sha256(b"Jefe", b"what do ya want for nothing?"),
            b"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        )
        self.check(
            hmac_sha256(LONG_KEY, LONG_TEXT),
            b"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        )

    def test_parts_are_one_message(self):
        whole = hmac_sha256(b"key", b"one two")
        self.assertEqual(hmac_sha256(b"key", b"one", memoryview(b" "), bytearray(b"two")), whole)
        self.assertEqual(hmac_sha256(b"key"), hmac_sha256(b"key", b""))

    def test_a_leading_zero_of_the_key_counts(self):
        self.assertFalse(hmac_sha1(b"\x00a", b"x") == hmac_sha1(b"a", b"x"))


class EqualTest(unittest.TestCase):
    def test_equal_only_when_every_byte_and_the_length_agree(self):
        self.assertTrue(equal(b"", b""))
        self.assertTrue(equal(b"abc", memoryview(b"abc")))
        self.assertFalse(equal(b"abc", b"abd"))
        self.assertFalse(equal(b"bbc", b"abc"))
        self.assertFalse(equal(b"abc", b"abcd"))


if __name__ == "__main__":
    unittest.main()
