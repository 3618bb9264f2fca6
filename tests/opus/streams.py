"""Streams of packets by libopus, what libopus decodes them to, and our decoders run on them."""
# MIT License; see LICENSE

import math
import random
import struct
import subprocess
from array import array
from functools import cache
from pathlib import Path

from roomtone_host import libopus

ROOT = Path(__file__).resolve().parents[2]
UNIX_64 = ROOT / ".venv" / "bin" / "micropython"
UNIX_32 = ROOT / "build" / "emulator" / "micropython32"

PACKET, LOSS, REDUNDANT = range(3)

_HYBRIDS = range(12, 16)  # configurations, RFC 6716 section 3.1

_TEXT = (
    "The quick brown fox jumps over the lazy dog. She sells sea shells by the sea shore; "
    "a stitch in time saves nine. Peter Piper picked a peck."
)


@cache
def speech(rate_hz: int, seconds: float) -> array:
    """Speech by espeak-ng, mono."""
    wave = subprocess.run(["espeak-ng", "--stdout", _TEXT], capture_output=True, check=True).stdout
    raw = subprocess.run(
        ["sox", "-t", "wav", "-", "-r", str(rate_hz), "-c", "1", "-b", "16", "-e", "signed"]
        + ["-t", "raw", "-", "gain", "-3"],
        input=wave,
        capture_output=True,
        check=True,
    ).stdout
    sound = array("h")
    sound.frombytes(raw)
    return sound[: int(rate_hz * seconds)]


def stereo(mono: array) -> array:
    """The sound on the left, and later and more quietly on the right."""
    late = len(mono) // 97
    pairs = array("h")
    for i, value in enumerate(mono):
        pairs.append(value)
        pairs.append(mono[i - late] // 2)
    return pairs


def is_read_in_part(packet: bytes, rate_hz: int) -> bool:
    """Whether our decoder leaves out the CELT layer: of hybrid packets, where it is not heard."""
    return packet[0] >> 3 in _HYBRIDS and rate_hz <= 16000


class Stream:
    """Records (kind, length in 2.5 ms, packet), and for each what libopus makes of it.

    `expected` has for each record the samples, and for packets the final range; None for those of
    hybrid packets at rates where our decoder leaves out the CELT layer.
    """

    def __init__(self, rate_hz: int, channels: int):
        self.rate_hz = rate_hz
        self.channels = channels
        self.records: list[tuple[int, int, bytes]] = []
        self.expected: list[tuple[array, int | None]] = []
        self._decoder = libopus.Decoder(rate_hz, channels, libopus.FIXED)

    def add(self, kind: int, packet: bytes, ms: float) -> None:
        """Append a record; ms is the length of a lost packet."""
        samples = int(self.rate_hz * ms / 1000)
        if kind == PACKET:
            sound = self._decoder.decode(packet, self.rate_hz * 3 // 25)
            is_part = is_read_in_part(packet, self.rate_hz)
            final_range = None if is_part else self._decoder.final_range()
        else:
            sound = self._decoder.decode(packet or None, samples, kind == REDUNDANT)
            final_range = None
        self.records.append((kind, int(ms / 2.5), packet))
        self.expected.append((sound, final_range))

    def save(self, path: Path) -> None:
        """Write the records as the MicroPython scripts read them."""
        data = b""
        for kind, units, packet in self.records:
            data += struct.pack("<BBH", kind, units, len(packet)) + packet
        path.write_bytes(data)


def encode(
    sound: array, rate_hz: int, channels: int, ms: float, changes=None, **settings: int
) -> list[bytes]:
    """Packets of `ms` each; changes maps a packet's number to settings from there on."""
    encoder = libopus.Encoder(rate_hz, channels, force_channels=channels, **settings)
    size = int(rate_hz * ms / 1000) * channels
    packets = []
    for i in range(len(sound) // size):
        encoder.set(**(changes or {}).get(i, {}))
        packets.append(encoder.encode(sound[i * size : (i + 1) * size]))
    return packets


def play(
    packets: list[bytes],
    ms: float,
    rate_hz: int,
    channels: int,
    loss: float = 0,
    redundancy: bool = False,
) -> Stream:
    """The stream that a receiver sees that loses packets by chance."""
    chance = random.Random(7)
    stream = Stream(rate_hz, channels)
    gap = False
    for i, packet in enumerate(packets):
        lost = i > 3 and chance.random() < loss
        if gap and redundancy:
            stream.add(REDUNDANT, packet, ms)
        elif gap:
            stream.add(LOSS, b"", ms)
        if not lost:
            stream.add(PACKET, packet, ms)
        gap = lost
    return stream


def decibels(expected: array, found: array) -> float:
    """How far the difference of two sounds lies below the expected one."""
    signal = sum(value * value for value in expected)
    noise = sum((a - b) * (a - b) for a, b in zip(expected, found, strict=True))
    return 10 * math.log10((signal + 1) / (noise + 1e-9)) if noise else 200.0


def run(binary: Path, script: str, stream: Stream, folder: Path, *more: str) -> list:
    """Decode the stream by a MicroPython script; returns (samples, final range) a record."""
    source, target = folder / "records", folder / "decoded"
    stream.save(source)
    command = [str(binary), "-X", "heapsize=4M", str(Path(__file__).with_name(script))]
    done = subprocess.run(
        [*command, str(source), str(target), str(stream.rate_hz), str(stream.channels), *more],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    data = target.read_bytes()
    at, frames = 0, []
    while at < len(data):
        count, final_range = struct.unpack_from("<II", data, at)
        sound = array("h")
        sound.frombytes(data[at + 8 : at + 8 + 2 * count])
        frames.append((sound, final_range))
        at += 8 + 2 * count
    return frames
