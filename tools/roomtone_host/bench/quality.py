"""What lib/opus' encoder sounds like, beside libopus at the same bit rates."""
# MIT License; see LICENSE

from __future__ import annotations

import os
import shutil
import subprocess
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import soundfile

from .. import libopus
from ..simboard import micropython_path
from . import paths
from .qualitytables import ENCODERS
from .scores import MUSIC_HZ, NAMES, SPEECH_HZ, Judge

KBIT_S = (12, 16, 24, 32, 48)
# Each kind at the rate that it is encoded from, and its recordings.
SOUNDS = {
    "speech": (SPEECH_HZ, Path(__file__).parent.parent / "speech"),
    "music": (MUSIC_HZ, Path(__file__).parent / "music"),
}
_PLACE = paths.BUILD / "bench" / "quality"


@dataclass(frozen=True)
class Sound:
    """A recording: 16-bit mono, whole frames of 20 ms."""

    name: str
    kind: str
    rate_hz: int
    pcm: array

    @property
    def frames(self) -> Iterator[array]:
        """Its frames of 20 ms."""
        size = self.rate_hz // 50
        return (self.pcm[i : i + size] for i in range(0, len(self.pcm), size))

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.pcm) / self.rate_hz


def measure(status: Callable[[str], object], kbit_s: tuple[int, ...] = KBIT_S) -> dict[str, Any]:
    """Scores by kind, encoder and bit rate: means over the recordings of a kind, and each.

    `status(text)` is told what is under way. Raises RuntimeError or OSError.
    """
    shutil.rmtree(_PLACE, ignore_errors=True)
    _PLACE.mkdir(parents=True)
    judge = Judge()
    found: dict[str, Any] = {"scores": {}, "recordings": {}}
    for kind in SOUNDS:
        sounds = list(recordings(kind))
        for encoder in ENCODERS:
            for rate in kbit_s:
                status(f"{kind}, {encoder.replace('_', ' ')}, {rate} kbit/s")
                rows = {sound.name: _row(judge, sound, encoder, rate) for sound in sounds}
                place = found["scores"].setdefault(kind, {}).setdefault(encoder, {})
                place[str(rate)] = {
                    key: round(fmean(row[key] for row in rows.values()), 3)
                    for key in ("kbit_s", *NAMES)
                }
                for name, row in rows.items():
                    by_encoder = found["recordings"].setdefault(name, {}).setdefault(encoder, {})
                    by_encoder[str(rate)] = {key: round(value, 3) for key, value in row.items()}
    found["versions"] = {name: version(name) for name in ("visqol-python", "pesq", "pystoi")}
    found["versions"]["libopus"] = libopus.version()
    return found


def recordings(kind: str) -> Iterator[Sound]:
    """The recordings of a kind."""
    rate_hz, folder = SOUNDS[kind]
    for path in sorted(folder.glob("*.*")):
        if path.suffix in (".wav", ".flac"):
            samples, found_hz = soundfile.read(path, dtype="int16")
            if found_hz != rate_hz or samples.ndim != 1:
                raise RuntimeError(f"{path.name} is not {rate_hz} Hz, mono")
            whole = len(samples) // (rate_hz // 50) * (rate_hz // 50)
            yield Sound(path.stem, kind, rate_hz, array("h", samples[:whole].tobytes()))


def _row(judge: Judge, sound: Sound, encoder: str, kbit_s: int) -> dict[str, float]:
    ours = encoder.startswith("roomtone")
    make = _encode_ours if ours else _encode_theirs
    packets = make(sound, encoder, 1000 * kbit_s)
    heard = _decode(packets, sound.rate_hz)
    size = sum(map(len, packets))
    said = np.frombuffer(sound.pcm, "<i2") / 32768
    return {
        "kbit_s": 8 * size / sound.seconds / 1000,
        **judge.scores(said, heard, sound.rate_hz, sound.kind),
    }


def _encode_ours(sound: Sound, encoder: str, bitrate_bps: int) -> list[bytes]:
    """By lib/opus itself, in MicroPython for this machine."""
    source, target = _PLACE / "sound", _PLACE / "packets"
    source.write_bytes(sound.pcm.tobytes())
    script = Path(__file__).with_name("device") / "encode.py"
    facts = (sound.rate_hz, bitrate_bps, *encoder.split("_")[1:])
    done = subprocess.run(
        [micropython_path(), script, source, target, *map(str, facts)],
        env={**os.environ, "MICROPYPATH": f"{paths.ROOT / 'lib'}:.frozen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"encode.py failed:\n{done.stdout}{done.stderr}")
    data, at, packets = target.read_bytes(), 0, []
    while at < len(data):
        end = at + 2 + int.from_bytes(data[at : at + 2], "little")
        packets.append(data[at + 2 : end])
        at = end
    return packets


def _encode_theirs(sound: Sound, encoder: str, bitrate_bps: int) -> list[bytes]:
    settings = {"bitrate": bitrate_bps}
    application = libopus.VOIP if sound.kind == "speech" else libopus.AUDIO
    if encoder != "default":
        application = libopus.LOW_DELAY
        settings |= {"complexity": int(encoder[-1]), "vbr": 0}
    coder = libopus.Encoder(sound.rate_hz, application=application, **settings)
    return [coder.encode(frame) for frame in sound.frames]


def _decode(packets: list[bytes], rate_hz: int) -> np.ndarray:
    """By libopus, whoever made them."""
    decoder = libopus.Decoder(rate_hz)
    heard = array("h")
    for packet in packets:
        heard.extend(decoder.decode(packet, rate_hz // 50))
    return np.frombuffer(heard, "<i2") / 32768
