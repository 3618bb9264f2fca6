"""What our encoder makes, on 64 and on 32 bits alike, libopus decodes to the same final range."""
# MIT License; see LICENSE

import random
import struct
import subprocess
from array import array
from itertools import pairwise

import av
import pytest
import streams
from roomtone_host import libopus

# rate, ms a frame, settings as run_encoder.py takes them
CASES = {
    "16k": (16000, 20, ["bitrate_bps=24000"]),
    "16k-10ms": (16000, 10, ["bitrate_bps=32000"]),
    "16k-low": (16000, 20, ["bitrate_bps=8000"]),
    "16k-high": (16000, 20, ["bitrate_bps=64000"]),
    "16k-changes": (16000, 20, ["20:bitrate_bps=12000", "50:bitrate_bps=48000"]),
    "16k-varying": (16000, 20, ["bitrate_bps=24000", "vbr=1"]),
    "16k-60ms": (16000, 60, ["bitrate_bps=24000"]),
    "16k-narrow": (16000, 20, ["30:bandwidth=0", "60:bandwidth=4"]),
    "8k": (8000, 20, ["bitrate_bps=16000"]),
    "24k": (24000, 20, ["bitrate_bps=32000"]),
    "48k": (48000, 20, ["bitrate_bps=48000"]),
    "48k-bandwidths": (48000, 20, ["bitrate_bps=12000", "30:bitrate_bps=24000", "60:vbr=1"]),
    "48k-10ms": (48000, 10, ["bitrate_bps=64000"]),
    "16k-filtered": (16000, 20, ["bitrate_bps=24000", "prefilter=1"]),
    "16k-filtered-10ms": (16000, 10, ["bitrate_bps=24000", "prefilter=1"]),
    "16k-filtered-60ms": (16000, 60, ["bitrate_bps=16000", "prefilter=1"]),
    "16k-filtered-at-times": (16000, 20, ["prefilter=1", "40:prefilter=0", "43:prefilter=1"]),
    "16k-filtered-varying": (16000, 20, ["bitrate_bps=16000", "prefilter=1", "vbr=1"]),
    "8k-filtered": (8000, 20, ["bitrate_bps=16000", "prefilter=1"]),
    "24k-filtered": (24000, 20, ["bitrate_bps=24000", "prefilter=1"]),
    "48k-filtered": (48000, 20, ["bitrate_bps=32000", "prefilter=1"]),
}
HEAP_FRAMES = 5  # from here on, nothing may allocate


