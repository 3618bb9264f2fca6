"""SILK streams in all their forms decode to the very samples of libopus, on 64 and 32 bits."""
# MIT License; see LICENSE

import pytest
import streams
from roomtone_host import libopus

NARROW = {"mode": libopus.SILK, "bandwidth": libopus.NARROWBAND, "bitrate": 14000}
MEDIUM = {"mode": libopus.SILK, "bandwidth": libopus.MEDIUMBAND, "bitrate": 18000}
WIDE = {"mode": libopus.SILK, "bandwidth": libopus.WIDEBAND, "bitrate": 24000}

# Settings that change at the packet of that number.
FOLDING = {30: {"force_channels": 1}, 70: {"force_channels": 2}, 100: {"force_channels": 1}}

# settings, channels sent, ms a packet, rate and channels heard, further arguments of play()
CASES = {
    "wide": (WIDE, 1, 20, 16000, 1, {}),
    "medium": (MEDIUM, 1, 20, 16000, 1, {}),
    "narrow": (NARROW, 1, 20, 16000, 1, {}),
    "wide-10ms": (WIDE, 1, 10, 16000, 1, {}),
    "medium-10ms": (MEDIUM, 1, 10, 8000, 1, {}),
    "wide-40ms": (WIDE, 1, 40, 8000, 1, {}),
    "narrow-60ms": (NARROW, 1, 60, 8000, 1, {}),
    "wide-to-48k": (WIDE, 1, 20, 48000, 1, {}),
    "medium-to-24k": (MEDIUM, 1, 20, 24000, 1, {}),
    "narrow-to-48k": (NARROW, 1, 20, 48000, 1, {}),
    "low-rate": (WIDE | {"bitrate": 6000}, 1, 20, 16000, 1, {}),
    "high-rate": (WIDE | {"bitrate": 60000}, 1, 20, 16000, 1, {}),
    "silence-untransmitted": (WIDE | {"dtx": 1}, 1, 20, 16000, 1, {}),
    "stereo": (WIDE | {"bitrate": 36000}, 2, 20, 16000, 2, {}),
    "stereo-60ms": (NARROW | {"bitrate": 20000}, 2, 60, 48000, 2, {}),
    "stereo-to-mono": (WIDE | {"bitrate": 30000}, 2, 20, 16000, 1, {}),
    "mono-to-stereo": (MEDIUM, 1, 20, 16000, 2, {}),
    "stereo-on-and-off": (WIDE | {"bitrate": 36000, "changes": FOLDING}, 2, 20, 16000, 2, {}),
    "folding-to-mono": (WIDE | {"bitrate": 36000, "changes": FOLDING}, 2, 20, 16000, 1, {}),
    "loss": (WIDE, 1, 20, 16000, 1, {"loss": 0.2}),
    "loss-narrow": (NARROW, 1, 10, 16000, 1, {"loss": 0.3}),
    "loss-stereo": (WIDE, 2, 20, 16000, 2, {"loss": 0.2}),
    "redundant": (
        WIDE | {"fec": 1, "loss": 30},
        1,
        20,
        16000,
        1,
        {"loss": 0.3, "redundancy": True},
    ),
    "redundant-60ms": (
        WIDE | {"fec": 1, "loss": 30},
        1,
        60,
        16000,
        1,
        {"loss": 0.3, "redundancy": True},
    ),
    "redundant-stereo": (
        WIDE | {"fec": 1, "loss": 30, "bitrate": 40000},
        2,
        20,
        16000,
        2,
        {"loss": 0.3, "redundancy": True},
    ),
}


def make(name):
    settings, channels, ms, rate_hz, heard, playing = CASES[name]
    sound = streams.speech(16000, 3)
    if channels == 2:
        sound = streams.stereo(sound)
    packets = streams.encode(sound, 16000, channels, ms, **settings)
    return streams.play(packets, ms, rate_hz, heard, **playing)


def compare(stream, frames):
    assert len(frames) == len(stream.expected)
    for number, (frame, expected) in enumerate(zip(frames, stream.expected, strict=True)):
        assert frame[0] == expected[0], f"samples of record {number}"
        assert expected[1] in (None, frame[1]), f"final range of record {number}"


@pytest.mark.parametrize("name", CASES)
def test_samples_and_final_range_equal_those_of_libopus(name, tmp_path):
    stream = make(name)
    compare(stream, streams.run(streams.UNIX_64, "run_silk.py", stream, tmp_path))
    compare(stream, streams.run(streams.UNIX_32, "run_silk.py", stream, tmp_path, "heap"))


@pytest.mark.parametrize("loss", [0, 0.2])
@pytest.mark.parametrize("rate_hz", [8000, 16000, 48000])
def test_a_stream_may_change_its_rate_and_frames_at_any_packet(rate_hz, loss, tmp_path):
    sound = streams.speech(16000, 3)
    packets = []
    for part, (settings, ms) in enumerate(
        ((WIDE, 20), (NARROW, 20), (MEDIUM, 10), (WIDE, 10), (MEDIUM, 20), (NARROW, 10))
    ):
        piece = sound[8000 * part : 8000 * part + 8000]
        packets.append((ms, streams.encode(piece, 16000, 1, ms, **settings)))
    stream = streams.Stream(rate_hz, 1)
    for ms, part in packets:
        for i, packet in enumerate(part):
            if loss and i % 7 == 2:
                stream.add(streams.LOSS, b"", ms)
            else:
                stream.add(streams.PACKET, packet, ms)
    compare(stream, streams.run(streams.UNIX_64, "run_silk.py", stream, tmp_path))
    compare(stream, streams.run(streams.UNIX_32, "run_silk.py", stream, tmp_path))
