"""Whom TLS trusts: pins and CA certificates as people paste them."""
# MIT License; see LICENSE

import hashlib
import unittest
from binascii import b2a_base64, hexlify

from roomtone.errors import Refused
from roomtone.trust import Trust, certificates

DER = b"\x30\x82" + bytes(range(200))
OTHER = b"\x30\x81" + bytes(150)


def pem(der, newline=b"\n"):
    text = b2a_base64(der).strip()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    body = newline.join(lines)
    return newline.join((b"-----BEGIN CERTIFICATE-----", body, b"-----END CERTIFICATE-----", b""))


class Certificates(unittest.TestCase):
    def test_der_is_itself(self):
        self.assertEqual(certificates(DER), [DER])

    def test_pem_of_one_and_of_several_with_what_people_write_between(self):
        self.assertEqual(certificates(pem(DER)), [DER])
        self.assertEqual(certificates(pem(DER, b"\r\n")), [DER])
        bundle = b"# ours\n" + pem(DER) + b"\n# theirs\n" + pem(OTHER)
        self.assertEqual(certificates(bundle), [DER, OTHER])

    def test_anything_else_is_an_error(self):
        broken = pem(DER).replace(b"-----END", b"-----NO")
        for data in (b"", b"hello", broken, pem(DER).replace(b"MIIA", b"*IIA")[:60]):
            with self.assertRaises(ValueError):
                certificates(data)


class Pins(unittest.TestCase):
    def pin(self, separator=""):
        digits = hexlify(hashlib.sha256(DER).digest()).decode()
        return separator.join([digits[at : at + 2] for at in range(0, 64, 2)])

    def test_the_pinned_certificate_passes_however_it_is_written(self):
        for pin in (self.pin(), self.pin(":"), self.pin(" "), self.pin(":").upper()):
            verifier = Trust(certificate_sha256=pin).verifier()
            verifier.look(DER, 0)
            verifier.check()
            self.assertTrue(verifier.seen)

    def test_another_does_not(self):
        verifier = Trust(certificate_sha256=self.pin()).verifier()
        verifier.look(OTHER, 0)
        with self.assertRaises(Refused) as caught:
            verifier.check()
        self.assertEqual(caught.exception.code, "certificate-mismatch")

    def test_an_issuer_is_not_the_server(self):
        verifier = Trust(certificate_sha256=self.pin()).verifier()
        verifier.look(DER, 1)
        self.assertFalse(verifier.seen)
        verifier.look(OTHER, 0)
        with self.assertRaises(Refused):
            verifier.check()

    def test_a_broken_pin_is_told_at_once(self):
        for pin in ("abc", "zz" * 32, "00" * 31, "00" * 33):
            with self.assertRaises(ValueError):
                Trust(certificate_sha256=pin)


if __name__ == "__main__":
    unittest.main()
