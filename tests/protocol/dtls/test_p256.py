"""P-256: NIST's points and ECDH vectors, the group law, and slices that stay short."""
# MIT License; see LICENSE

import unittest
from binascii import hexlify, unhexlify

from webrtc import p256

G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
# k, x, y (NIST, Mathematical routines for the prime elliptic curves).
MULTIPLES = (
    (1, G[0], G[1]),
    (
        2,
        0x7CF27B188D034F7E8A52380304B51AC3C08969E277F21B35A60B48FC47669978,
        0x07775510DB8ED040293D9AC69F7430DBBA7DADE63CE982299E04B79D227873D1,
    ),
    (
        112233445566778899,
        0x339150844EC15234807FE862A86BE77977DBFB3AE3D96F4C22795513AEAAB82F,
        0xB1C14DDFDC8EC1B2583F51E85A5EB3A155840F2034730E9B5ADA38B674336A21,
    ),
    (p256.N - 1, G[0], p256.P - G[1]),
)
# NIST CAVS, ECC CDH primitive, P-256, count 0.
ECDH_KEY = 0x7D7DC5F71EB29DDAF80D6214632EEAE03D9058AF1FB6D22ED80BADB62BC1A534
ECDH_PEER = unhexlify(
    "04700c48f77f56584c5cc632ca65640db91b6bacce3a4df6b42ce7cc838833d287"
    "db71e509e3fd9b060ddb20ba5c51dcc5948d46fbf640dfe0441782cab85fa4ac"
)
ECDH_SHARED = b"46fc62106420ff012e54a434fbdd2d25ccc5852060561e68040dd7778997bd7b"


def random(n):
    """Bytes that are the same in each run; a fresh scalar must not depend on luck in a test."""
    return bytes((i * 71 + n) & 0xFF for i in range(n))


def base(k):
    return p256.finish(p256.multiply_base(k, random))


def times(k, point):
    return p256.finish(p256.multiply(k, point))


class PointTest(unittest.TestCase):
    def test_multiples_of_the_base_point(self):
        for k, x, y in MULTIPLES:
            self.assertEqual(base(k), (x, y))
            self.assertEqual(times(k, G), (x, y))

    def test_ecdh_matches_nist(self):
        shared = times(ECDH_KEY, p256.decode_point(ECDH_PEER))
        self.assertEqual(hexlify(shared[0].to_bytes(32, "big")), ECDH_SHARED)

    def test_comb_and_window_agree(self):
        k = 0x123456789ABCDEF
        for _ in range(4):
            k = k * 0x10001 * k % p256.N
            self.assertEqual(base(k), times(k, G))

    def test_sum_of_two_products(self):
        q = times(12345, G)
        got = p256.finish(p256.multiply_two(678, 91011, q))
        self.assertEqual(got, base(678 + 91011 * 12345))
        self.assertEqual(p256.finish(p256.multiply_two(0, 3, G)), base(3))
        self.assertEqual(p256.finish(p256.multiply_two(1, 1, G)), base(2))

    def test_a_sum_that_vanishes_is_none(self):
        self.assertIsNone(p256.finish(p256.multiply_two(5, p256.N - 5, G)))
        self.assertIsNone(p256.add((G[0], p256.P - G[1], 1), *G))
        self.assertIsNone(p256.double(None))

    def test_adding_a_point_to_itself_doubles(self):
        self.assertEqual(p256.affine(p256.add((G[0], G[1], 1), *G)), base(2))


class CodingTest(unittest.TestCase):
    def test_points_survive_a_round_trip(self):
        self.assertEqual(p256.encode_point(p256.decode_point(ECDH_PEER)), ECDH_PEER)

    def test_points_off_the_curve_are_refused(self):
        for i in (1, 33, 64):
            broken = bytearray(ECDH_PEER)
            broken[i] ^= 1
            with self.assertRaises(ValueError):
                p256.decode_point(broken)

    def test_other_forms_are_refused(self):
        compressed = b"\x02" + ECDH_PEER[1:33]
        field_size = b"\x04" + p256.P.to_bytes(32, "big") + ECDH_PEER[33:]
        for data in (b"", b"\x00", compressed, ECDH_PEER[:64], ECDH_PEER + b"\x00", field_size):
            with self.assertRaises(ValueError):
                p256.decode_point(data)


class FieldTest(unittest.TestCase):
    def test_inverse(self):
        for a in (1, 2, 3, p256.P - 1, ECDH_KEY, ECDH_KEY**2):
            self.assertEqual(p256.inverse(a, p256.P) * a % p256.P, 1)
            self.assertEqual(p256.inverse(a, p256.N) * a % p256.N, 1)

    def test_zero_has_no_inverse(self):
        with self.assertRaises(ValueError):
            p256.inverse(p256.N, p256.N)

    def test_random_scalars_are_in_range(self):
        self.assertEqual(p256.random_scalar(lambda n: b"\x00" * n), 1)
        for byte in range(256):
            scalar = p256.random_scalar(lambda n, byte=byte: bytes((byte,)) * n)
            self.assertTrue(0 < scalar < p256.N)


if __name__ == "__main__":
    unittest.main()
