"""One participant's sound on its way out: limit, encode, number, send; or pass on as it came."""
# MIT License; see LICENSE

from __future__ import annotations

import secrets
from collections.abc import Callable

import numpy as np

from . import codecs, dsp, rtp

# After this many frames of nothing the stream pauses; the next sound starts with a marker.
_HANG_OVER_FRAMES = 20


class Outbound:
    """The encoder and packetizer of one listener. `send` takes one unprotected RTP packet.

    `source` is the id of the participant whose packets are passed on as they come, in place of
    frames; the mixer sets it.
    """

    def __init__(
        self,
        codec_name: str,
        rate_hz: int,
        payload_type: int,
        level_extension: int | None,
        send: Callable[[bytes], None],
        playback_hz: int = dsp.HIGH_HZ,
    ) -> None:
        self.rate_hz = rate_hz
        self.ssrc = secrets.randbits(32)
        self.packets = 0
        self.octets = 0
        self.timestamp = 0
        self.remote_loss = 0  # of 256, as the listener reported last
        self.codec_name = codec_name
        self.source: str | None = None
        self._codec = codecs.create(codec_name, playback_hz)
        self._payload_type = payload_type
        self._level_extension = level_extension
        self._send = send
        self._frame = dsp.frame_samples(rate_hz)
        self._limiter = dsp.Limiter()
        self._sequence = secrets.randbits(15)  # of the newest packet, with its roll-overs
        self._origin = secrets.randbits(31)
        self._silent = _HANG_OVER_FRAMES
        self._tick = 0
        self._passing: int | None = None  # SSRC of what is passed on
        self._shift = (0, 0)  # from its sequence numbers and timestamps to ours
        self._first = 0  # our number of the first that was passed on

    def send_frame(self, samples: np.ndarray | None, tick: int) -> None:
        """Send one 20 ms frame (float, at `rate_hz`) of mixer tick `tick`; None is silence."""
        self.rest(tick)
        marker = self._silent >= _HANG_OVER_FRAMES
        if self._passing is not None:
            self._resume()
            marker = True
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
        self.timestamp = self._time()
        self._sequence += 1
        level = dsp.level_dbov(pcm) if self._level_extension is not None else 0
        self._put(self._sequence, self.timestamp, payload, marker, level)

    def rest(self, tick: int) -> None:
        """Send nothing of one's own at mixer tick `tick`."""
        self._tick = tick

    def pass_on(self, packet: rtp.RtpPacket, level_dbov: int) -> None:
        """Send another's packet under our numbers: what it carries, and what is missing, stays.

        Not what is older than the first: its number was used before, and SRTP may use none twice
        (RFC 3711 section 9.1).
        """
        marker = packet.marker
        if packet.ssrc != self._passing:
            self._passing = packet.ssrc
            self._first = self._sequence + 1
            self._shift = (self._first - packet.sequence, self._time() - packet.timestamp)
            marker = True
        ahead = (packet.sequence + self._shift[0] - self._sequence + 0x8000) % 0x10000 - 0x8000
        sequence = self._sequence + ahead
        if sequence < self._first:
            return
        timestamp = (packet.timestamp + self._shift[1]) & 0xFFFFFFFF
        if ahead > 0:
            self._sequence, self.timestamp = sequence, timestamp
        self._put(sequence, timestamp, packet.payload, marker, level_dbov)

    def _time(self) -> int:
        return (self._origin + self._tick * self._frame) & 0xFFFFFFFF

    def _resume(self) -> None:
        """Go on with frames; their time never lies before that of what was passed on."""
        self._passing = None
        ahead = (self.timestamp + self._frame - self._time()) & 0xFFFFFFFF
        if ahead < 0x80000000:
            self._origin += ahead

    def _put(
        self, sequence: int, timestamp: int, payload: bytes, marker: bool, level_dbov: int
    ) -> None:
        self.packets += 1
        self.octets += len(payload)
        self._send(
            rtp.build(
                self._payload_type,
                sequence & 0xFFFF,
                timestamp,
                self.ssrc,
                payload,
                marker,
                self._level_extension,
                level_dbov,
            )
        )
