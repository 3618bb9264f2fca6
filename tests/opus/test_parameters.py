"""What a decoder knows after each packet is what libopus in fixed point knows, value for value.

Band energies and post-filter of CELT; gains, lags and line spectral frequencies of SILK.
"""
# MIT License; see LICENSE

import ctypes
import struct
import subprocess

import pytest
import streams
import test_celt
import test_decoder
import test_silk
from roomtone_host import libopus

_VALUES = "<64i"  # as run_parameters.py writes them
_CELT_VALUES = 45
_CELT_KEPT = 2048 + 120  # samples of a channel


class Offsets(ctypes.Structure):
    """The head of OpusDecoder (libopus 1.5, opus_decoder.c)."""

    _fields_ = [("celt", ctypes.c_int32), ("silk", ctypes.c_int32)]


class Celt(ctypes.Structure):
    """The head of OpusCustomDecoder (celt_decoder.c), up to the sound of the past."""

    _fields_ = [
        ("mode", ctypes.c_void_p),
        ("overlap", ctypes.c_int32),
        ("channels", ctypes.c_int32),
        ("other", ctypes.c_int32 * 13),
        ("period", ctypes.c_int32),
        ("old_period", ctypes.c_int32),
        ("gain", ctypes.c_int16),
        ("old_gain", ctypes.c_int16),
        ("tapset", ctypes.c_int32),
        ("old_tapset", ctypes.c_int32),
        ("folded", ctypes.c_int32),
        ("emphasis", ctypes.c_int32 * 2),
    ]


class Silk(ctypes.Structure):
    """The head of silk_decoder_state (silk/structs.h)."""

    _fields_ = [
        ("gain", ctypes.c_int32),
        ("excitation", ctypes.c_int32 * 320),
        ("short_term", ctypes.c_int32 * 16),
        ("sound", ctypes.c_int16 * 480),
        ("lag", ctypes.c_int32),
        ("gain_index", ctypes.c_int8),
        ("other", ctypes.c_int32 * 6),
        ("order", ctypes.c_int32),
        ("frequencies", ctypes.c_int16 * 16),
    ]


def _read(decoder, kind, at):
    return kind.from_buffer_copy(decoder.memory(at, ctypes.sizeof(kind)))


def expected(decoder):
    """CELT's 45 values and SILK's 3, and the frequencies that its order has."""
    offsets = _read(decoder, Offsets, 0)
    celt, silk = _read(decoder, Celt, offsets.celt), _read(decoder, Silk, offsets.silk)
    # Past Celt come each channel's sound and 24 coefficients, then the energies; the structure
    # ends where these begin, which is no multiple of its alignment.
    past = Celt.emphasis.offset + Celt.emphasis.size + celt.channels * (4 * _CELT_KEPT + 2 * 24)
    energies = struct.unpack("<42h", decoder.memory(offsets.celt + past, 84))
    return (
        [*energies, celt.period, celt.gain, celt.tapset],
        [silk.gain_index, silk.lag, silk.gain, *silk.frequencies[: silk.order]],
    )


STREAMS = {
    "celt": (lambda: test_celt.make((test_celt.FULL, 1, 20, 64000, 1, 10)), 1),
    "celt-2.5ms": (lambda: test_celt.make((test_celt.WIDE, 1, 2.5, 40000, 1, 10)), 1),
    "celt-stereo": (lambda: test_celt.make((test_celt.FULL, 2, 10, 96000, 1, 10)), 2),
    "silk": (lambda: test_silk.make("wide"), 1),
    "silk-narrow": (lambda: test_silk.make("narrow-60ms"), 1),
    "silk-medium": (lambda: test_silk.make("medium-10ms"), 1),
    "silk-stereo": (lambda: test_silk.make("stereo"), 2),
    "hybrid": (lambda: test_decoder.make("hybrid"), 1),
    "hybrid-stereo": (lambda: test_decoder.make("hybrid-stereo"), 2),
    "changes": (lambda: test_decoder.make("changes"), 1),
}


@pytest.mark.parametrize("name", STREAMS)
def test_parameters_equal_those_of_libopus(name, tmp_path):
    make, channels = STREAMS[name]
    stream = make()
    stream.save(tmp_path / "records")
    script = str(streams.ROOT / "tests" / "opus" / "run_parameters.py")
    done = subprocess.run(
        [str(streams.UNIX_32), "-X", "heapsize=4M", script, str(tmp_path / "records")]
        + [str(tmp_path / "values"), str(channels)],
        cwd=streams.ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = list(struct.iter_unpack(_VALUES, (tmp_path / "values").read_bytes()))
    assert len(found) == len(stream.records)
    decoder = libopus.Decoder(48000, channels, libopus.FIXED)
    has_silk = False
    for number, ((_, _, packet), values) in enumerate(zip(stream.records, found, strict=True)):
        decoder.decode(packet, 5760)
        celt, silk = expected(decoder)
        assert list(values[:_CELT_VALUES]) == celt, f"CELT, packet {number}"
        has_silk = has_silk or packet[0] >> 3 < 16
        ours = list(values[_CELT_VALUES : _CELT_VALUES + len(silk)])
        assert not has_silk or ours == silk, f"SILK, packet {number}"
