"""STUN and ICE under arbitrary and mutated datagrams: nothing raised, nothing believed."""
# MIT License; see LICENSE

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from webrtc import stun
from webrtc.ice import IceAgent

LIMITS = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
KINDS = st.sampled_from([stun.REQUEST, stun.SUCCESS, stun.ERROR, stun.INDICATION])
TRANSACTIONS = st.binary(min_size=12, max_size=12)
NAMES = st.one_of(
    st.integers(0, 0xFFFF).filter(lambda name: name not in (0x0008, 0x8028)),
    st.sampled_from([stun.USERNAME, stun.PRIORITY, stun.ERROR_CODE, stun.XOR_MAPPED_ADDRESS]),
)
ATTRIBUTES = st.lists(st.tuples(NAMES, st.binary(max_size=24)), max_size=12)
PEER = ("10.0.0.2", 4002)


def read_everything(message: stun.Message) -> None:
    assert len(message.transaction) == 12
    assert message.username is None or isinstance(message.username, str)
    assert 0 <= message.priority <= 0xFFFFFFFF
    assert message.error_code == 0 or 300 <= message.error_code <= 699
    assert message.mapped_address is None or len(message.mapped_address) == 2
    message.unknown()


@given(st.binary(max_size=200))
@LIMITS
def test_arbitrary_bytes_parse_or_do_not(data):
    message = stun.parse(data)
    if message is not None:
        read_everything(message)


@given(KINDS, TRANSACTIONS, ATTRIBUTES, st.binary(min_size=1, max_size=70))
@LIMITS
def test_what_is_built_is_parsed(kind, transaction, attributes, key):
    message = stun.parse(stun.build(kind, transaction, attributes, key))
    assert (message.kind, message.transaction) == (kind, transaction)
    first = {}
    for name, value in attributes:
        first.setdefault(name, value)
    assert message.attributes == first
    assert message.verify(key)
    assert not message.verify(key + b"!")
    read_everything(message)


@given(KINDS, ATTRIBUTES, st.integers(0, 4000), st.integers(1, 255))
@LIMITS
def test_a_changed_byte_before_the_tag_is_never_believed(kind, attributes, where, change):
    data = bytearray(stun.build(kind, b"t" * 12, attributes, b"key"))
    where %= len(data) - 28 - 4  # before MESSAGE-INTEGRITY, and not its own type and length
    data[where] ^= change
    message = stun.parse(bytes(data))
    assert message is None or not message.verify(b"key")


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=120),
            st.tuples(KINDS, TRANSACTIONS, ATTRIBUTES, st.booleans()),
        ),
        max_size=20,
    ),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2**32),
)
@LIMITS
def test_agent_survives_any_sequence_with_and_without_the_password(
    datagrams, controlling, lite, seed
):
    agent = IceAgent(controlling, random.Random(seed).randbytes, [("10.0.0.1", 1)], lite=lite)
    agent.set_remote("peer", "p" * 22)
    now_ms = 0
    for datagram in datagrams:
        if isinstance(datagram, tuple):
            kind, transaction, attributes, knows = datagram
            username = (agent.local_ufrag + ":peer").encode()
            key = agent.local_pwd.encode() if knows else b"guess"
            attributes = [(stun.USERNAME, username), *attributes]
            datagram = stun.build(kind, transaction, attributes, key)
        agent.receive(datagram, PEER, now_ms)
        if agent.deadline_ms is not None and agent.deadline_ms <= now_ms:
            agent.tick(now_ms)
        now_ms += 40
        assert len(agent.outbox) <= 64
        for data, _ in agent.outbox:
            assert stun.parse(data) is not None
        agent.outbox.clear()
    assert agent.state in ("checking", "connected")
    if agent.state == "connected":  # only a lite agent gets there without an answer to its check
        assert lite
