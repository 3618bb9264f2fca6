"""Test vectors in the form of RFC 8251's, and what they want of a decoder.

Two files beside testvectorNN.bit have the sound at 48 kHz in stereo, in .dec with inverted phases
and in m.dec without; either will do, as in the RFC's run_vectors.sh.
"""
# MIT License; see LICENSE

import struct
import subprocess
from array import array

import streams
from test_compare import COMPARE

RATES_HZ = (8000, 16000, 24000, 48000)


def read(path):
    """The packets and final ranges of a .bit file, as opus_demo writes them."""
    data = path.read_bytes()
    at, packets, ranges = 0, [], []
    while at < len(data):
        size, final_range = struct.unpack_from(">II", data, at)
        at += 8
        packets.append(data[at : at + size])
        ranges.append(final_range)
        at += size
    return packets, ranges


def write(path, packets, ranges):
    """The same the other way round."""
    parts = (
        struct.pack(">II", len(packet), final_range) + packet
        for packet, final_range in zip(packets, ranges, strict=True)
    )
    path.write_bytes(b"".join(parts))


def check(path, rate_hz, channels, folder):
    """Decode a .bit file: the range coder's state after each packet, and the RFC's measure."""
    packets, ranges = read(path)
    stream = streams.Stream(rate_hz, channels)
    # An empty packet is one that was lost; none of the vectors has any.
    stream.records = [(streams.PACKET, 0, packet) for packet in packets]
    frames = streams.run(streams.UNIX_64, "run_decoder.py", stream, folder)
    for number, (packet, frame, final_range) in enumerate(
        zip(packets, frames, ranges, strict=True)
    ):
        if not streams.is_read_in_part(packet, rate_hz):
            assert frame[1] == final_range, f"final range of packet {number}"
    sound = array("h")
    for samples, _ in frames:
        sound.extend(samples)
    found = folder / "found.sw"
    found.write_bytes(sound.tobytes())
    command = [str(COMPARE), *(["-s"] if channels == 2 else []), "-r", str(rate_hz)]
    done = [
        subprocess.run(
            [*command, str(path.with_name(path.stem + end)), str(found)],
            capture_output=True,
            text=True,
            check=False,
        )
        for end in (".dec", "m.dec")
    ]
    assert 0 in [one.returncode for one in done], done[0].stderr + done[1].stderr
