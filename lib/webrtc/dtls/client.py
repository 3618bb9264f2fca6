"""The client's side of the handshake (RFC 5246 section 7.3, RFC 6347 section 4.2)."""
# MIT License; see LICENSE

from hashlib import sha256

from micropython import const

from ..p256 import encode_point
from . import hello, messages, wire

# Early, because a hello that was lost, or came before the server was ready, would cost a second.
_HELLO_INTERVAL_MS = const(80)
_INTERVAL_MS = const(1000)


def run(h):
    """Generator: do the handshake h. Yields as handshake.py says; raises Refused or ValueError."""
    client_random = h.urandom(32)
    server_random = yield from _hellos(h, client_random)
    key = messages.peer_key((yield from h.expect(wire.CERTIFICATE)), h.fingerprint)
    exchange = yield from h.expect(wire.SERVER_KEY_EXCHANGE)
    parameters, point, scheme, signature = messages.parse_server_key_exchange(exchange)
    kind, body = yield from h.receive(wire.CERTIFICATE_REQUEST, wire.SERVER_HELLO_DONE)
    asked = kind == wire.CERTIFICATE_REQUEST
    if asked:
        messages.check_certificate_request(body)
        yield from h.expect(wire.SERVER_HELLO_DONE)
    digest = sha256(client_random + server_random + parameters).digest()
    yield from messages.check_signature(key, scheme, digest, signature)

    scalar, public = yield from h.key_pair()
    if asked:
        h.send(wire.CERTIFICATE, messages.certificate(h.identity.certificate))
    h.send(wire.CLIENT_KEY_EXCHANGE, messages.client_key_exchange(encode_point(public)))
    session_hash = h.transcript.take()
    yield from h.derive(True, scalar, point, session_hash, (client_random, server_random))
    if asked:
        signature = yield from h.sign(session_hash)
        h.send(wire.CERTIFICATE_VERIFY, messages.signed(signature))
    h.send_finished(True, h.transcript.take())
    yield
    h.flush(_INTERVAL_MS)

    digest = h.transcript.take()
    h.check_finished(False, digest, (yield from h.expect(wire.FINISHED)))


def _hellos(h, random):
    # -> the server's random, after at most one HelloVerifyRequest.
    h.send(wire.CLIENT_HELLO, hello.client_hello(random, b""))
    h.flush(_HELLO_INTERVAL_MS)
    kind, body = yield from h.receive(wire.HELLO_VERIFY_REQUEST, wire.SERVER_HELLO)
    if kind == wire.HELLO_VERIFY_REQUEST:
        h.transcript.restart()
        h.send(wire.CLIENT_HELLO, hello.client_hello(random, hello.hello_verify_cookie(body)))
        h.flush(_HELLO_INTERVAL_MS)
        body = yield from h.expect(wire.SERVER_HELLO)
    return hello.parse_server_hello(body)
