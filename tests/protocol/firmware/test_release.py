"""The text of a release: fields, files, and what it may not say; signatures by another library."""
# MIT License; see LICENSE

import asyncio
import hashlib
import os
import time
import unittest
from binascii import b2a_base64, hexlify

import release
from release import Release, ReleaseError
from webrtc import ecdsa, p256

_DIGEST = "ab" * 32
_HEAD = "roomtone-release-1 04 00\n"
_BODY = "board lamp\narch any\nversion 1.2\nnumber 1795247995\nfile " + _DIGEST + " 12 app.mpy\n"


class TestRelease(unittest.TestCase):
    def setUp(self):
        self._path = f"test-release-{time.ticks_us()}.tmp"

    def tearDown(self):
        if self._path in os.listdir():
            os.remove(self._path)

    def _release(self, text):
        with open(self._path, "w") as file:
            file.write(text)
        return Release(self._path)

    def _code(self, call, *arguments):
        with self.assertRaises(ReleaseError) as caught:
            call(*arguments)
        return caught.exception.code

    def test_fields_and_files(self):
        found = self._release(_HEAD + _BODY + f"file {_DIGEST} 7 lib/webrtc/dtls/io.mpy\n")
        self.assertEqual((found.board, found.arch, found.version), ("lamp", "any", "1.2"))
        self.assertEqual((found.number, found.size), (1795247995, 19))
        self.assertEqual(
            list(found.files()),
            [(_DIGEST, 12, "app.mpy"), (_DIGEST, 7, "lib/webrtc/dtls/io.mpy")],
        )

    def test_lines_that_are_not_known_are_for_newer_boards(self):
        self.assertEqual(self._release(_HEAD + "colour green\n" + _BODY).number, 1795247995)

    def test_what_is_broken(self):
        for text in (
            "", _HEAD, _HEAD + _BODY[:-1], _BODY, _HEAD + _BODY.replace("number 1", "number x1"),
            _HEAD + _BODY.replace("board lamp\n", ""), _HEAD + _BODY.replace(" 12 ", " -1 "),
            _HEAD + _BODY.replace(" 12 ", " 9999999 "),
            _HEAD + _BODY.replace("ab" * 32, "ab" * 31),
            _HEAD + _BODY.replace("ab" * 32, "zz" * 32), _HEAD + _BODY + "file x\n",
            _HEAD + _BODY + f"file {_DIGEST} 12 app.mpy\n", _HEAD + "\n" + _BODY,
            _HEAD + _BODY.replace("number 1795247995", "number 0"),
        ):  # fmt: skip
            self.assertEqual(self._code(self._release, text), "damaged", text)

    def test_where_a_release_may_write(self):
        for path in ("app.mpy", "lib/a/b_c-1.py", "board.json", "lib/boot.mpy", "files.json"):
            self.assertTrue(release.is_safe(path), path)
        for path in (
            "", "/app.py", "../app.py", "lib/../x.py", "lib//x.py", ".x", "lib/.x", "-x", "a b",
            "boot.py", "boot.mpy", "main.py", "switch.mpy", "trial.py", "safemode.mpy", "refused",
            "settings.json", "identity.bin", "crash.log", "release.txt", "next/x",
            "previous/commit", "x" * 97, "a\\b", "\u00e9.py", "next", "previous",
        ):  # fmt: skip
            self.assertFalse(release.is_safe(path), path)

    def test_for_whom_and_how_new(self):
        found = self._release(_HEAD + _BODY)
        found.check_fit("lamp", 1795247995, 0)
        self.assertEqual(self._code(found.check_fit, "desk", 0, 0), "wrong-board")
        self.assertEqual(self._code(found.check_fit, "lamp", 1795247996, 0), "older")
        self.assertEqual(self._code(found.check_fit, "lamp", 0, 1795247995), "refused")
        found.arch = "another"
        self.assertEqual(self._code(found.check_fit, "lamp", 0, 0), "wrong-board")

    def test_signatures(self):
        private = 0x1234567890ABCDEF
        point = p256.finish(p256.multiply_base(private, os.urandom))
        key = p256.encode_point(point)
        pin = hexlify(hashlib.sha256(key).digest()).decode()

        def signed(body, key=key):
            digest = hashlib.sha256(body.encode()).digest()
            signature = p256.finish(ecdsa.sign_now(private, digest, os.urandom))
            text = b2a_base64(signature).strip().decode()
            return f"roomtone-release-1 {hexlify(key).decode()} {text}\n"

        self._release(signed(_BODY) + _BODY)
        asyncio.run(release.verify(self._path, pin))
        asyncio.run(release.verify(self._path, pin.upper()))
        other = bytes((4,)) + bytes(64)
        for head, body, pinned in (
            (signed(_BODY), _BODY, "00" * 32),
            (signed(_BODY), _BODY.replace("lamp", "desk"), pin),
            (signed(_BODY).replace(" 04", " 05"), _BODY, pin),
            ("roomtone-release-2" + signed(_BODY)[18:], _BODY, pin),
            ("", _BODY, pin),
            ("roomtone-release-1 zz zz\n", _BODY, pin),
            (signed(_BODY, other), _BODY, hexlify(hashlib.sha256(other).digest()).decode()),
        ):
            with open(self._path, "w") as file:
                file.write(head + body)
            with self.assertRaises(ReleaseError) as caught:
                asyncio.run(release.verify(self._path, pinned))
            self.assertEqual(caught.exception.code, "not-signed")


if __name__ == "__main__":
    unittest.main()
