"""The test vectors of RFC 8251: final ranges, and the sound by the measure of RFC 6716 section 6.

Run with --opus-vectors FOLDER; docs/testing.md says where they are.
"""
# MIT License; see LICENSE

import struct
from array import array

import pytest
import streams
from test_compare import measure


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


def expected(path, channels):
    """The sound of the reference decoder; for one channel that without inverted phases."""
    beside = path.with_name(path.stem + ("m.dec" if channels == 1 else ".dec"))
    sound = array("h")
    sound.frombytes(beside.read_bytes())
    return sound


@pytest.mark.parametrize(("rate_hz", "channels"), [(48000, 2), (48000, 1), (16000, 1), (8000, 1)])
def test_a_vector_is_decoded_as_the_rfc_wants_it(vector, rate_hz, channels, tmp_path):
    packets, ranges = read(vector)
    stream = streams.Stream(rate_hz, channels)
    # An empty packet is one that was lost; none of the vectors has any.
    stream.records = [(streams.PACKET, 0, packet) for packet in packets]
    frames = streams.run(streams.UNIX_64, "run_decoder.py", stream, tmp_path)
    assert [frame[1] for frame in frames] == ranges
    sound = array("h")
    for samples, _ in frames:
        sound.extend(samples)
    assert measure(expected(vector, channels), sound, rate_hz, channels, tmp_path) >= 0
