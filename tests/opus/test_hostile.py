"""Whatever comes in ends in sound or in an OpusError, writes nowhere else, on 64 as on 32 bits."""
# MIT License; see LICENSE

import random
import struct
import subprocess
from pathlib import Path

import pytest
import streams
from roomtone_host import libopus

# rate of the encoder, channels, ms, settings
KINDS = (
    (16000, 1, 20, {"mode": libopus.SILK, "bandwidth": libopus.WIDEBAND, "fec": 1, "loss": 20}),
    (16000, 2, 60, {"mode": libopus.SILK, "bandwidth": libopus.NARROWBAND, "fec": 1, "loss": 20}),
    (16000, 2, 10, {"mode": libopus.SILK, "bandwidth": libopus.MEDIUMBAND}),
    (48000, 2, 20, {"mode": libopus.HYBRID, "bandwidth": libopus.FULLBAND, "bitrate": 48000}),
    (48000, 1, 10, {"mode": libopus.HYBRID, "bandwidth": libopus.SUPERWIDEBAND}),
    (48000, 1, 20, {"mode": libopus.CELT, "bandwidth": libopus.FULLBAND, "bitrate": 40000}),
    (48000, 2, 5, {"mode": libopus.CELT, "bandwidth": libopus.FULLBAND, "bitrate": 64000}),
    (48000, 1, 2.5, {"mode": libopus.CELT, "bandwidth": libopus.WIDEBAND, "bitrate": 40000}),
)


@pytest.fixture(scope="module")
def packets(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile") / "packets"
    data = b""
    for rate_hz, channels, ms, settings in KINDS:
        sound = streams.speech(rate_hz, 0.6)
        if channels == 2:
            sound = streams.stereo(sound)
        for packet in streams.encode(sound, rate_hz, channels, ms, **settings):
            data += struct.pack("<H", len(packet)) + packet
    path.write_bytes(data)
    return path


def run(binary: Path, packets: Path, *more: int) -> str:
    done = subprocess.run(
        [str(binary), "-X", "heapsize=8M", str(Path(__file__).with_name("run_hostile.py"))]
        + [str(packets), *map(str, more)],
        cwd=streams.ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("rate_hz", "channels"), [(16000, 1), (48000, 2), (8000, 1), (24000, 2)])
def test_hostile_packets_do_no_harm(packets, seed, rate_hz, channels):
    for binary in (streams.UNIX_64, streams.UNIX_32):
        run(binary, packets, seed, 400, rate_hz, channels, 255)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("rate_hz", "channels"), [(16000, 1), (48000, 2), (8000, 1)])
def test_hostile_silk_sounds_the_same_on_64_and_32_bits(packets, seed, rate_hz, channels):
    # Frames that are followed by a redundant CELT frame are left out of the comparison.
    wide = run(streams.UNIX_64, packets, seed, 400, rate_hz, channels, 96)
    assert wide == run(streams.UNIX_32, packets, seed, 400, rate_hz, channels, 96)


def invent(chance: random.Random) -> bytes:
    """A SILK packet of one frame: zeros, ones or random bytes."""
    length = chance.choice((2, 4, 10, 40, 100, 300))
    fill = chance.choice((b"\x00" * length, b"\xff" * length, chance.randbytes(length)))
    return bytes([chance.randrange(12) << 3 | chance.choice((0, 0, 0, 4))]) + fill


@pytest.mark.parametrize(("rate_hz", "channels"), [(16000, 1), (48000, 2)])
def test_silk_of_any_bytes_sounds_as_by_libopus(rate_hz, channels, tmp_path):
    """Up to where it clips: beyond it numbers leave their 32 bits, where libopus saturates.

    The first and last 5 ms of a frame may be those of a redundant CELT frame.
    """
    edge = rate_hz // 200 * channels
    compared = 0
    for seed in range(60):
        chance = random.Random(seed)
        stream = streams.Stream(rate_hz, channels)
        for _ in range(10):
            stream.add(streams.PACKET, invent(chance), 20)
        found = streams.run(streams.UNIX_32, "run_decoder.py", stream, tmp_path)
        for (expected, final_range), (sound, ours) in zip(stream.expected, found, strict=True):
            if max(map(abs, expected)) >= 32767:
                break
            assert ours == final_range and sound[edge:-edge] == expected[edge:-edge], seed
            compared += 1
    assert compared > 120
