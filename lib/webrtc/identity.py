"""The long-lived identity of a WebRTC endpoint: a P-256 key and its self-signed certificate."""
# MIT License; see LICENSE

from hashlib import sha256

from micropython import const

_FORMAT = b"RTid\x01"
_KEY_SIZE = const(32)
_CHECK_SIZE = const(8)
_MAX_CERTIFICATE = const(1024)  # with it, a flight of the handshake still fits two datagrams


class Identity:
    """A private key with the certificate that carries its public half.

    Made once, when the device is provisioned, and kept. On a chip, make it while the radio is
    on: only then is the hardware's random generator truly random.
    """

    def __init__(self, private_key, certificate_der):
        """private_key: scalar 1 to N - 1. certificate_der: bytes. Raises ValueError."""
        from . import x509  # late, here and below: an identity stays, its arithmetic does not
        from .p256 import N

        if not 0 < private_key < N:
            raise ValueError("private key is out of range")
        if len(certificate_der) > _MAX_CERTIFICATE:
            raise ValueError("certificate is longer than 1024 bytes")
        if x509.public_key(certificate_der)[0] != x509.EC:
            raise ValueError("certificate must have a P-256 key")
        self.private_key = private_key
        self.certificate = certificate_der
        self.fingerprint = x509.fingerprint(certificate_der)

    @classmethod
    def generate(cls, urandom):
        """Return a new identity. Takes about 0.3 s on a chip; see generate_steps()."""
        from .p256 import finish

        return finish(cls.generate_steps(urandom))

    @classmethod
    def generate_steps(cls, urandom):
        """Generator: return a new identity, in slices of about 10 ms on a chip."""
        from . import x509
        from .p256 import multiply_base, random_scalar

        private_key = random_scalar(urandom)
        public_key = yield from multiply_base(private_key, urandom)
        certificate = yield from x509.make(private_key, public_key, urandom)
        return cls(private_key, certificate)

    def to_bytes(self):
        """Return the identity for safe-keeping: about 330 bytes, secret, not encrypted."""
        body = _FORMAT + self.private_key.to_bytes(_KEY_SIZE, "big") + self.certificate
        return body + sha256(body).digest()[:_CHECK_SIZE]

    @classmethod
    def from_bytes(cls, data):
        """Return the identity that to_bytes() gave. Raises ValueError when it is damaged."""
        body = bytes(data[:-_CHECK_SIZE])
        if body[: len(_FORMAT)] != _FORMAT:
            raise ValueError("not a stored identity")
        if sha256(body).digest()[:_CHECK_SIZE] != bytes(data[-_CHECK_SIZE:]):
            raise ValueError("stored identity is damaged")
        at = len(_FORMAT) + _KEY_SIZE
        return cls(int.from_bytes(body[len(_FORMAT) : at], "big"), body[at:])
