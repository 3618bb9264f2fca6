"""The server against docs/signaling.md: the shared examples, hostile offers and messages."""
# MIT License; see LICENSE

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from roomtone_host.server import ice, messages, reasons
from roomtone_host.server.offer import Local, answer, parse_offer
from roomtone_host.server.reasons import Refusal

_ROOT = Path(__file__).parents[2]
EXAMPLES = json.loads((_ROOT / "tests/signaling/examples.json").read_text())
OFFER = EXAMPLES["client"][0]["sdp"]
_LOCAL = Local(
    "abcd", "p" * 22, ":".join(["AA"] * 32), "passive", ["1 1 udp 1 127.0.0.1 9"], 7, "x"
)


def shape(message):
    return {key for key in message if key != "about"}


SHAPES = {}
for example in EXAMPLES["server"]:
    SHAPES.setdefault(example["type"], shape(example))


def test_the_document_names_every_reason_and_message():
    text = (_ROOT / "docs/signaling.md").read_text()
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (yes|no) \|", text, re.MULTILINE))
    assert {code: word == "yes" for code, word in rows.items()} == EXAMPLES["reasons"]
    assert reasons.codes().items() <= EXAMPLES["reasons"].items()
    for example in EXAMPLES["client"] + EXAMPLES["server"]:
        assert f"`{example['type']}`" in text, example["type"]


async def test_the_server_takes_every_example_of_a_client(server, client):
    ada, bob = client(server, "Ada"), client(server, "Bob")
    await ada.join(participant_id="p-17aa3c01")
    for number, example in enumerate(EXAMPLES["client"]):
        if example["type"] == "join":
            messages.Join(example)
            parse_offer(example["sdp"])
            continue
        if bob.close_code is not None or not bob.id:
            bob = client(server, "Bob")
            await bob.join()
        if ada.close_code is not None:
            ada = client(server, "Ada")
            await ada.join(participant_id="p-17aa3c01")
        await bob.send(example)
        if example["type"] in ("leave", "end"):
            await bob.wait_closed()
            await ada.close()
            ada.close_code = 1000
            continue
        await bob.send({"type": "ping", "id": f"n{number}"})
        await bob.wait(lambda m, n=f"n{number}": m["type"] == "pong" and m["id"] == n)
        assert not [m for m in bob.messages if m["type"] == "error"], example
        if example["type"] == "remove":
            await ada.wait_closed()


async def test_what_the_server_says_has_the_shape_of_its_examples(server, client):
    ada, bob = client(server, "Ada"), client(server, "Bob", 1000)
    said = []
    first = await ada.join(want=["levels"])
    said.append(first)
    await bob.join()
    for kind in ("stream-muted", "stream-unmuted", "stream-stopped", "stream-started"):
        await bob.send({"type": kind, "kind": "audio"})
    await bob.send({"type": "presenter", "active": True})
    await bob.send({"type": "message", "topic": "t", "data": None})
    await bob.send({"type": "mute-requested", "participant_id": ada.id})
    await bob.send({"type": "dance"})
    for kind in ("stream-started", "presenter", "message", "mute-requested", "levels"):
        said.append(await ada.wait(kind))
    said.append(await ada.wait("active-speaker"))
    await bob.send({"type": "remove", "participant_id": ada.id})
    await ada.wait_closed()
    said.append(await bob.wait("participant-left"))
    await bob.send({"type": "end"})
    await bob.wait_closed()
    said += ada.messages + bob.messages
    for message in said:
        assert shape(message) == SHAPES[message["type"]], message
    assert {m["type"] for m in said} | {"pong", "ping"} >= set(SHAPES) - {"removed"}


