"""DTLS and its parsers against arbitrary bytes: dropped or refused, never another exception."""
# MIT License; see LICENSE

import sys
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "protocol" / "dtls"))

from dtls_fixtures import EC_CERTIFICATE, RSA_CERTIFICATE  # noqa: E402
from dtls_pair import CLIENT, SERVER, Link, Pair, Random  # noqa: E402
from webrtc import der, ecdsa, x509  # noqa: E402
from webrtc.dtls import Dtls, hello, messages, wire  # noqa: E402
from webrtc.dtls.fragments import Reassembler, cut, header  # noqa: E402
from webrtc.dtls.record import split  # noqa: E402
from webrtc.gcm import Gcm  # noqa: E402
from webrtc.identity import Identity  # noqa: E402
from webrtc.p256 import finish  # noqa: E402

few = settings(max_examples=60, deadline=None)
many = settings(max_examples=300, deadline=None)

POINT = x509.public_key(EC_CERTIFICATE)[1]
PARSERS = (
    hello.hello_verify_cookie,
    hello.parse_server_hello,
    hello.ClientHello,
    lambda body: messages.peer_key(body, bytes(32)),
    messages.parse_server_key_exchange,
    messages.parse_certificate_verify,
    messages.check_certificate_request,
    messages.parse_client_key_exchange,
)


def changed(data: bytes):
    """A strategy: the data with a few bytes changed, and perhaps cut."""
    places = st.lists(st.tuples(st.integers(0, len(data) - 1), st.integers(1, 255)), max_size=4)
    return st.builds(_change, st.just(data), places, st.integers(0, len(data)), st.booleans())


def _change(data: bytes, places, end: int, is_cut: bool) -> bytes:
    result = bytearray(data)
    for index, mask in places:
        result[index] ^= mask
    return bytes(result[:end] if is_cut else result)


@many
@given(st.binary(max_size=200), st.sampled_from(PARSERS))
def test_message_parsers_refuse_garbage(body, parser):
    with suppress(ValueError, wire.Refused):
        parser(body)


HELLO = hello.client_hello(bytes(32), b"cookie")
SERVER_HELLO = hello.ClientHello(HELLO).answer(bytes(32))


@many
@given(changed(HELLO), changed(SERVER_HELLO))
def test_changed_hellos_are_parsed_or_refused(ours, theirs):
    for parser, body in ((hello.ClientHello, ours), (hello.parse_server_hello, theirs)):
        with suppress(ValueError, wire.Refused):
            parser(body)


@many
@given(st.one_of(st.binary(max_size=100), changed(EC_CERTIFICATE), changed(RSA_CERTIFICATE)))
def test_certificates_parse_or_are_refused(data):
    try:
        kind, _ = x509.public_key(data)
    except ValueError:
        return
    assert kind in (x509.EC, x509.RSA)


@few
@given(st.binary(max_size=80))
def test_random_signatures_are_false(signature):
    assert finish(ecdsa.verify(POINT, bytes(32), signature)) is False


@many
@given(st.integers(0, 2**256 - 1))
def test_der_integers_come_back(value):
    reader = der.Reader(der.integer(value))
    assert reader.integer() == value
    reader.end()


@many
@given(st.binary(max_size=400))
def test_stored_identities_are_checked(data):
    try:
        Identity.from_bytes(data)
    except ValueError:
        return
    raise AssertionError("accepted")


@many
@given(st.binary(max_size=100))
def test_records_lie_within_their_datagram(datagram):
    records = split(datagram)
    assert sum(13 + len(body) for _, _, _, body in records) <= len(datagram)


@many
@given(st.lists(st.binary(max_size=60), max_size=12))
def test_reassembler_survives_garbage(records):
    reassembler = Reassembler()
    for record in records:
        reassembler.add(record)
        while reassembler.pop():
            pass


@many
@given(st.binary(max_size=300), st.integers(13, 60), st.randoms(use_true_random=False))
def test_fragments_in_any_order_make_the_message(body, limit, random):
    message = header(11, 0, len(body)) + body
    pieces = cut(message, limit) * 2
    random.shuffle(pieces)
    reassembler = Reassembler()
    for piece in pieces:
        assert len(piece) <= limit or len(message) <= limit
        good, seen = reassembler.add(piece)
        assert good and seen == [0]
    # More than 16 gaps at once may be dropped; twice every piece fills all but the worst orders.
    message = reassembler.pop()
    assert message is None or message == (11, 0, body)
    if len(pieces) <= 32:
        assert message is not None


@few
@given(st.binary(min_size=16, max_size=16), st.binary(max_size=70), st.binary(max_size=40))
def test_gcm_agrees_with_another_implementation(key, plaintext, aad):
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = bytes(range(12))
    sealed = Gcm(key).seal(nonce, plaintext, aad)
    assert sealed == AESGCM(key).encrypt(nonce, plaintext, aad)
    assert Gcm(key).open(nonce, sealed, aad) == plaintext


def settle(end: Dtls) -> None:
    """Compute until the endpoint waits."""
    for _ in range(2000):
        if not end.busy:
            return
        end.step()
    raise AssertionError("never settles")


@few
@given(st.sampled_from(("client", "server")), st.lists(st.binary(max_size=120), max_size=8))
def test_endpoints_survive_garbage(role, datagrams):
    end = Dtls(role, CLIENT, SERVER.fingerprint, Random(1).bytes)
    end.start(0)
    settle(end)
    for i, data in enumerate(datagrams):
        end.receive(data, i)
        settle(end)
        end.tick(i)
    assert end.state == "connecting"


class ChangingLink(Link):
    """Changes one byte of one datagram."""

    def __init__(self, number: int, index: int, mask: int) -> None:
        super().__init__()
        self.target = (number, index, mask)

    def send(self, data: bytes, now_ms: int) -> None:
        number, index, mask = self.target
        if len(self.sent) == number:
            data = bytearray(data)
            data[index % len(data)] ^= mask
        super().send(bytes(data), now_ms)


changes = st.builds(ChangingLink, st.integers(0, 3), st.integers(0, 1200), st.integers(1, 255))


@few
@given(changes, changes)
def test_one_changed_byte_never_gives_different_keys(up, down):
    pair = Pair(0, up, down)
    pair.run(40000)
    both = pair.client.state == pair.server.state == "connected"
    assert not both or pair.connected()
    for end in (pair.client, pair.server):
        assert end.state in ("connecting", "connected", "failed", "closed")
        assert (end.error is not None) == (end.state == "failed")
