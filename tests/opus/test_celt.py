"""CELT streams of every size, bandwidth and rate decode as by libopus, on 64 and on 32 bits."""
# MIT License; see LICENSE

import math
import random
from array import array

import pytest
import streams
from quality import quality
from roomtone_host import libopus

NARROW, WIDE, SUPER, FULL = (
    libopus.NARROWBAND,
    libopus.WIDEBAND,
    libopus.SUPERWIDEBAND,
    libopus.FULLBAND,
)


def chords(seconds: float) -> array:
    """Decaying chords with clicks: transients, tones, pitch."""
    chance = random.Random(3)
    sound = array("h")
    for i in range(int(48000 * seconds)):
        if i % 9600 == 0:
            periods = [chance.randrange(60, 400) for _ in range(4)]
        decay = 0.9998 ** (i % 9600)
        value = sum((i % p) / p - 0.5 for p in periods) * 6000 * decay
        if i % 13000 < 40:
            value += 12000
        sound.append(int(value))
    return sound


# bandwidth, channels, ms, bits per second, VBR, complexity
CASES = (
    [
        (band, 1, ms, 32000, 1, 10)
        for band in (NARROW, WIDE, SUPER, FULL)
        for ms in (2.5, 5, 10, 20)
    ]
    + [(FULL, 2, ms, rate, 1, 10) for ms in (2.5, 5, 10, 20) for rate in (24000, 96000)]
    + [
        (WIDE, 1, 20, rate, 0, complexity)
        for rate in (8000, 16000, 24000)
        for complexity in (0, 5)
    ]
    + [(FULL, 1, 20, 510000, 0, 5), (FULL, 2, 20, 510000, 0, 5), (NARROW, 1, 5, 256000, 1, 10)]
)


def make(case, rate_hz=48000, heard=None, seconds=0.6, sound=None):
    bandwidth, channels, ms, bitrate, vbr, complexity = case
    sound = sound or chords(seconds)
    if channels == 2:
        sound = streams.stereo(sound)
    packets = streams.encode(
        sound,
        48000,
        channels,
        ms,
        mode=libopus.CELT,
        bandwidth=bandwidth,
        bitrate=bitrate,
        vbr=vbr,
        complexity=complexity,
    )
    return streams.play(packets, ms, rate_hz, heard or channels)


def joined(frames):
    sound = array("h")
    for samples, _ in frames:
        sound.extend(samples)
    return sound


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_final_range_is_that_of_libopus_and_the_sound_within_60_db(case, tmp_path):
    stream = make(case)
    frames = streams.run(streams.UNIX_64, "run_decoder.py", stream, tmp_path)
    assert [frame[1] for frame in frames] == [expected[1] for expected in stream.expected]
    assert streams.decibels(joined(stream.expected), joined(frames)) > 60


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("heard", [1, 2])
@pytest.mark.parametrize("rate_hz", [8000, 16000, 24000, 48000])
def test_each_rate_passes_the_comparison_of_the_rfc(channels, heard, rate_hz, tmp_path):
    case = (FULL, channels, 20, 64000, 1, 10)
    sound = streams.speech(48000, 1.5)
    full = make(case, 48000, heard, sound=sound)
    stream = make(case, rate_hz, heard, sound=sound)
    frames = streams.run(streams.UNIX_64, "run_decoder.py", stream, tmp_path)
    assert [frame[1] for frame in frames] == [expected[1] for expected in stream.expected]
    assert frames == streams.run(streams.UNIX_32, "run_decoder.py", stream, tmp_path)
    # libopus itself comes to 79, 91, 95 and 100.
    least = {8000: 50, 16000: 70, 24000: 80, 48000: 85}[rate_hz]
    assert quality(joined(full.expected), joined(frames), rate_hz, heard) > least


def test_the_faintest_sound_is_the_same_on_64_and_32_bits(tmp_path):
    tone = array("h", (round(0.6 * math.sin(0.05 * i)) for i in range(28800)))
    stream = make((FULL, 1, 20, 24000, 1, 5), sound=tone)
    frames = streams.run(streams.UNIX_64, "run_decoder.py", stream, tmp_path)
    assert frames == streams.run(streams.UNIX_32, "run_decoder.py", stream, tmp_path)
    heard = zip(joined(frames), joined(stream.expected), strict=True)
    assert max(abs(ours - theirs) for ours, theirs in heard) <= 1


def test_nothing_is_allocated_for_a_frame(tmp_path):
    stream = make((FULL, 2, 10, 64000, 1, 10), 16000, 1)
    streams.run(streams.UNIX_64, "run_decoder.py", stream, tmp_path, "2")
