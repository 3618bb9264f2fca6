"""TLS 1.2 key schedule: PRF (RFC 5246 section 5), EMS (RFC 7627), SRTP keys (RFC 5764)."""
# MIT License; see LICENSE

from hashlib import sha256

from micropython import const

from ..mac import hmac_sha256
from .fragments import header

_MASTER_SIZE = const(48)
_KEY_BLOCK_SIZE = const(40)  # two AES-128 keys, two 4-byte salts
_SRTP_SIZE = const(60)  # two AES-128 keys, two 14-byte salts
_VERIFY_SIZE = const(12)


def prf(secret, label, seed, size):
    """Return size bytes of P_SHA256(secret, label + seed)."""
    seed = label + seed
    a = seed
    out = b""
    while len(out) < size:
        a = hmac_sha256(secret, a)
        out += hmac_sha256(secret, a, seed)
    return out[:size]


def master_secret(pre_master, session_hash):
    """Return the extended master secret, 48 bytes."""
    return prf(pre_master, b"extended master secret", session_hash, _MASTER_SIZE)


def record_keys(master, client_random, server_random):
    """Return (client key, client salt, server key, server salt) of AES-128-GCM."""
    block = prf(master, b"key expansion", server_random + client_random, _KEY_BLOCK_SIZE)
    return block[:16], block[32:36], block[16:32], block[36:40]


def srtp_keys(master, client_random, server_random):
    """Return (client key, client salt, server key, server salt): 16, 14, 16 and 14 bytes."""
    block = prf(master, b"EXTRACTOR-dtls_srtp", client_random + server_random, _SRTP_SIZE)
    return block[:16], block[32:46], block[16:32], block[46:60]


def verify_data(master, is_client, digest):
    """Return the 12 bytes of the client's or the server's Finished."""
    label = b"client finished" if is_client else b"server finished"
    return prf(master, label, digest, _VERIFY_SIZE)


class Transcript:
    """The hash of all handshake messages, at the three moments at which it is asked for.

    Hash objects of the ESP32 port can't be copied, hence three that run side by side: up to
    ClientKeyExchange (session hash, and what CertificateVerify signs), up to CertificateVerify,
    up to the client's Finished. take() returns them in this order.
    """

    def __init__(self):
        self.restart()

    def restart(self):
        """Begin anew: a HelloVerifyRequest and the hello before it do not count (4.2.6)."""
        self._hashes = [sha256(), sha256(), sha256()]

    def add(self, kind, sequence, body):
        """Take in a message as if it had come in one fragment."""
        head = header(kind, sequence, len(body))
        for h in self._hashes:
            h.update(head)
            h.update(body)

    def take(self):
        """Return the next digest, 32 bytes."""
        return self._hashes.pop(0).digest()
