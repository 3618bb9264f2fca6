"""Streams of all modes, and of changes between them, decode as by libopus on 64 and 32 bits."""
# MIT License; see LICENSE

from array import array

import pytest
import streams
from roomtone_host import libopus

SILK = {"mode": libopus.SILK, "bandwidth": libopus.WIDEBAND, "bitrate": 24000}
HYBRID = {"mode": libopus.HYBRID, "bandwidth": libopus.FULLBAND, "bitrate": 32000}
HYBRID_SUPER = {"mode": libopus.HYBRID, "bandwidth": libopus.SUPERWIDEBAND, "bitrate": 28000}
CELT = {"mode": libopus.CELT, "bandwidth": libopus.FULLBAND, "bitrate": 48000}
REDUNDANT = {"fec": 1, "loss": 20}

# Every change of mode there is, some of them with a change of bandwidth.
CHANGES = {
    15: {"mode": libopus.SILK, "bandwidth": libopus.WIDEBAND},
    30: {"mode": libopus.CELT, "bandwidth": libopus.WIDEBAND},
    45: {"mode": libopus.SILK, "bandwidth": libopus.NARROWBAND},
    60: {"mode": libopus.CELT, "bandwidth": libopus.FULLBAND},
    75: {"mode": libopus.HYBRID, "bandwidth": libopus.FULLBAND},
    85: {"mode": libopus.SILK, "bandwidth": libopus.WIDEBAND},
    95: {"mode": libopus.HYBRID, "bandwidth": libopus.SUPERWIDEBAND},
}

# settings, channels sent, ms a packet, rate and channels heard, further arguments of play(), and
# the decibels by which the difference from libopus' fixed-point sound must lie below the sound;
# None where the two differ by intent: CELT at rates below 48 kHz is computed at other instants,
# and CELT's concealment is our own.
CASES = {
    "silk": (SILK, 1, 20, 16000, 1, {}, 190),
    "hybrid": (HYBRID, 1, 20, 48000, 1, {}, 72),
    "hybrid-10ms": (HYBRID_SUPER, 1, 10, 48000, 1, {}, 72),
    "hybrid-stereo": (HYBRID | {"bitrate": 64000}, 2, 20, 48000, 2, {}, 72),
    "hybrid-stereo-to-mono": (HYBRID | {"bitrate": 64000}, 2, 20, 16000, 1, {}, 72),
    "hybrid-at-16k": (HYBRID, 1, 20, 16000, 1, {}, 72),
    "hybrid-at-24k": (HYBRID, 1, 20, 24000, 1, {}, None),
    "hybrid-loss": (HYBRID, 1, 20, 16000, 1, {"loss": 0.2}, 72),
    "hybrid-redundant": (
        HYBRID | REDUNDANT,
        1,
        20,
        16000,
        1,
        {"loss": 0.2, "redundancy": True},
        72,
    ),
    "changes": (CELT | {"changes": CHANGES}, 1, 20, 48000, 1, {}, 65),
    "changes-10ms": (CELT | {"changes": CHANGES}, 1, 10, 48000, 1, {}, 65),
    "changes-stereo": (CELT | {"bitrate": 64000, "changes": CHANGES}, 2, 20, 48000, 2, {}, 65),
    "changes-at-16k": (CELT | {"changes": CHANGES}, 1, 20, 16000, 1, {}, None),
    "changes-loss": (CELT | {"changes": CHANGES}, 1, 20, 16000, 1, {"loss": 0.2}, None),
    "changes-redundant": (
        CELT | REDUNDANT | {"changes": CHANGES},
        1,
        20,
        16000,
        1,
        {"loss": 0.2, "redundancy": True},
        None,
    ),
}


def make(name):
    settings, channels, ms, rate_hz, heard, playing, _ = CASES[name]
    sound = streams.speech(48000, 2.2)
    if channels == 2:
        sound = streams.stereo(sound)
    packets = streams.encode(sound, 48000, channels, ms, **settings)
    return streams.play(packets, ms, rate_hz, heard, **playing)


def compare(stream, frames, decibels):
    assert len(frames) == len(stream.expected)
    ours, theirs = array("h"), array("h")
    for number, (frame, expected) in enumerate(zip(frames, stream.expected, strict=True)):
        assert len(frame[0]) == len(expected[0]), f"length of record {number}"
        assert expected[1] in (None, frame[1]), f"final range of record {number}"
        ours.extend(frame[0])
        theirs.extend(expected[0])
    if decibels:
        assert streams.decibels(theirs, ours) > decibels


@pytest.mark.parametrize("name", CASES)
def test_final_range_and_sound_equal_those_of_libopus(name, tmp_path):
    stream = make(name)
    wide = streams.run(streams.UNIX_64, "run_decoder.py", stream, tmp_path)
    compare(stream, wide, CASES[name][-1])
    assert wide == streams.run(streams.UNIX_32, "run_decoder.py", stream, tmp_path)


@pytest.mark.parametrize(("settings", "channels"), [(SILK, 1), (SILK | REDUNDANT, 2), (HYBRID, 1)])
def test_losses_of_any_length_and_before_any_packet(settings, channels, tmp_path):
    sound = streams.speech(48000, 1)
    if channels == 2:
        sound = streams.stereo(sound)
    packets = streams.encode(sound, 48000, channels, 20, **settings)
    stream = streams.Stream(16000, channels)
    stream.add(streams.LOSS, b"", 20)
    stream.add(streams.REDUNDANT, packets[20], 20)
    stream.add(streams.REDUNDANT, packets[25], 60)
    stream.add(streams.LOSS, b"", 35)
    for packet in packets[20:25]:
        stream.add(streams.PACKET, packet, 20)
    for ms in (2.5, 7.5, 12.5, 5, 120):
        stream.add(streams.LOSS, b"", ms)
    stream.add(streams.REDUNDANT, packets[33], 30)
    for packet in packets[33:40]:
        stream.add(streams.PACKET, packet, 20)
    for binary in (streams.UNIX_64, streams.UNIX_32):
        compare(stream, streams.run(binary, "run_decoder.py", stream, tmp_path), 75)


# ms a packet, loss, copies for what was lost
CONDITIONS = ((20, 0, False), (10, 0, False), (20, 0.3, False), (20, 0.3, True), (10, 0.3, False))


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize(("rate_hz", "condition"), [*((16000, c) for c in CONDITIONS), (8000, 0)])
def test_nothing_is_missed_of_hybrid_frames_where_their_treble_is_not_decoded(
    rate_hz, condition, channels, tmp_path
):
    ms, loss, redundancy = condition or CONDITIONS[0]
    sound = streams.speech(48000, 2.2)
    if channels == 2:
        sound = streams.stereo(sound)
    settings = CELT | {"bitrate": 64000, "changes": CHANGES} | REDUNDANT
    packets = streams.encode(sound, 48000, channels, ms, **settings)
    stream = streams.play(packets, ms, rate_hz, channels, loss=loss, redundancy=redundancy)
    part = streams.run(streams.UNIX_32, "run_decoder.py", stream, tmp_path)
    whole = streams.run(streams.UNIX_32, "run_decoder.py", stream, tmp_path, "0", "whole")
    assert [sound for sound, _ in part] == [sound for sound, _ in whole]
