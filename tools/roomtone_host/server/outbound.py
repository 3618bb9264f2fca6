"""One participant's sound on its way out: limit, encode, number, send."""
# MIT License; see LICENSE

from __future__ import annotations

import secrets
from collections.abc import Callable

import numpy as np

from . import codecs, dsp, rtp

# After this many frames of nothing the stream pauses; the next sound starts with a marker.
_HANG_OVER_FRAMES = 20


class Outbound:
    """The encoder and packetizer of one listener. `send` takes one unprotected RTP packet."""

    def __init__(
        self,
        codec_name: str,
        rate_hz: int,
        payload_type: int,
        level_extension: int | None,
        send: Callable[[bytes], None],
    ) -> None:
        self.rate_hz = rate_hz
        self.ssrc = secrets.randbits(32)
        self.packets = 0
        self.octets = 0
        self.timestamp = 0
        self._codec = codecs.create(codec_name)
        self._payload_type = payload_type
        self._level_extension = level_extension
        self._send = send
        self._frame = dsp.frame_samples(rate_hz)
        self._limiter = dsp.Limiter()
        self._sequence = secrets.randbits(15)
        self._origin = secrets.randbits(31)
        self._silent = _HANG_OVER_FRAMES

    def send_frame(self, samples: np.ndarray | None, tick: int) -> None:
        """Send one 20 ms frame (float, at `rate_hz`) of mixer tick `tick`; None is silence."""
        marker = self._silent >= _HANG_OVER_FRAMES
        if samples is None:
            if marker:
                return
            self._silent += 1
            samples = np.zeros(self._frame, np.float32)
        else:
            self._silent = 0
        pcm = self._limiter.process(samples)
        payload = self._codec.encode(pcm)
        if not payload:
            return
        self.timestamp = (self._origin + tick * self._frame) & 0xFFFFFFFF
        self._sequence = (self._sequence + 1) & 0xFFFF
        self.packets += 1
        self.octets += len(payload)
        level = dsp.level_dbov(pcm) if self._level_extension is not None else 0
        self._send(
            rtp.build(
                self._payload_type,
                self._sequence,
                self.timestamp,
                self.ssrc,
                payload,
                marker,
                self._level_extension,
                level,
            )
        )
