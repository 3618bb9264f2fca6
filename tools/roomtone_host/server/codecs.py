"""Codecs of the embedded engine: both laws of G.711 at 8 kHz, Opus at 48 kHz through PyAV."""
# MIT License; see LICENSE

from __future__ import annotations

import av
import numpy as np

from . import dsp

_OPUS_BIT_RATE = 40_000
# For who plays 16 kHz or less: speech alone is coded, which is easier to decode, too.
_WIDEBAND_HZ = 16_000
_WIDEBAND_BIT_RATE = 28_000
_PACKET_LIMIT_S = 0.12  # RFC 7587: a packet is at most 120 ms


# What boards take of others' packets (lib/roomtone/media.py).
_BOARD_MS = 20
_BOARD_BYTES = 320


def fits_boards(packet: bytes) -> bool:
    """Whether an Opus packet has 20 ms in few bytes (RFC 6716 section 3.1)."""
    if not packet or len(packet) > _BOARD_BYTES:
        return False
    config, code = packet[0] >> 3, packet[0] & 3
    if config < 12:
        frame_ms = (10.0, 20.0, 40.0, 60.0)[config & 3]
    elif config < 16:
        frame_ms = (10.0, 20.0)[config & 1]
    else:
        frame_ms = (2.5, 5.0, 10.0, 20.0)[config & 3]
    count = (1, 2, 2, packet[1] & 63 if len(packet) > 1 else 0)[code]
    return count * frame_ms == _BOARD_MS


class G711:
    """PCMU or PCMA; stateless, a table look-up each way."""

    def __init__(self, name: str) -> None:
        self._decode = dsp.DECODE[name]
        self._encode = dsp.ENCODE[name]

    def decode(self, payload: bytes) -> np.ndarray:
        """16-bit samples at 8 kHz; empty when the packet is absurdly long."""
        if len(payload) > dsp.LOW_HZ * _PACKET_LIMIT_S:
            return np.zeros(0, np.int16)
        return self._decode[np.frombuffer(payload, np.uint8)]

    def encode(self, samples: np.ndarray) -> bytes:
        """One frame of 16-bit samples as bytes."""
        return self._encode[samples.view(np.uint16)].tobytes()


class Opus:
    """Opus, mono, 20 ms; a decoder and an encoder that remember.

    The listener of what is encoded plays `playback_hz` at most.
    """

    def __init__(self, playback_hz: int = dsp.HIGH_HZ) -> None:
        self._playback_hz = playback_hz
        self._decoder: av.AudioCodecContext | None = None
        self._encoder: av.AudioCodecContext | None = None
        self._pts = 0

    def decode(self, payload: bytes) -> np.ndarray:
        """16-bit samples at 48 kHz; empty when the packet can't be decoded."""
        if not payload:
            return np.zeros(0, np.int16)
        if self._decoder is None:
            self._decoder = _context("r", dsp.HIGH_HZ)
        try:
            frames = self._decoder.decode(av.Packet(payload))
        except av.FFmpegError:
            return np.zeros(0, np.int16)
        parts = [frame.to_ndarray().reshape(-1) for frame in frames]
        return np.concatenate(parts) if parts else np.zeros(0, np.int16)

    def encode(self, samples: np.ndarray) -> bytes:
        """One 20 ms frame of 16-bit samples as a packet."""
        if self._encoder is None:
            self._encoder = _context("w", self._playback_hz)
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = dsp.HIGH_HZ
        frame.pts = self._pts
        self._pts += len(samples)
        return b"".join(bytes(packet) for packet in self._encoder.encode(frame))


def _context(mode: str, playback_hz: int) -> av.AudioCodecContext:
    context = av.CodecContext.create("libopus", mode)
    context.format = "s16"
    context.layout = "mono"
    context.sample_rate = dsp.HIGH_HZ
    if mode == "w":
        narrow = playback_hz <= _WIDEBAND_HZ
        context.bit_rate = _WIDEBAND_BIT_RATE if narrow else _OPUS_BIT_RATE
        # Forward error correction for listeners on Wi-Fi; complexity 5 costs half of 10.
        context.options = {
            "application": "voip",
            "fec": "1",
            "packet_loss": "5",
            "compression_level": "5",
        }
        if narrow:
            context.options |= {"cutoff": str(_WIDEBAND_HZ // 2)}
    context.open()
    return context


def create(name: str, playback_hz: int = dsp.HIGH_HZ) -> G711 | Opus:
    """The codec called `name`: "PCMU", "PCMA" or "OPUS"; what it encodes is played so."""
    return Opus(playback_hz) if name == "OPUS" else G711(name)
