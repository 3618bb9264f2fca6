"""Hypothesis on RTP, RTCP, SRTP, HTTP answers and a whole peer: nothing raises, all is bounded."""
# MIT License; see LICENSE

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from webrtc import http, rtcp, srtp
from webrtc.identity import Identity
from webrtc.peer import PeerConnection
from webrtc.receiver import Receiver
from webrtc.rtp import RtpReader, RtpWriter
from webrtc.srtcp import SrtcpReceiver, SrtcpSender
from webrtc.stats import StreamStats

KEY, SALT, SSRC = bytes(range(16)), bytes(range(14)), b"\x01\x02\x03\x04"
IDENTITY = Identity.generate(random.Random(1).randbytes)
QUICK = settings(max_examples=200, deadline=None)

# Arbitrary bytes seldom have version 2: half of the packets begin as RTP does.
packets = st.binary(max_size=400) | st.builds(
    lambda first, rest: bytes([0x80 | first]) + rest, st.integers(0, 63), st.binary(max_size=400)
)
words = st.binary(min_size=4, max_size=4)


@QUICK
@given(packets, st.integers(0, 14))
def test_any_header_is_refused_or_lies_within_the_packet(data, level_id):
    reader = RtpReader(level_id)
    if reader.parse(data, len(data)):
        assert 12 <= reader.start <= reader.end <= len(data)
        assert 0 <= reader.timestamp < 1 << 30
        assert reader.level_dbov is None or -127 <= reader.level_dbov <= 0


@QUICK
@given(
    st.integers(0, 0xFFFF),
    words,
    st.integers(0, 127),
    st.integers(0, 14),
    st.lists(st.tuples(st.integers(0, 5760), st.integers(-127, 0), st.booleans()), max_size=8),
)
def test_what_is_written_is_read(sequence, timestamp, payload_type, level_id, frames):
    packet = memoryview(bytearray(40))
    writer = RtpWriter(packet, SSRC, payload_type, level_id, sequence, timestamp)
    reader = RtpReader(level_id)
    time = int.from_bytes(timestamp, "big")
    for number, (samples, level, voice) in enumerate(frames):
        writer.next(samples, level, voice)
        assert reader.parse(packet, 40)
        assert reader.sequence == (sequence + number) & 0xFFFF
        assert reader.timestamp == time & 0x3FFFFFFF
        assert reader.payload_type == payload_type
        assert (reader.start, reader.end) == (writer.payload_at, 40)
        assert reader.level_dbov == (level if level_id else None)
        time += samples


@QUICK
@given(packets)
def test_any_compound_is_refused_or_understood(data):
    reports = rtcp.parse(data, SSRC)
    assert reports is None or len(reports.reporter) == 4


@QUICK
@given(words, words, st.integers(0, 1 << 40), st.lists(st.integers(0, 0xFFFF), max_size=20))
def test_a_report_comes_back(ssrc, reporter, now_ms, numbers):
    stats = StreamStats(8000)
    for number in [7, *numbers]:
        stats.count(number, number * 160 & 0x3FFFFFFF, now_ms)
    block = rtcp.report_block(ssrc, stats, 1, 2)
    data = rtcp.sender_report(reporter, now_ms, b"time", len(numbers), now_ms, block)
    reports = rtcp.parse(data + rtcp.sdes(reporter, b"name") + rtcp.bye(reporter), ssrc)
    assert reports.reporter == reporter
    assert reports.sender_time == rtcp.ntp_middle(now_ms)
    fraction, lost, highest, jitter, last_sr, delay = reports.block
    assert (lost, last_sr, delay) == (stats.lost, 1, 2)
    assert highest == stats.cycles << 16 | stats.highest
    assert 0 <= fraction <= 255
    assert jitter == stats.jitter
    assert reports.bye == {reporter}


@QUICK
@given(st.lists(packets, max_size=10))
def test_no_packet_without_the_key_is_admitted(several):
    receiver = srtp.SrtpReceiver(KEY, SALT, 300)
    control = SrtcpReceiver(KEY, SALT)
    for data in several:
        assert receiver.unprotect(receiver.load(data)) == 0
        assert control.unprotect(data) is None
    assert receiver.rejected == control.rejected == len(several)


