"""What the encoder costs on the emulated core, and how it sounds beside libopus."""
# MIT License; see LICENSE

import shutil
from array import array

import numpy as np
import pesq
import pytest
import streams
from roomtone_host import libopus
from roomtone_host.emulator import compile_tree, run_script
from test_encoder import decode, encode

SPEECH = streams.ROOT / "tools" / "roomtone_host" / "speech"
FIRMWARE = streams.ROOT / "build" / "emulator" / "firmware-rv32.elf"
MEAN_INSTRUCTIONS = 320_000
LARGEST_LOSS = 0.15  # PESQ-WB
LEAST_GAIN = 0.02  # of the pre-filter


def recording(name):
    """The samples of a 16 kHz WAVE file without further chunks."""
    sound = array("h")
    data = (SPEECH / name).read_bytes()
    sound.frombytes(data[data.index(b"data") + 8 :])
    return sound


def test_a_frame_of_20_ms_at_16_khz_takes_few_instructions(tmp_path):
    shutil.copytree(streams.ROOT / "lib" / "opus", tmp_path / "src" / "opus")
    compile_tree(tmp_path / "src", tmp_path / "lib", "rv32imc")
    (tmp_path / "sound").write_bytes(recording("caller.wav")[16000:48000].tobytes())
    script = tmp_path / "count_encoder.py"
    shutil.copy(streams.ROOT / "tests" / "opus" / "count_encoder.py", script)
    done = run_script(
        script,
        ["sound", "16000", "20", "24000"],
        paths=[tmp_path / "lib"],
        firmware=FIRMWARE,
        cwd=tmp_path,
    )
    assert done.exit_code == 0, done.output
    mean, _ = map(int, done.output.split())
    assert mean <= MEAN_INSTRUCTIONS


def quality(sound, heard):
    """PESQ-WB, with what was heard 2.5 ms and, of libopus' decoder, half a sample late.

    The middle one of three begins: for some, PESQ fits phrases to each other wrongly.
    """
    a = np.array(sound, float)[:-400]
    b = np.array(heard, float)
    late = max(range(400), key=lambda i: np.dot(a[: len(b) - 400], b[i : i + len(a)][: len(a)]))
    b = b[late : late + len(a)]
    return sorted(pesq.pesq(16000, a[cut:], b[cut:], "wb") for cut in (80, 160, 320))[1]


@pytest.mark.parametrize("name", ["caller.wav", "guest.wav", "reader.wav"])
def test_speech_at_24_kbit_s_sounds_like_that_of_libopus(name, tmp_path):
    sound = recording(name)
    sound = sound[: len(sound) // 320 * 320]
    ours = decode(encode(streams.UNIX_64, sound, 16000, 20, tmp_path), 16000, 20)
    settings = {"mode": libopus.CELT, "bandwidth": libopus.WIDEBAND, "complexity": 0, "vbr": 0}
    decoder = libopus.Decoder(16000)
    theirs = array("h")
    for packet in streams.encode(sound, 16000, 1, 20, bitrate=24000, **settings):
        theirs.extend(decoder.decode(packet, 320))
    plain = quality(sound, ours)
    assert plain > quality(sound, theirs) - LARGEST_LOSS
    filtered = encode(streams.UNIX_64, sound, 16000, 20, tmp_path, "prefilter=1")
    assert quality(sound, decode(filtered, 16000, 20)) > plain + LEAST_GAIN
