"""Packets of Opus that the server passes on as they are, and what it says of their loss."""
# MIT License; see LICENSE

import dataclasses
from dataclasses import dataclass, field

import numpy as np
import pytest
from aiortc import rtp as wire
from roomtone_host.server import codecs, rtp
from roomtone_host.server.codecs import create
from roomtone_host.server.inbound import Inbound
from roomtone_host.server.mixer import Hearing, Mixer
from roomtone_host.server.outbound import Outbound
from roomtone_host.server.rtcp import Reports

FRAME_S = 0.02


@dataclass
class Person:
    """A participant as the mixer sees it, and the packets that it got."""

    participant_id: str
    codec: str = "OPUS"
    audible: bool = True
    hearing: Hearing = field(default_factory=Hearing)
    got: list = field(default_factory=list)

    def __post_init__(self):
        rate_hz = 48000 if self.codec == "OPUS" else 8000
        self.inbound = Inbound(self.codec, rate_hz)
        self.outbound = Outbound(
            self.codec, rate_hz, 96, 3, lambda data: self.got.append(rtp.parse(data, 3))
        )
        self.encoder = create(self.codec)
        self.silence = np.zeros(rate_hz // 50, np.int16)
        self.step = len(self.silence)

    def packet(self, number, timestamp=None):
        """Packet `number` of a stream that began long ago."""
        timestamp = 0xFFFF0000 + number * self.step if timestamp is None else timestamp
        payload = self.encoder.encode(self.silence + 1000)
        return rtp.RtpPacket(111, 65500 + number & 0xFFFF, timestamp & 0xFFFFFFFF, 7, payload, -30)


class Meeting:
    """People around a mixer, on a clock of ticks."""

    def __init__(self, *people):
        self.people = people
        self.mixer = Mixer(lambda: list(self.people), lambda tick, levels: None)
        self.tick = 0

    def say(self, person, number):
        packet = person.packet(number)
        person.inbound.push(packet, self.tick * FRAME_S)
        self.mixer.pass_on(person, packet)
        return packet

    def step(self):
        self.tick += 1
        self.mixer._tick = self.tick
        self.mixer.step(self.tick * FRAME_S)


async def test_what_is_passed_on_keeps_payload_gaps_and_times_under_our_numbers():
    ada, bob = Person("ada"), Person("bob")
    meeting = Meeting(ada, bob)
    meeting.step()
    sent = []
    for number in range(40):
        if number % 7:
            sent.append(meeting.say(ada, number))
        meeting.step()
    assert [packet.payload for packet in bob.got] == [packet.payload for packet in sent]
    assert not ada.got and {packet.level_dbov for packet in bob.got} == {-30}
    for got, said in zip(bob.got, sent, strict=True):
        assert (got.sequence - bob.got[0].sequence - said.sequence + sent[0].sequence) % 65536 == 0
        assert (got.timestamp - bob.got[0].timestamp - said.timestamp + sent[0].timestamp) % (
            1 << 32
        ) == 0
        assert (got.ssrc, got.payload_type) == (bob.outbound.ssrc, 96)


async def test_a_third_voice_turns_it_into_a_mix_and_back_without_a_jump():
    ada, bob, eve = Person("ada"), Person("bob"), Person("eve", "PCMU", audible=False)
    meeting = Meeting(ada, bob, eve)
    meeting.step()
    for number in range(90):
        eve.audible = 30 <= number < 60
        meeting.say(ada, number)
        meeting.say(eve, number)
        meeting.step()
    sequences = [packet.sequence for packet in bob.got]
    assert all((b - a) % 65536 == 1 for a, b in zip(sequences, sequences[1:], strict=False))
    times = [packet.timestamp for packet in bob.got]
    steps = [(b - a) % (1 << 32) for a, b in zip(times, times[1:], strict=False)]
    assert set(steps) <= {960, 1920} and steps.count(1920) <= 2
    assert [packet.marker for packet in bob.got].count(True) == 3
    assert len(bob.got) >= 88


async def test_no_number_is_used_twice_when_packets_come_late_at_a_change():
    ada, bob, eve = Person("ada"), Person("bob"), Person("eve", "PCMU", audible=False)
    meeting = Meeting(ada, bob, eve)
    meeting.step()
    for number in range(60):
        eve.audible = 20 <= number < 40
        # Each packet of an odd number comes behind the next.
        meeting.say(ada, number - 1 + 2 * (number % 2))
        meeting.say(eve, number)
        meeting.step()
    sequences = [packet.sequence for packet in bob.got]
    assert len(sequences) == len(set(sequences))
    assert len(sequences) >= 54 and sequences != sorted(sequences)


@pytest.mark.parametrize(
    ("packet", "fits"),
    [
        (b"\x78" + bytes(100), True),  # hybrid, 20 ms
        (b"\x98" + bytes(100), True),  # CELT, 20 ms
        (b"\x78" + bytes(320), False),
        (b"\x91" + bytes(100), True),  # CELT, twice 10 ms
        (b"\x90" + bytes(100), False),
        (b"\x7b\x03" + bytes(100), False),  # hybrid, three times 20 ms
        (b"\x18" + bytes(100), False),  # SILK, 60 ms
        (b"\x7b", False),
        (b"", False),
    ],
)
async def test_what_boards_do_not_take_is_mixed_for_all(packet, fits):
    assert codecs.fits_boards(packet) == fits
    ada, bob = Person("ada"), Person("bob")
    meeting = Meeting(ada, bob)
    ada.inbound.count(dataclasses.replace(ada.packet(0), payload=packet), 0.0)
    meeting.step()
    assert bob.outbound.source == ("ada" if fits else None)


async def test_passing_on_goes_on_over_many_roll_overs():
    ada, bob = Person("ada"), Person("bob")
    meeting = Meeting(ada, bob)
    meeting.step()
    packet = ada.packet(0)
    for number in range(0, 200_000, 400):
        bob.outbound.pass_on(dataclasses.replace(packet, sequence=number & 0xFFFF), -30)
    sequences = [packet.sequence for packet in bob.got]
    assert len(sequences) == 500
    assert {(b - a) % 65536 for a, b in zip(sequences, sequences[1:], strict=False)} == {400}


@pytest.mark.parametrize(
    ("listener", "speaker", "hearing", "passed"),
    [
        ("OPUS", "OPUS", Hearing(False, "ada"), True),
        ("PCMU", "OPUS", Hearing(), False),
        ("OPUS", "PCMU", Hearing(), False),
        ("PCMU", "PCMU", Hearing(), False),
        ("OPUS", "OPUS", Hearing(False), False),
        ("OPUS", "OPUS", Hearing(False, "nobody"), False),
    ],
)
async def test_only_opus_to_opus_and_only_one_is_passed_on(listener, speaker, hearing, passed):
    ada, bob = Person("ada", speaker), Person("bob", listener, hearing=hearing)
    meeting = Meeting(ada, bob)
    meeting.step()
    assert bob.outbound.source == ("ada" if passed else None)
    said = meeting.say(ada, 1)
    assert [packet.payload for packet in bob.got] == ([said.payload] if passed else [])


async def test_who_is_muted_is_not_passed_on():
    ada, bob = Person("ada", audible=False), Person("bob", hearing=Hearing(False, "ada"))
    meeting = Meeting(ada, bob)
    meeting.step()
    meeting.say(ada, 1)
    assert not bob.got


async def test_a_speaker_is_told_the_loss_of_who_gets_its_packets():
    ada, bob = Person("ada"), Person("bob")
    meeting = Meeting(ada, bob)
    meeting.step()
    at_ada = Reports(ada.inbound, ada.outbound, "server")
    at_bob = Reports(bob.inbound, bob.outbound, "server")
    report = wire.RtcpReceiverInfo(bob.outbound.ssrc, 51, 9, 0, 0, 0, 0)
    at_bob.receive(bytes(wire.RtcpRrPacket(1, [report])))
    meeting.say(ada, 1)
    at_ada.heard(7)
    packets = wire.RtcpPacket.parse(at_ada.build())
    assert packets[0].reports[0].fraction_lost == 51