@QUICK
@given(
    st.lists(st.tuples(st.integers(0, 70000), st.binary(max_size=60)), max_size=40),
    st.randoms(use_true_random=False),
)
def test_each_packet_of_a_stream_is_admitted_at_most_once(items, order):
    sender = srtp.SrtpSender(KEY, SALT, 100)
    wires = {}
    number = 0
    for step, payload in items:
        number += step % 100 + 1
        data = b"\x80\x00" + (number & 0xFFFF).to_bytes(2, "big") + bytes(4) + SSRC + payload
        sender.packet[: len(data)] = data
        wires[bytes(sender.protect(len(data)))] = data
    arrivals = list(wires) * 2
    order.shuffle(arrivals)
    receiver = srtp.SrtpReceiver(KEY, SALT, 110)
    admitted = []
    for wire in arrivals:
        length = receiver.unprotect(receiver.load(wire))
        if length:
            admitted.append(wire)
            assert bytes(receiver.packet[:length]) == wires[wire]
    assert len(admitted) == len(set(admitted))


@QUICK
@given(st.binary(min_size=8, max_size=200), st.integers(0, 40), st.integers(1, 255))
def test_a_control_packet_comes_back_and_a_changed_one_does_not(body, at, change):
    data = b"\x80\xc9" + body
    wire = SrtcpSender(KEY, SALT).protect(data)
    receiver = SrtcpReceiver(KEY, SALT)
    bad = bytearray(wire)
    bad[at % len(bad)] ^= change
    assert receiver.unprotect(bad) is None
    assert receiver.unprotect(wire) == data
    assert receiver.unprotect(wire) is None


@QUICK
@given(st.lists(packets, max_size=10))
def test_a_receiver_survives_authentic_nonsense(several):
    receiver = Receiver(400)
    receiver.codec = (0, "PCMU", 8000)
    receiver.open(KEY, SALT, 1)
    sender = srtp.SrtpSender(KEY, SALT, 400)
    for now_ms, data in enumerate(several):
        sender.packet[: len(data)] = data
        wire = sender.protect(len(data))
        if wire is not None:
            receiver.receive(bytes(wire), now_ms)
    assert receiver.octets <= sum(len(data) for data in several)


@QUICK
@given(st.binary(max_size=300), st.booleans())
def test_any_http_answer_is_understood_or_an_http_error(data, ended):
    for head in (
        b"",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 201 C\r\nTransfer-Encoding: chunked\r\n\r\n",
    ):
        try:
            response = http.parse(head + data, ended)
        except http.HttpError:
            continue
        assert response is None or len(response.body) <= len(data)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.binary(max_size=300), st.integers(0, 3000)), max_size=10), st.booleans()
)
def test_a_peer_survives_any_datagram(datagrams, negotiated):
    address = ("127.0.0.1", 4000)
    peer, other = (PeerConnection(IDENTITY, local_candidates=[address]) for _ in range(2))
    if negotiated:
        offer = peer.create_offer()
        peer.set_local_description("offer", offer)
        other.set_remote_description("offer", offer)
        answer = other.create_answer()
        other.set_local_description("answer", answer)
        peer.set_remote_description("answer", answer)
    now_ms = 0
    for data, wait_ms in datagrams:
        now_ms += wait_ms
        peer.receive(data, address, now_ms)
        peer.tick(now_ms)
    assert peer.connection_state in ("new", "connecting")
    peer.close(now_ms)
    assert peer.connection_state == "closed"


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2000), st.binary(max_size=12), st.integers(0, 40))
def test_a_damaged_description_is_taken_or_refused_by_value_error(at, noise, cut):
    peer, other = (PeerConnection(IDENTITY) for _ in range(2))
    offer = peer.create_offer()
    at %= len(offer)
    text = offer[:at] + noise.decode("latin-1") + offer[at + cut :]
    try:
        other.set_remote_description("offer", text)
        other.set_local_description("answer", other.create_answer())
    except ValueError:
        assert other.connection_state == "new"
