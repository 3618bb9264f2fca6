"""ECDSA: RFC 6979 appendix A.2.5, prepared halves, refusals."""
# MIT License; see LICENSE

import unittest
from binascii import unhexlify
from hashlib import sha256

from webrtc import der, ecdsa, p256

KEY = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
PUBLIC = (
    0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6,
    0x7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299,
)
# message, k, r, s
VECTORS = (
    (
        b"sample",
        0xA6E3C57DD01ABE90086538398355DD4C3B17AA873382B0F24D6129493D8AAD60,
        0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716,
        0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8,
    ),
    (
        b"test",
        0xD16B6AE827F17175E040871A1C7EC3500192C4C92677336EC2537ACAEE0008E0,
        0xF1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367,
        0x019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083,
    ),
)


def random(n):
    return bytes((i * 71 + n) & 0xFF for i in range(n))


def encoded(r, s):
    return der.sequence(der.integer(r), der.integer(s))


def verify(digest, signature, point=PUBLIC):
    return p256.finish(ecdsa.verify(point, digest, signature))


class SignTest(unittest.TestCase):
    def test_public_key_of_the_vector(self):
        self.assertEqual(p256.finish(p256.multiply_base(KEY, random)), PUBLIC)

    def test_nonce_and_signature_match_rfc_6979(self):
        for message, k, r, s in VECTORS:
            digest = sha256(message).digest()
            self.assertEqual(ecdsa.deterministic_nonce(KEY, digest), k)
            half = p256.finish(ecdsa.prepare(random, k))
            self.assertEqual(ecdsa.sign(KEY, digest, half), encoded(r, s))

    def test_prepared_and_immediate_signatures_verify(self):
        digest = sha256(b"hello").digest()
        half = p256.finish(ecdsa.prepare(random))
        self.assertTrue(verify(digest, ecdsa.sign(KEY, digest, half)))
        self.assertTrue(verify(digest, p256.finish(ecdsa.sign_now(KEY, digest, random))))

    def test_random_bytes_change_the_nonce(self):
        digest = sha256(b"hello").digest()
        plain = ecdsa.deterministic_nonce(KEY, digest)
        self.assertFalse(ecdsa.deterministic_nonce(KEY, digest, b"x") == plain)


class VerifyTest(unittest.TestCase):
    def setUp(self):
        message, _, self.r, self.s = VECTORS[0]
        self.digest = sha256(message).digest()

    def test_published_signatures_verify(self):
        for message, _, r, s in VECTORS:
            self.assertTrue(verify(sha256(message).digest(), encoded(r, s)))

    def test_another_message_key_or_number_does_not(self):
        good = encoded(self.r, self.s)
        self.assertFalse(verify(sha256(b"other").digest(), good))
        self.assertFalse(verify(self.digest, good, (PUBLIC[0], p256.P - PUBLIC[1])))
        self.assertFalse(verify(self.digest, encoded(self.r, self.s ^ 1)))
        self.assertFalse(verify(self.digest, encoded(self.s, self.r)))

    def test_numbers_out_of_range_are_refused(self):
        for r, s in ((0, self.s), (self.r, 0), (p256.N, self.s), (self.r, p256.N), (0, 0)):
            self.assertFalse(verify(self.digest, encoded(r, s)))

    def test_malformed_signatures_are_refused(self):
        good = encoded(self.r, self.s)
        for n in range(len(good)):
            self.assertFalse(verify(self.digest, good[:n]))
        self.assertFalse(verify(self.digest, good + b"\x00"))
        negative = bytearray(good)
        negative[4] ^= 0x80  # the sign byte of r
        self.assertFalse(verify(self.digest, negative))
        padded = der.sequence(
            der.element(der.INTEGER, b"\x00" + unhexlify("00" + "7f" * 32)), der.integer(self.s)
        )
        self.assertFalse(verify(self.digest, padded))


if __name__ == "__main__":
    unittest.main()
