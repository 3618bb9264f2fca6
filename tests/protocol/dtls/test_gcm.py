"""AES-128-GCM: test cases 1 to 4 of its specification, forgeries, odd lengths."""
# MIT License; see LICENSE

import unittest
from binascii import unhexlify

from webrtc.gcm import Gcm

KEY = unhexlify("feffe9928665731c6d6a8f9467308308")
NONCE = unhexlify("cafebabefacedbaddecaf888")
PLAIN = unhexlify(
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255"
)
CIPHER = unhexlify(
    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
    "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985"
)
AAD = unhexlify("feedfacedeadbeeffeedfacedeadbeefabaddad2")
ZERO = b"\x00" * 16
# key, nonce, plaintext, additional data, ciphertext, tag
VECTORS = (
    (ZERO, ZERO[:12], b"", b"", b"", unhexlify("58e2fccefa7e3061367f1d57a4e7455a")),
    (
        ZERO,
        ZERO[:12],
        ZERO,
        b"",
        unhexlify("0388dace60b6a392f328c2b971b2fe78"),
        unhexlify("ab6e47d42cec13bdf53a67b21257bddf"),
    ),
    (KEY, NONCE, PLAIN, b"", CIPHER, unhexlify("4d5c2af327cd64a62cf35abd2ba6fab4")),
    (KEY, NONCE, PLAIN[:60], AAD, CIPHER[:60], unhexlify("5bc94fbc3221a5db94fae95ae7121a47")),
)


class GcmTest(unittest.TestCase):
    def test_published_cases_seal_and_open(self):
        for key, nonce, plain, aad, cipher, tag in VECTORS:
            gcm = Gcm(key)
            self.assertEqual(gcm.seal(nonce, plain, aad), cipher + tag)
            self.assertEqual(gcm.open(nonce, cipher + tag, aad), plain)

    def test_views_do_as_well_as_bytes(self):
        sealed = Gcm(KEY).seal(NONCE, memoryview(PLAIN), memoryview(AAD))
        self.assertEqual(Gcm(KEY).open(NONCE, memoryview(sealed), AAD), PLAIN)

    def test_every_length_survives(self):
        gcm = Gcm(KEY)
        for n in range(50):
            self.assertEqual(gcm.open(NONCE, gcm.seal(NONCE, PLAIN[:n], AAD), AAD), PLAIN[:n])

    def test_any_change_is_refused(self):
        gcm = Gcm(KEY)
        sealed = gcm.seal(NONCE, PLAIN[:24], AAD)
        for i in range(len(sealed)):
            forged = bytearray(sealed)
            forged[i] ^= 0x10
            self.assertIsNone(gcm.open(NONCE, forged, AAD))
        self.assertIsNone(gcm.open(NONCE, sealed, AAD[:-1]))
        self.assertIsNone(gcm.open(NONCE[:11] + b"\x00", sealed, AAD))

    def test_what_is_shorter_than_a_tag_is_refused(self):
        for n in range(16):
            self.assertIsNone(Gcm(KEY).open(NONCE, ZERO[:n], b""))


if __name__ == "__main__":
    unittest.main()
