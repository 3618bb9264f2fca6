"""Whom a TLS connection trusts: a CA's certificate, or one certificate pinned by its SHA-256."""
# MIT License; see LICENSE

import hashlib
from binascii import a2b_base64, hexlify, unhexlify

from .errors import Refused

_BEGIN = b"-----BEGIN CERTIFICATE-----"
_END = b"-----END CERTIFICATE-----"


class Trust:
    """What a server has to show. One of `ca` and `certificate_sha256` is needed for https.

    `ca` is bytes, one certificate as DER or some as PEM; `certificate_sha256` is 64 hex digits of
    the server's own DER certificate, with or without colons. Raises ValueError for a broken pin.
    """

    def __init__(self, ca=None, certificate_sha256=None):
        self._ca = ca
        self._pin = _pin(certificate_sha256) if certificate_sha256 else None

    def context(self, verifier):
        """A client `tls.SSLContext` that shows the server's certificate to `verifier`.

        Raises Refused when nothing is there to verify with.
        """
        import tls

        if self._ca is None and self._pin is None:
            raise Refused("certificate-mismatch", "https needs a CA certificate or a pin.")
        context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
        context.verify_callback = verifier.look
        if self._pin is not None:
            # A self-signed certificate has no chain: the pin is what is required of it. With
            # CERT_NONE the callback would not be called.
            context.verify_mode = tls.CERT_OPTIONAL
            return context
        context.verify_mode = tls.CERT_REQUIRED
        try:
            for der in certificates(self._ca):
                context.load_verify_locations(der)
        except (ValueError, OSError):
            raise Refused("certificate-mismatch", "The CA certificate can't be read.") from None
        return context

    def verifier(self):
        """What looks at the certificate of one connection."""
        return Verifier(self._pin)


class Verifier:
    """Sees the certificate while TLS is being set up; `seen` tells that it has come.

    mbedTLS proves the server's key in the same handshake, and sends nothing of ours before.
    """

    def __init__(self, pin):
        self.seen = False
        self._pin = pin
        self._found = b""

    def look(self, certificate, depth):
        """Called by mbedTLS for each certificate, the server's own at depth 0."""
        if depth == 0:
            self.seen = True
            self._found = hashlib.sha256(certificate).digest()
        return 0  # what mbedTLS found wrong with it stays wrong

    def check(self):
        """Compare with the pin. Raises Refused when it differs."""
        if self._pin is not None and self._found != self._pin:
            found = hexlify(self._found).decode()
            raise Refused(
                "certificate-mismatch",
                f"The server's certificate is {found}, not the pinned one.",
            )


def certificates(data):
    """The DER certificates in `data`: itself, or what its PEM holds. Raises ValueError.

    Here and not left to mbedTLS: a chip's is often built without PEM.
    """
    if data[:1] == b"\x30":
        return [data]
    found = []
    for part in data.split(_BEGIN)[1:]:
        body, end, _ = part.partition(_END)
        if not end:
            raise ValueError("a certificate has no end")
        found.append(a2b_base64(body.replace(b"\r", b"").replace(b"\n", b"")))
    if not found:
        raise ValueError("no certificate in it")
    return found


def _pin(text):
    digits = text.replace(":", "").replace(" ", "")
    try:
        pin = unhexlify(digits)
    except ValueError:
        pin = b""
    if len(pin) != 32:
        raise ValueError("certificate_sha256 must be 64 hexadecimal digits")
    return pin
