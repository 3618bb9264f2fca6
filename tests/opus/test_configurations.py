"""All 32 configurations of RFC 6716 section 3.1, in one and two channels, decode as by libopus."""
# MIT License; see LICENSE

from array import array
from itertools import product

import pytest
import streams
from roomtone_host import libopus

NARROW, MEDIUM, WIDE, SUPER, FULL = range(libopus.NARROWBAND, libopus.FULLBAND + 1)
# In the order of table 2.
FORMS = [
    *product((libopus.SILK,), (NARROW, MEDIUM, WIDE), (10, 20, 40, 60)),
    *product((libopus.HYBRID,), (SUPER, FULL), (10, 20)),
    *product((libopus.CELT,), (NARROW, WIDE, SUPER, FULL), (2.5, 5, 10, 20)),
]
# Rates and channels heard; neighbours in the table have others.
HEARD = list(product((48000, 16000, 8000, 24000), (1, 2)))
BITRATES = {libopus.SILK: 20000, libopus.HYBRID: 36000, libopus.CELT: 48000}
SECONDS = 0.5
CELT_DECIBELS = 60  # at 48 kHz, where libopus and lib/opus transform alike


def play(form, channels, ms, number):
    """A stream by an encoder whose complexity is another for each number."""
    mode, bandwidth, _ = form
    sound = streams.speech(48000, SECONDS)
    if channels == 2:
        sound = streams.stereo(sound)
    packets = streams.encode(
        sound,
        48000,
        channels,
        ms,
        mode=mode,
        bandwidth=bandwidth,
        bitrate=BITRATES[mode] * channels,
        complexity=number % 11,
        vbr=number // 11 % 2,
    )
    return packets, streams.play(packets, ms, *HEARD[(number + channels) % len(HEARD)])


def compare(stream, mode, folder):
    frames = streams.run(streams.UNIX_64, "run_decoder.py", stream, folder)
    ours, theirs = array("h"), array("h")
    for number, (frame, expected) in enumerate(zip(frames, stream.expected, strict=True)):
        assert len(frame[0]) == len(expected[0]), f"length of record {number}"
        assert expected[1] in (None, frame[1]), f"final range of record {number}"
        ours.extend(frame[0])
        theirs.extend(expected[0])
    if mode == libopus.SILK:
        assert ours == theirs
    elif stream.rate_hz == 48000:
        assert streams.decibels(theirs, ours) > CELT_DECIBELS


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("config", range(32))
def test_every_configuration_decodes_as_by_libopus(config, channels, tmp_path):
    form = FORMS[config]
    packets, stream = play(form, channels, form[2], config)
    # An encoder begins with CELT until SILK has its first 20 ms.
    sent = {packet[0] >> 2 for packet in packets[5:]}
    assert sent == {config << 1 | channels - 1}
    compare(stream, form[0], tmp_path)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("ms", [40, 60])
@pytest.mark.parametrize("form", [FORMS[13], FORMS[15], FORMS[23], FORMS[31]], ids=str)
def test_packets_of_several_frames_decode_as_by_libopus(form, ms, channels, tmp_path):
    packets, stream = play(form, channels, ms, ms // 2 + channels)
    assert {packet[0] & 3 for packet in packets} <= {1, 2, 3}
    compare(stream, form[0], tmp_path)
