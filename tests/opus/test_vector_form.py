"""What runs the official vectors runs such as we make ourselves, and sees what is wrong."""
# MIT License; see LICENSE

from array import array

import pytest
import streams
import test_decoder
import vectors
from roomtone_host import libopus

SECONDS = 1.2


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """Hybrid frames in stereo, and what libopus makes of them."""
    settings = test_decoder.HYBRID | {"bitrate": 64000}
    sound = streams.stereo(streams.speech(48000, SECONDS))
    packets = streams.encode(sound, 48000, 2, 20, **settings)
    path = tmp_path_factory.mktemp("vectors") / "testvector01.bit"
    for end, inversion in ((".dec", True), ("m.dec", False)):
        decoder = libopus.Decoder(48000, 2, inversion=inversion)
        heard, ranges = array("h"), []
        for packet in packets:
            heard.extend(decoder.decode(packet, 5760))
            ranges.append(decoder.final_range())
        path.with_name(path.stem + end).write_bytes(heard.tobytes())
    vectors.write(path, packets, ranges)
    return path


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate_hz", vectors.RATES_HZ)
def test_a_vector_of_our_own_passes(own, rate_hz, channels, tmp_path):
    vectors.check(own, rate_hz, channels, tmp_path)


def test_a_wrong_range_and_a_wrong_sound_are_seen(own, tmp_path):
    packets, ranges = vectors.read(own)
    wrong = tmp_path / "testvector02.bit"
    for end in (".dec", "m.dec"):
        sound = own.with_name(own.stem + end).read_bytes()
        wrong.with_name(wrong.stem + end).write_bytes(sound)
    vectors.write(wrong, packets, [*ranges[:-1], ranges[-1] ^ 1])
    with pytest.raises(AssertionError, match=f"final range of packet {len(packets) - 1}"):
        vectors.check(wrong, 48000, 2, tmp_path)
    vectors.write(wrong, packets, ranges)
    for end in (".dec", "m.dec"):
        wrong.with_name(wrong.stem + end).write_bytes(bytes(len(sound)))
    with pytest.raises(AssertionError, match="FAILS"):
        vectors.check(wrong, 48000, 2, tmp_path)
