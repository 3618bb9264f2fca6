"""Xtensa's machine code of lib/opus, that of ESP32 and S3, gives what the other builds give."""
# MIT License; see LICENSE

import subprocess
import sys
from zlib import crc32

import pytest
import streams
import test_celt
import test_decoder
import test_silk
from roomtone_host.bench import instructions
from test_encoder import encode

FRAMES = 25
STREAMS = {
    "silk-loss": lambda: test_silk.make("loss"),
    "silk-to-48k": lambda: test_silk.make("wide-to-48k"),
    "hybrid": lambda: test_decoder.make("hybrid"),
    "changes-loss": lambda: test_decoder.make("changes-loss"),
    "celt": lambda: test_celt.make((test_celt.FULL, 1, 20, 64000, 1, 10)),
    "celt-of-stereo": lambda: test_celt.make((test_celt.FULL, 2, 20, 64000, 1, 10), 16000, 1),
    "celt-at-24k": lambda: test_celt.make((test_celt.SUPER, 1, 20, 32000, 1, 10), 24000),
}
# Rate and bit rate.
ENCODERS = [(8000, 16000), (16000, 24000), (24000, 32000), (48000, 64000)]


def xtensa(*arguments):
    """Final range and CRC-32 of what the machine code makes."""
    done = subprocess.run(
        [sys.executable, "-m", "roomtone_host.xtensa.codec", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = instructions.figures(done.stdout)
    return found["range"], found["sum"]


@pytest.mark.parametrize("name", STREAMS)
def test_sound_on_xtensa_equals_that_on_unix(name, tmp_path):
    stream = STREAMS[name]()
    del stream.records[FRAMES:]
    frames = streams.run(streams.UNIX_32, "run_decoder.py", stream, tmp_path)
    data = b"".join(len(packet).to_bytes(2, "little") + packet for _, _, packet in stream.records)
    (tmp_path / "packets").write_bytes(data)
    total = 0
    for sound, _ in frames:
        total = crc32(sound, total)
    found = xtensa("decode", tmp_path / "packets", stream.rate_hz, FRAMES)
    assert found == (frames[-1][1], total)


@pytest.mark.parametrize(("rate_hz", "bitrate_bps"), ENCODERS)
def test_packets_on_xtensa_equal_those_on_unix(rate_hz, bitrate_bps, tmp_path):
    sound = streams.speech(rate_hz, 1)[: FRAMES * rate_hz // 50]
    frames = encode(streams.UNIX_32, sound, rate_hz, 20, tmp_path, f"bitrate_bps={bitrate_bps}")
    total = 0
    for _, packet in frames:
        total = crc32(packet, total)
    found = xtensa("encode", tmp_path / "sound", rate_hz, bitrate_bps, FRAMES)
    assert found == (frames[-1][0], total)
