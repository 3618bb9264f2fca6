"""Whom a TLS connection trusts: a CA's certificate, or one certificate pinned by its SHA-256."""
# MIT License; see LICENSE

import hashlib
from binascii import hexlify, unhexlify

from .errors import Refused


class Trust:
    """What a server has to show. One of `ca` and `certificate_sha256` is needed for https.

    `ca` is a certificate as PEM or DER bytes; `certificate_sha256` is 64 hex digits of the
    server's own DER certificate, with or without colons. Raises ValueError for a broken pin.
    """

    def __init__(self, ca=None, certificate_sha256=None):
        self._ca = ca
        self._pin = _pin(certificate_sha256) if certificate_sha256 else None

    def context(self):
        """A client `tls.SSLContext`. Raises Refused when nothing is there to verify with."""
        import tls

        if self._ca is None and self._pin is None:
            raise Refused("certificate-mismatch", "https needs a CA certificate or a pin.")
        context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
        if self._pin is not None:
            # The pin is checked on the finished handshake, before a byte of ours is sent.
            context.verify_mode = tls.CERT_NONE
            return context
        context.verify_mode = tls.CERT_REQUIRED
        try:
            context.load_verify_locations(self._ca)
        except (ValueError, OSError):
            raise Refused("certificate-mismatch", "The CA certificate can't be read.") from None
        return context

    def check(self, certificate):
        """Compare the peer's DER certificate with the pin. Raises Refused when it differs."""
        if self._pin is None:
            return
        found = hashlib.sha256(certificate or b"").digest()
        if found != self._pin:
            raise Refused(
                "certificate-mismatch",
                f"The server's certificate is {hexlify(found).decode()}, not the pinned one.",
            )


def _pin(text):
    digits = text.replace(":", "").replace(" ", "")
    try:
        pin = unhexlify(digits)
    except ValueError:
        pin = b""
    if len(pin) != 32:
        raise ValueError("certificate_sha256 must be 64 hexadecimal digits")
    return pin
