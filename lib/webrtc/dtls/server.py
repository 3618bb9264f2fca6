"""The server's side of the handshake (RFC 5246 section 7.3, RFC 6347 section 4.2)."""
# MIT License; see LICENSE

from hashlib import sha256

from micropython import const

from ..p256 import encode_point
from . import hello, messages, wire

_INTERVAL_MS = const(1000)


def run(h):
    """Generator: do the handshake h. Yields as handshake.py says; raises Refused or ValueError.

    No HelloVerifyRequest is sent: ICE has proved the peer's address before DTLS begins.
    """
    client_hello = hello.ClientHello((yield from h.expect(wire.CLIENT_HELLO)))
    server_random = h.urandom(32)
    randoms = (client_hello.random, server_random)
    scalar, public = yield from h.key_pair()
    parameters = messages.server_parameters(encode_point(public))
    digest = sha256(client_hello.random + server_random + parameters).digest()
    signature = yield from h.sign(digest)
    h.send(wire.SERVER_HELLO, client_hello.answer(server_random))
    h.send(wire.CERTIFICATE, messages.certificate(h.identity.certificate))
    h.send(wire.SERVER_KEY_EXCHANGE, parameters + messages.signed(signature))
    h.send(wire.CERTIFICATE_REQUEST, messages.certificate_request())
    h.send(wire.SERVER_HELLO_DONE, b"")
    h.flush(_INTERVAL_MS)

    key = messages.peer_key((yield from h.expect(wire.CERTIFICATE)), h.fingerprint)
    exchange = yield from h.expect(wire.CLIENT_KEY_EXCHANGE)
    session_hash = h.transcript.take()
    verify = yield from h.expect(wire.CERTIFICATE_VERIFY)
    client_digest = h.transcript.take()
    scheme, signature = messages.parse_certificate_verify(verify)
    yield from messages.check_signature(key, scheme, session_hash, signature)
    point = messages.parse_client_key_exchange(exchange)
    yield from h.derive(False, scalar, point, session_hash, randoms)

    h.check_finished(True, client_digest, (yield from h.expect(wire.FINISHED)))
    yield
    h.send_finished(False, h.transcript.take())
    yield
    h.flush(None)