def test_an_answer_takes_audio_and_rejects_the_rest():
    lines = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\n"
    lines += "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\n"
    offer = parse_offer(OFFER + lines)
    text = answer(offer, _LOCAL)
    assert [line.split()[1] for line in text.splitlines() if line.startswith("m=")] == [
        "9",
        "0",
        "0",
    ]
    assert "a=group:BUNDLE 0\r\n" in text and "a=mid:v\r\n" in text
    assert offer.level_extension == 1 and offer.codec.name == "PCMU"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("SAVPF 0 8", "SAVPF 8 0", None),
        ("a=rtcp-mux\r\n", "", "bad-request"),
        ("a=ice-pwd", "a=no-pwd", "bad-request"),
        ("a=ice-ufrag:4Zcd", "a=ice-ufrag:<x>", "bad-request"),
        ("fingerprint:sha-256", "fingerprint:sha-1", "bad-request"),
        ("a=setup:active", "a=setup:holdconn", "bad-request"),
        ("UDP/TLS/RTP/SAVPF", "RTP/AVP", "bad-request"),
        ("m=audio", "m=video", "bad-request"),
        ("v=0", "v=1", "bad-request"),
        ("SAVPF 0 8", "SAVPF 9 13", "no-codec"),
        ("a=extmap:1 ", "a=extmap:77 ", None),
        ("a=rtpmap:0 PCMU/8000", "a=rtpmap:x y", "bad-request"),
    ],
)
def test_an_offer_is_refused_with_the_offending_fact(old, new, code):
    assert old in OFFER
    if code is None:
        parse_offer(OFFER.replace(old, new))
        return
    with pytest.raises(Refusal) as caught:
        parse_offer(OFFER.replace(old, new))
    assert caught.value.code == code


def test_the_first_law_of_the_offer_is_taken_and_opus_before_it():
    assert parse_offer(OFFER.replace("SAVPF 0 8", "SAVPF 8 0")).codec.name == "PCMA"
    opus = OFFER.replace("SAVPF 0 8", "SAVPF 0 8 111") + "a=rtpmap:111 opus/48000/2\r\n"
    codec = parse_offer(opus).codec
    assert (codec.name, codec.payload_type, codec.rate_hz) == ("OPUS", 111, 48000)
    assert codec.playback_hz == 48000
    for fmtp, hz in (("minptime=10;maxplaybackrate=16000", 16000), ("maxplaybackrate=x", 48000)):
        assert parse_offer(opus + f"a=fmtp:111 {fmtp}\r\n").codec.playback_hz == hz


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_mutilated_offer_is_parsed_or_refused(data):
    text = OFFER
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 20))
        text = text[:at] + data.draw(st.text(max_size=6)) + text[at + cut :]
    try:
        answer(parse_offer(text), _LOCAL)
    except Refusal as refusal:
        assert refusal.code in ("bad-request", "no-codec")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
_FIELDS = st.sampled_from(["name", "kind", "sdp", "participant_id", "resume", "want", "codecs"])


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(_FIELDS, _JSON), st.text(max_size=40))
def test_hostile_joins_and_texts_are_refused_not_crashed_on(fields, text):
    for work in (
        lambda: messages.Join({"type": "join", **fields}),
        lambda: parse_offer(messages.Join({"type": "join", **fields}).sdp),
        lambda: messages.decode(text),
        lambda: messages.data_message({"type": "message", "topic": text, "data": fields}),
    ):
        try:
            work()
        except Refusal as refusal:
            assert refusal.text


async def test_only_loopback_candidates_are_used_on_loopback():
    connection = ice.IceConnection(["127.0.0.1"])
    await connection.add_remote_lines(
        [
            "1 1 udp 2130706431 192.0.2.5 5000 typ host",
            "2 1 udp 2130706431 0b5a.local 5000 typ host",
            "3 1 udp 2130706431 127.0.0.1 5000 typ host",
            "4 1 udp 2130706431 224.0.0.1 5000 typ host",
            "5 1 tcp 2130706431 127.0.0.1 9 typ host tcptype active",
            "broken",
            "6 1 udp x 127.0.0.1 99999999 typ",
        ]
    )
    assert [c.host for c in connection.remote_candidates] == ["127.0.0.1"]
    await connection.gather_candidates()
    assert {c.host for c in connection.local_candidates} == {"127.0.0.1"}
    await connection.close()
