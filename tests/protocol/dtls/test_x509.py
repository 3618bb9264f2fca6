"""Certificates and identities: made, stored, read; RSA and ECDSA peers; hostile DER."""
# MIT License; see LICENSE

import unittest
from hashlib import sha256

import dtls_fixtures as fixtures
from webrtc import der, ecdsa, rsa, x509
from webrtc.identity import Identity
from webrtc.p256 import finish, multiply_base

DIGEST = sha256(fixtures.MESSAGE).digest()


def random(n):
    return bytes((i * 71 + n) & 0xFF for i in range(n))


class ParseTest(unittest.TestCase):
    def test_ec_certificate(self):
        kind, point = x509.public_key(fixtures.EC_CERTIFICATE)
        self.assertEqual(kind, x509.EC)
        self.assertTrue(finish(ecdsa.verify(point, DIGEST, fixtures.EC_SIGNATURE)))

    def test_rsa_certificate_with_both_paddings(self):
        kind, key = x509.public_key(fixtures.RSA_CERTIFICATE)
        self.assertEqual(kind, x509.RSA)
        self.assertTrue(finish(rsa.verify_pkcs1(*key, DIGEST, fixtures.RSA_PKCS1)))
        self.assertTrue(finish(rsa.verify_pss(*key, DIGEST, fixtures.RSA_PSS)))

    def test_rsa_signatures_are_not_interchangeable(self):
        _, key = x509.public_key(fixtures.RSA_CERTIFICATE)
        self.assertFalse(finish(rsa.verify_pkcs1(*key, DIGEST, fixtures.RSA_PSS)))
        self.assertFalse(finish(rsa.verify_pss(*key, DIGEST, fixtures.RSA_PKCS1)))
        self.assertFalse(finish(rsa.verify_pss(*key, DIGEST, fixtures.RSA_PSS_SALT_20)))
        self.assertFalse(finish(rsa.verify_pss(*key, bytes(32), fixtures.RSA_PSS)))
        self.assertFalse(finish(rsa.verify_pkcs1(*key, bytes(32), fixtures.RSA_PKCS1)))
        self.assertFalse(finish(rsa.verify_pkcs1(*key, DIGEST, fixtures.RSA_PKCS1[1:])))
        self.assertFalse(finish(rsa.verify_pss(*key, DIGEST, b"\xff" * 256)))

    def test_other_curves_are_refused(self):
        with self.assertRaises(ValueError):
            x509.public_key(fixtures.P384_CERTIFICATE)

    def test_weak_or_extravagant_rsa_keys_are_refused(self):
        good = (1 << 2047) + 1
        rsa.check_key(good, 65537)
        for modulus, exponent in (
            (good >> 1, 65537),
            (good - 1, 65537),
            ((1 << 4096) + 1, 65537),
            (good, 1),
            (good, 65536),
            (good, (1 << 64) + 1),
        ):
            with self.assertRaises(ValueError):
                rsa.check_key(modulus, exponent)

    def test_cut_certificates_are_refused(self):
        for certificate in (fixtures.EC_CERTIFICATE, fixtures.RSA_CERTIFICATE):
            for n in range(0, len(certificate), 7):
                with self.assertRaises(ValueError):
                    x509.public_key(certificate[:n])

    def test_changed_certificates_parse_or_are_refused(self):
        for i in range(len(fixtures.EC_CERTIFICATE)):
            hostile = bytearray(fixtures.EC_CERTIFICATE)
            hostile[i] ^= 0x85
            try:
                x509.public_key(hostile)
            except ValueError:
                continue


class DerTest(unittest.TestCase):
    def test_integers_are_minimal_and_come_back(self):
        for value in (0, 1, 0x7F, 0x80, 0xFF, 0x100, 2**255, 2**256 - 1):
            encoded = der.integer(value)
            self.assertEqual(der.Reader(encoded).integer(), value)
        self.assertEqual(der.integer(0x80), b"\x02\x02\x00\x80")

    def test_lengths_of_all_forms_come_back(self):
        for n in (0, 127, 128, 255, 256, 5000):
            content = bytes(n)
            self.assertEqual(der.Reader(der.element(4, content)).content(4), content)

    def test_loose_encodings_are_refused(self):
        for data in (
            b"\x02\x00",
            b"\x02\x01\x80",
            b"\x02\x02\x00\x01",
            b"\x02\x81\x01\x01",
            b"\x02\x82\x00\x01\x01",
            b"\x02\x80\x01\x00\x00",
            b"\x02\x83\x00\x00\x01\x01",
            b"\x02",
            b"\x02\x82\x01",
        ):
            with self.assertRaises(ValueError):
                der.Reader(data).integer()


class IdentityTest(unittest.TestCase):
    def setUp(self):
        self.identity = Identity.generate(random)

    def test_certificate_carries_the_public_key_and_its_own_signature(self):
        certificate = self.identity.certificate
        kind, point = x509.public_key(certificate)
        self.assertEqual(kind, x509.EC)
        self.assertEqual(point, finish(multiply_base(self.identity.private_key, random)))
        outer = der.Reader(certificate).enter(der.SEQUENCE)
        start, end = outer.next(der.SEQUENCE)
        outer.next(der.SEQUENCE)
        signature = outer.bits()
        outer.end()
        # The signed part begins at its own header: 3 bytes before its content.
        digest = sha256(certificate[start - 3 : end]).digest()
        self.assertTrue(finish(ecdsa.verify(point, digest, signature)))

    def test_fingerprint_is_that_of_sdp(self):
        text = self.identity.fingerprint
        self.assertEqual(len(text), 95)
        self.assertEqual(text, text.upper())
        plain = bytes(int(part, 16) for part in text.split(":"))
        self.assertEqual(plain, sha256(self.identity.certificate).digest())

    def test_survives_storage(self):
        copy = Identity.from_bytes(self.identity.to_bytes())
        self.assertEqual(copy.private_key, self.identity.private_key)
        self.assertEqual(copy.certificate, self.identity.certificate)
        self.assertEqual(copy.fingerprint, self.identity.fingerprint)

    def test_damaged_storage_is_refused(self):
        stored = self.identity.to_bytes()
        for i in range(0, len(stored), 5):
            damaged = bytearray(stored)
            damaged[i] ^= 1
            with self.assertRaises(ValueError):
                Identity.from_bytes(damaged)
        for n in (0, 5, 13, 45, len(stored) - 1):
            with self.assertRaises(ValueError):
                Identity.from_bytes(stored[:n])

    def test_wrong_parts_are_refused(self):
        for key, certificate in (
            (0, fixtures.EC_CERTIFICATE),
            (1 << 256, fixtures.EC_CERTIFICATE),
            (1, fixtures.RSA_CERTIFICATE),
            (1, b""),
        ):
            with self.assertRaises(ValueError):
                Identity(key, certificate)


if __name__ == "__main__":
    unittest.main()