def encode(binary, sound, rate_hz, frame_ms, folder, *settings):
    """Final range and packet of each frame."""
    source, target = folder / "sound", folder / "packets"
    source.write_bytes(sound.tobytes())
    script = str(streams.ROOT / "tests" / "opus" / "run_encoder.py")
    done = subprocess.run(
        [str(binary), "-X", "heapsize=2M", script, str(source), str(target), str(rate_hz)]
        + [str(frame_ms), str(HEAP_FRAMES), *settings],
        cwd=streams.ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    data = target.read_bytes()
    at, frames = 0, []
    while at < len(data):
        final_range, length = struct.unpack_from("<IH", data, at)
        frames.append((final_range, data[at + 6 : at + 6 + length]))
        at += 6 + length
    return frames


def decode(frames, rate_hz, frame_ms):
    """What libopus makes of them, after the final ranges were compared."""
    decoder = libopus.Decoder(rate_hz)
    sound = array("h")
    for number, (final_range, packet) in enumerate(frames):
        sound.extend(decoder.decode(packet, rate_hz * frame_ms // 1000))
        assert decoder.final_range() == final_range, f"final range of frame {number}"
    return sound


def both(sound, rate_hz, frame_ms, folder, settings):
    wide = encode(streams.UNIX_64, sound, rate_hz, frame_ms, folder, *settings)
    assert wide == encode(streams.UNIX_32, sound, rate_hz, frame_ms, folder, *settings)
    return wide


@pytest.mark.parametrize("name", CASES)
def test_final_range_equals_that_of_libopus(name, tmp_path):
    rate_hz, frame_ms, settings = CASES[name]
    sound = streams.speech(rate_hz, 2.2)
    frames = both(sound, rate_hz, frame_ms, tmp_path, settings)
    heard = decode(frames, rate_hz, frame_ms)
    # The decoder's sound is 2.5 ms late.
    late = rate_hz // 400
    count = len(heard) - late
    assert streams.decibels(sound[:count], heard[late:]) > (1 if name == "16k-low" else 5)


@pytest.mark.parametrize("prefilter", [0, 1])
@pytest.mark.parametrize("rate_hz", [8000, 16000, 48000])
def test_any_sound_is_encoded(rate_hz, prefilter, tmp_path):
    chance = random.Random(rate_hz)
    size = rate_hz // 50
    loud = [32767 if chance.random() < 0.5 else -32768 for _ in range(10 * size)]
    square = [32767 if i // 20 & 1 else -32768 for i in range(5 * size)]
    faint = [chance.randrange(-1, 2) for _ in range(5 * size)]
    silence = [0] * (5 * size)
    click = [0] * (size - 1) + [32767] + [0] * (2 * size)
    highest = [32767 if i & 1 else -32768 for i in range(5 * size)]
    constant = [-32768] * (5 * size)
    # A voice at its loudest, a jump to silence, and a lag of which signs tell but not magnitudes.
    pulses = [32767 if i % (size // 3) < 3 else -32768 for i in range(10 * size)]
    growing = [pulses[i] >> 14 - i * 14 // len(pulses) for i in range(len(pulses))]
    sound = array("h", silence + loud + square + faint + silence + click + highest + loud)
    sound += array("h", constant + pulses + silence + growing + growing[::-1] + constant)
    for bitrate in (8000, 64000):
        settings = [f"bitrate_bps={bitrate}", f"prefilter={prefilter}"]
        frames = both(sound, rate_hz, 20, tmp_path, settings)
        decode(frames, rate_hz, 20)
        assert all(len(packet) == bitrate // 400 for _, packet in frames)


def test_packets_of_constant_rate_have_one_size(tmp_path):
    sound = streams.speech(16000, 1)
    frames = encode(streams.UNIX_64, sound, 16000, 20, tmp_path, "bitrate_bps=24000")
    assert all(len(a[1]) == len(b[1]) == 60 for a, b in pairwise(frames))


def test_packets_of_varying_rate_have_the_size_asked_for_in_the_mean(tmp_path):
    sound = streams.speech(16000, 4)
    frames = encode(streams.UNIX_64, sound, 16000, 20, tmp_path, "bitrate_bps=24000", "vbr=1")
    sizes = [len(packet) for _, packet in frames]
    assert min(sizes) < 50 and max(sizes) > 70
    assert 0.95 < sum(sizes) / len(sizes) / 60 < 1.05


@pytest.mark.parametrize("prefilter", [0, 1])
def test_pauses_are_not_sent(prefilter, tmp_path):
    words = streams.speech(16000, 1)
    chance = random.Random(2)
    pause = array("h", [chance.randrange(-9, 10) for _ in range(2 * 16000)])
    sound = words + pause + words
    frames = both(sound, 16000, 20, tmp_path, ["dtx=1", f"prefilter={prefilter}"])
    decode(frames, 16000, 20)
    sizes = [len(packet) for _, packet in frames]
    # 200 ms of the pause, and one frame each 400 ms, are.
    assert sizes[50:60] == [60] * 10
    assert 80 <= sizes[50:150].count(1) <= 88
    assert sizes[152:].count(1) < 10


def test_pauses_of_packets_of_several_frames_are_not_sent(tmp_path):
    words = streams.speech(16000, 1.2)
    sound = words + array("h", bytes(2 * 16000 * 3)) + words
    frames = both(sound, 16000, 60, tmp_path, ["dtx=1"])
    decode(frames, 16000, 60)
    sizes = [len(packet) for _, packet in frames]
    assert sizes[:20].count(2) < 3
    assert 35 <= sizes[20:70].count(2) <= 46
    assert sizes[71:].count(2) < 3


@pytest.mark.parametrize("name", ["16k", "16k-filtered-at-times", "48k-filtered", "8k-filtered"])
def test_our_decoder_hears_what_libopus_hears(name, tmp_path):
    rate_hz, frame_ms, settings = CASES[name]
    frames = encode(
        streams.UNIX_32, streams.speech(rate_hz, 2.2), rate_hz, frame_ms, tmp_path, *settings
    )
    heard = streams.play([packet for _, packet in frames], frame_ms, 48000, 1)
    decoded = streams.run(streams.UNIX_32, "run_decoder.py", heard, tmp_path)
    assert [final_range for _, final_range in decoded] == [own for own, _ in frames]
    for (sound, _), (expected, _) in zip(decoded, heard.expected, strict=True):
        assert max(abs(a - b) for a, b in zip(sound, expected, strict=True)) < 40


@pytest.mark.parametrize("prefilter", [0, 1])
def test_ffmpeg_decodes_what_libopus_decodes(prefilter, tmp_path):
    sound = streams.speech(16000, 2)
    settings = ["vbr=1", f"prefilter={prefilter}"]
    frames = encode(streams.UNIX_64, sound, 16000, 20, tmp_path, *settings)
    theirs = decode(frames, 48000, 20)
    codec = av.CodecContext.create("opus", "r")  # FFmpeg's own decoder
    codec.sample_rate = 48000
    codec.layout = "mono"
    ours = array("h")
    for _, packet in frames:
        for frame in codec.decode(av.Packet(packet)):
            ours.extend(int(round(value * 32768)) for value in frame.to_ndarray().flatten())
    count = min(len(ours), len(theirs))
    assert count > 47 * len(theirs) // 48
    late = len(theirs) - len(ours)
    assert streams.decibels(theirs[late:], ours) > 40


def test_what_is_too_short_is_refused():
    script = """
import sys
from array import array
sys.path.insert(0, "lib")
from opus.encoder import Encoder
encoder = Encoder(16000)
for pcm, packet in ((319, 60), (320, 59)):
    try:
        encoder.encode_into(array("h", bytes(2 * pcm)), bytearray(packet))
    except ValueError:
        print("refused")
for wrong in ((44100, 24000, 20), (16000, 24000, 30)):
    try:
        Encoder(*wrong)
    except ValueError:
        print("refused")
"""
    command = [str(streams.UNIX_32), "-c", script]
    done = subprocess.run(
        command, cwd=streams.ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout.split() == ["refused"] * 4, done.stdout + done.stderr
