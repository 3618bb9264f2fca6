"""libopus by ctypes: makes and decodes the streams that lib/opus is tested and measured with."""
# MIT License; see LICENSE

from __future__ import annotations

import ctypes
import ctypes.util
from array import array
from pathlib import Path

# Debian's 1.5 in fixed point (tools/emulator/build.sh): what our decoder equals bit by bit.
FIXED = str(Path(__file__).resolve().parents[2] / "build" / "emulator" / "libopus-fixed.so")

# What a stream is for; the last one is CELT only, without SILK's delay.
VOIP, AUDIO, LOW_DELAY = 2048, 2049, 2051

SILK, HYBRID, CELT = 1000, 1001, 1002
NARROWBAND, MEDIUMBAND, WIDEBAND, SUPERWIDEBAND, FULLBAND = range(1101, 1106)

_SET_BITRATE = 4002
_SET_MAX_BANDWIDTH = 4004
_SET_VBR = 4006
_SET_BANDWIDTH = 4008
_SET_COMPLEXITY = 4010
_SET_FEC = 4012
_SET_LOSS = 4014
_SET_DTX = 4016
_SET_CHANNELS = 4022
_GET_RANGE = 4031
_SET_NO_INVERSION = 4046
_SET_MODE = 11002


def load(path: str = "") -> ctypes.CDLL:
    """Open the system's libopus, or the one at path."""
    return ctypes.CDLL(path or ctypes.util.find_library("opus") or "libopus.so.0")


def version() -> str:
    """What the system's libopus calls itself."""
    library = load()
    library.opus_get_version_string.restype = ctypes.c_char_p
    return library.opus_get_version_string().decode().removeprefix("libopus ")


def _check(code: int) -> int:
    if code < 0:
        raise RuntimeError(f"libopus answers {code}")
    return code


class Encoder:
    """opus_encoder with the settings that are varied here; changeable between frames by `set`."""

    def __init__(
        self,
        rate_hz: int,
        channels: int = 1,
        library: str = "",
        application: int = VOIP,
        **settings: int,
    ):
        self._library = load(library)
        self._library.opus_encoder_create.restype = ctypes.c_void_p
        error = ctypes.c_int()
        self._state = ctypes.c_void_p(
            self._library.opus_encoder_create(rate_hz, channels, application, ctypes.byref(error))
        )
        _check(error.value)
        self.channels = channels
        self.set(**settings)

    def __del__(self):
        self._library.opus_encoder_destroy(self._state)

    def set(self, **settings: int) -> None:
        """bitrate, vbr, (max_)bandwidth, complexity, fec, loss, dtx, force_channels, mode."""
        requests = {
            "bitrate": _SET_BITRATE,
            "vbr": _SET_VBR,
            "bandwidth": _SET_BANDWIDTH,
            "max_bandwidth": _SET_MAX_BANDWIDTH,
            "complexity": _SET_COMPLEXITY,
            "fec": _SET_FEC,
            "loss": _SET_LOSS,
            "dtx": _SET_DTX,
            "force_channels": _SET_CHANNELS,
            "mode": _SET_MODE,
        }
        for name, value in settings.items():
            _check(
                self._library.opus_encoder_ctl(self._state, requests[name], ctypes.c_int(value))
            )

    def encode(self, pcm: array) -> bytes:
        """One packet of interleaved 16-bit samples."""
        packet = ctypes.create_string_buffer(4000)
        address, _ = pcm.buffer_info()
        length = self._library.opus_encode(
            self._state, ctypes.c_void_p(address), len(pcm) // self.channels, packet, 4000
        )
        return packet.raw[: _check(length)]

    def final_range(self) -> int:
        """The range coder's state after the last packet, equal in a right decoder."""
        value = ctypes.c_uint32()
        self._library.opus_encoder_ctl(self._state, _GET_RANGE, ctypes.byref(value))
        return value.value


class Decoder:
    """opus_decoder; without `inversion`, opposite phases of stereo are decoded as if equal."""

    def __init__(self, rate_hz: int, channels: int = 1, library: str = "", inversion: bool = True):
        self._library = load(library)
        self._library.opus_decoder_create.restype = ctypes.c_void_p
        error = ctypes.c_int()
        self._state = ctypes.c_void_p(
            self._library.opus_decoder_create(rate_hz, channels, ctypes.byref(error))
        )
        _check(error.value)
        self.rate_hz = rate_hz
        self.channels = channels
        if not inversion:
            _check(self._library.opus_decoder_ctl(self._state, _SET_NO_INVERSION, ctypes.c_int(1)))

    def __del__(self):
        self._library.opus_decoder_destroy(self._state)

    def decode(self, packet: bytes | None, samples: int, fec: bool = False) -> array:
        """The sound of a packet; of None, `samples` of concealment."""
        pcm = array("h", bytes(2 * self.channels * samples))
        address, _ = pcm.buffer_info()
        count = self._library.opus_decode(
            self._state,
            packet,
            len(packet) if packet else 0,
            ctypes.c_void_p(address),
            samples,
            int(fec),
        )
        return pcm[: _check(count) * self.channels]

    def final_range(self) -> int:
        """The range coder's state after the last packet."""
        value = ctypes.c_uint32()
        self._library.opus_decoder_ctl(self._state, _GET_RANGE, ctypes.byref(value))
        return value.value

    def memory(self, at: int, count: int) -> bytes:
        """Bytes of its state, which has the layout of the library's version and build."""
        return ctypes.string_at(self._state.value + at, count)
