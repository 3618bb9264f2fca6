"""URLs, HTTP heads, the WebSocket upgrade, and certificate pins."""
# MIT License; see LICENSE

import unittest

from roomtone import RoomError, httpcore, upgrade
from roomtone.httpcore import Head, HttpError
from roomtone.trust import Trust
from roomtone.url import Url, quote

_KEY = b"dGhlIHNhbXBsZSBub25jZQ=="


def _head(text):
    head = Head()
    head.take(text.replace("\n", "\r\n").encode())
    return head


class TestUrl(unittest.TestCase):
    def test_parts(self):
        for text, secure, host, port, path in (
            ("http://192.168.1.10:8080", False, "192.168.1.10", 8080, "/"),
            ("https://room.example.org", True, "room.example.org", 443, "/"),
            ("ws://my_board.local/a/b?x=1#y", False, "my_board.local", 80, "/a/b?x=1"),
            ("wss://host?x=1", True, "host", 443, "/?x=1"),
            ("HTTP://[::1]:8080/x", False, "::1", 8080, "/x"),
        ):
            url = Url(text)
            self.assertEqual(
                (url.secure, url.host, url.port, url.path), (secure, host, port, path)
            )

    def test_authority_brackets_ipv6(self):
        self.assertEqual(Url("http://[::1]").authority, "[::1]:80")

    def test_join_keeps_a_base_path(self):
        self.assertEqual(Url("http://h/base/?q").join("/v1"), "/base/v1")

    def test_what_is_no_url_says_so(self):
        for text in (
            "", "kitchen", "ftp://h", "http://", "http://:80", "http://h:0", "http://h:65536",
            "http://h:x", "http://[::1", "http://[::1]x", "http://a@b", "http://h/a b",
            "http://h/\r\nX: y",
        ):  # fmt: skip
            with self.assertRaises(ValueError):
                Url(text)

    def test_quote(self):
        self.assertEqual(quote("k3fz-9q/..?ä"), "k3fz-9q%2F..%3F%C3%A4")


class TestHead(unittest.TestCase):
    def test_head_and_what_follows(self):
        head = _head("HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\nA: 1\na: 2\n\n")
        head_with_rest = Head()
        head_with_rest.take(b"HTTP/1.1 200 OK\r\nX:y\r\n\r\nbody")
        self.assertEqual(head.status, 101)
        self.assertEqual(head.headers, {"upgrade": "websocket", "a": "1, 2"})
        self.assertEqual(head_with_rest.rest, b"body")

    def test_every_cut(self):
        text = b"HTTP/1.1 204 No Content\r\nA: b\r\n\r\n"
        for cut in range(len(text)):
            head = Head()
            head.take(text[:cut])
            self.assertFalse(head.complete)
            head.take(text[cut:])
            self.assertTrue(head.complete)

    def test_what_is_not_http_is_refused(self):
        for text in (
            "SSH-2.0-x\n\n", "HTTP/2 200\n\n", "HTTP/1.1 abc\n\n", "HTTP/1.1\n\n",
            "HTTP/1.1 200 OK\nno colon\n\n", "HTTP/1.1 200 OK\n folded: x\n\n",
        ):  # fmt: skip
            with self.assertRaises(HttpError):
                _head(text)

    def test_endless_head_is_refused(self):
        with self.assertRaises(HttpError):
            Head().take(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 5000)

    def test_header_can_not_be_smuggled(self):
        url = Url("http://h")
        with self.assertRaises(ValueError):
            httpcore.request("GET", url, "/", [("Authorization", "Bearer x\r\nEvil: 1")])


class TestUpgrade(unittest.TestCase):
    def _upgrade(self, **changes):
        headers = {
            "upgrade": "websocket",
            "connection": "keep-alive, Upgrade",
            "sec-websocket-accept": upgrade.accept_of(_KEY).decode(),
            "sec-websocket-protocol": "roomtone.v1",
        }
        head = Head()
        head.status = changes.pop("status", 101)
        for name in changes:
            headers[name.replace("_", "-")] = changes[name]
        head.headers = headers
        upgrade.check_upgrade(head, _KEY, "roomtone.v1")

    def _reason(self, **changes):
        with self.assertRaises(RoomError) as caught:
            self._upgrade(**changes)
        return caught.exception.code, caught.exception.retriable

    def test_accept_of_the_rfc(self):
        self.assertEqual(upgrade.accept_of(_KEY), b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")

    def test_good_answer(self):
        self._upgrade()
        self._upgrade(upgrade="WebSocket", connection="upgrade")

    def test_wrong_answers_are_protocol_errors(self):
        wrong = ("protocol-error", False)
        self.assertEqual(self._reason(sec_websocket_accept="AAAA"), wrong)
        self.assertEqual(self._reason(sec_websocket_protocol="other"), wrong)
        self.assertEqual(self._reason(sec_websocket_extensions="permessage-deflate"), wrong)
        self.assertEqual(self._reason(upgrade="h2c"), wrong)
        self.assertEqual(self._reason(connection="close"), wrong)
        self.assertEqual(self._reason(status=200), wrong)

    def test_statuses_have_reasons(self):
        self.assertEqual(self._reason(status=401), ("token-invalid", False))
        self.assertEqual(self._reason(status=403), ("forbidden", False))
        self.assertEqual(self._reason(status=404), ("room-not-found", False))
        self.assertEqual(self._reason(status=503), ("server-unreachable", True))


class TestTrust(unittest.TestCase):
    # SHA-256 of "abc", FIPS 180-2 appendix B.1.
    _PIN = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

    def _look(self, pin, *certificates):
        verifier = Trust(None, pin).verifier()
        for depth in range(len(certificates)):
            self.assertEqual(verifier.look(memoryview(certificates[depth]), depth), 0)
        verifier.check()

    def test_pin_fits_the_first_certificate(self):
        self._look(self._PIN, b"abc", b"issuer")
        self._look(":".join([self._PIN[at : at + 2].upper() for at in range(0, 64, 2)]), b"abc")

    def test_pin_that_differs_is_a_mismatch(self):
        for certificates in ((b"abd",), (b"",), (), (b"other", b"abc")):
            with self.assertRaises(RoomError) as caught:
                self._look(self._PIN, *certificates)
            self.assertEqual(caught.exception.code, "certificate-mismatch")

    def test_broken_pin_is_told_at_once(self):
        for pin in ("ba78", "zz" * 32, self._PIN + "00"):
            with self.assertRaises(ValueError):
                Trust(None, pin)

    def test_nothing_to_verify_with_is_no_trust(self):
        try:
            import tls  # noqa: F401
        except ImportError:
            return  # CPython has no such module; the other runtimes run this
        with self.assertRaises(RoomError) as caught:
            Trust().context(Trust().verifier())
        self.assertEqual(caught.exception.code, "certificate-mismatch")


if __name__ == "__main__":
    unittest.main()
