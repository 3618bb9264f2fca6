"""A call in Opus over a network that loses packets: what is heard through the jitter buffer."""
# MIT License; see LICENSE

import ast
import random
import struct
import subprocess
import sys
from array import array
from pathlib import Path

import numpy as np
import pytest
from roomtone_host import libopus
from roomtone_host.demo.scene import SPEECH
from roomtone_host.measure import Recording, compare, read_wav
from roomtone_host.simboard import micropython_path

RATE_HZ = 48000
FRAME = RATE_HZ // 50
_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
SILK = {"mode": libopus.SILK, "bandwidth": libopus.WIDEBAND, "bitrate": 24000}
# What a browser sends to a room, as it is passed on.
HYBRID = {"mode": libopus.HYBRID, "bandwidth": libopus.FULLBAND, "bitrate": 40000}


def heard(place: Path, said: np.ndarray, loss: float, settings: dict) -> tuple[Recording, dict]:
    """What a board hears of `said`, and its jitter buffer's counters."""
    network = random.Random(7)
    encoder = libopus.Encoder(RATE_HZ, 1, **settings)
    records = []
    for number in range(len(said) // FRAME):
        packet = encoder.encode(array("h", said[number * FRAME : (number + 1) * FRAME].tobytes()))
        if network.random() >= loss:
            arrival_ms = 20 * number + 5 + network.randrange(10)
            head = struct.pack("<IIHH", arrival_ms, number * FRAME, number, len(packet))
            records.append((arrival_ms, head + packet))
    source, target = place / "packets", place / "sound"
    source.write_bytes(b"".join(record for _, record in sorted(records)))
    command = [micropython_path(), str(_HERE / "run_call.py"), source, target]
    done = subprocess.run(
        [*command, str(len(said) // FRAME + 10)],
        cwd=_ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    samples = np.frombuffer(target.read_bytes(), "<i2") / 32768
    return Recording(samples, 16000), ast.literal_eval(done.stdout.strip())


@pytest.fixture(scope="module")
def speech() -> Recording:
    """Silence while the buffer finds its delay, then two voices."""
    parts = [np.zeros(RATE_HZ)]
    parts += [read_wav(SPEECH / f"{name}.wav").at(RATE_HZ).samples for name in ("guest", "reader")]
    return Recording(np.concatenate(parts), RATE_HZ)


@pytest.mark.parametrize("mode", [SILK, HYBRID], ids=["silk", "hybrid"])
def test_one_in_ten_packets_lost_is_understood_thanks_to_the_copies(tmp_path, speech, mode):
    pcm = np.round(speech.samples * 32767).astype("<i2")
    told = {}
    for fec in (0, 1):
        sound, stats = heard(tmp_path, pcm, 0.1, mode | {"fec": fec, "loss": 20})
        told[fec] = compare(speech, sound).stoi
        print("fec" if fec else "no fec", told[fec], stats, file=sys.stderr)
        assert stats["lost"] > 20 and stats["late"] + stats["dropped"] == 0
        assert stats["recovered"] > 0.6 * stats["lost"] and stats["delay_ms"] < 100
    assert told[1] >= 0.75
    assert told[1] > told[0]


def test_without_loss_it_is_what_was_said(tmp_path, speech):
    pcm = np.round(speech.samples * 32767).astype("<i2")
    sound, stats = heard(tmp_path, pcm, 0, HYBRID)
    # Ten frames are played beyond the last packet.
    assert stats["concealed"] <= 12 and stats["recovered"] == stats["lost"] == 0
    assert compare(speech, sound).stoi >= 0.95
