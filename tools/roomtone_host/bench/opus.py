"""What lib/opus costs, beside libopus in C on the same core, with the same frames."""
# MIT License; see LICENSE

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..emulator import EmulatorError, run_program
from ..measure import Recording, read_wav
from . import instructions, mpyfile, paths, sizes, xtensa

PLACE = paths.BUILD / "bench" / "opus"
LIBOPUS = paths.BUILD / "emulator" / "libopus-rv32.elf"
_SPEECH = Path(__file__).parent.parent / "speech" / "reader.wav"
_FROM_S, _TO_S = 1.0, 3.0

# libopus' numbers.
_SILK, _HYBRID, _CELT = 1000, 1001, 1002
_NARROWBAND, _WIDEBAND, _SUPERWIDEBAND, _FULLBAND = 1101, 1103, 1104, 1105

RATES_HZ = (8000, 16000, 24000, 48000)
_TREBLE = 0.05  # 26 dB below the voice

# Instructions of a frame at most, and times as many as libopus.
TIMES = 4
ENCODE_BITRATE = 24000
UNCOUNTED = 5  # frames at the start, in device/codec.py and in libopus.c
KIB = 1024
HEAP_AND_CODE = {"both": 60 * KIB, "both_and_silk": 90 * KIB}


@dataclass(frozen=True)
class Stream:
    """A sound as libopus encodes it, and the rates that it is decoded to."""

    rate_hz: int
    mode: int
    bandwidth: int
    bitrate_bps: int
    complexity: int
    variable: bool
    decoded_hz: tuple[int, ...] = ()
    ours: bool = False  # our encoder gets the same sound and bit rate


STREAMS = {
    # Complexity 5 has the pitch pre-filter, and so gives the decoder its post-filter to do.
    "celt": Stream(16000, _CELT, _WIDEBAND, ENCODE_BITRATE, 5, False, (16000,)),
    "silk": Stream(16000, _SILK, _WIDEBAND, 24000, 5, True, RATES_HZ),
    "hybrid": Stream(48000, _HYBRID, _FULLBAND, 32000, 5, True, RATES_HZ),
    "celt_full": Stream(48000, _CELT, _FULLBAND, 48000, 5, False, RATES_HZ),
    # What our encoder is measured against.
    "celt_narrow_plain": Stream(8000, _CELT, _NARROWBAND, 16000, 0, False, (), True),
    "celt_plain": Stream(16000, _CELT, _WIDEBAND, ENCODE_BITRATE, 0, False, (16000,), True),
    "celt_super_plain": Stream(24000, _CELT, _SUPERWIDEBAND, 32000, 0, False, (), True),
    "celt_full_plain": Stream(48000, _CELT, _FULLBAND, 64000, 0, False, (), True),
}
BARS = {"celt_16000": 320_000, "silk_16000": 220_000, "hybrid_16000": 300_000}
ENCODE_BAR = 320_000


def measure(status: Callable[[str], object], with_xtensa: bool = True) -> dict[str, Any]:
    """Every figure; `status(text)` is told what is under way. Xtensa takes a minute by itself.

    Raises EmulatorError, RuntimeError or OSError, the first too when ours and libopus end a
    stream that both read whole with different states of the range coder.
    """
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    for rate_hz in RATES_HZ:
        (PLACE / f"{rate_hz}.pcm").write_bytes(_sound(rate_hz))
    found: dict[str, Any] = {"decode": {}, "encode": {}}
    price = xtensa.prices() if with_xtensa else None
    for name, stream in STREAMS.items():
        status(f"libopus: {name}")
        theirs = _libopus(name, stream)
        if stream.ours:
            status(f"encoding at {stream.rate_hz} Hz")
            found["encode"][str(stream.rate_hz)] = _encode(stream, theirs, price)
        for rate_hz in stream.decoded_hz:
            status(f"decoding {name} to {rate_hz} Hz")
            found["decode"][f"{name}_{rate_hz}"] = _decode(name, rate_hz, theirs, price)
    status("memory")
    found["memory"] = _memory()
    found["libopus_bytes"] = {key: theirs[key] for key in ("encoder_bytes", "decoder_bytes")}
    return found


def _sound(rate_hz: int) -> bytes:
    """Two seconds of a reader; where there is room for more than 8 kHz, with treble that he has
    not: images of his voice."""
    sound = read_wav(_SPEECH)
    piece = slice(*(round(second * rate_hz) for second in (_FROM_S, _TO_S)))
    if rate_hz > sound.rate_hz:
        times = RATES_HZ[-1] // sound.rate_hz
        voice = sound.at(RATES_HZ[-1]).samples
        images = np.zeros(len(voice))
        images[::times] = times * sound.samples
        sound = Recording(voice + _TREBLE * (images - voice), RATES_HZ[-1])
    samples = sound.at(rate_hz).samples
    return np.round(np.clip(samples[piece], -1, 1) * 32767).astype("<i2").tobytes()


def _libopus(name: str, stream: Stream) -> dict[str, int]:
    if not LIBOPUS.exists():
        raise EmulatorError(f"{LIBOPUS} is missing; run: make emulator")
    facts = (
        f"{stream.rate_hz}.pcm",
        f"{name}.packets",
        stream.rate_hz,
        stream.mode,
        stream.bandwidth,
        stream.bitrate_bps,
        stream.complexity,
        int(stream.variable),
        *stream.decoded_hz,
    )
    (PLACE / "case.txt").write_text(" ".join(map(str, facts)) + "\n")
    done = run_program(LIBOPUS, cwd=PLACE)
    if done.exit_code:
        raise EmulatorError(f"libopus failed:\n{done.output}")
    return instructions.figures(done.output)


def _compared(ours: dict[str, int], libopus: int, most: int) -> dict[str, Any]:
    mean = ours.pop("mean")
    row = {"instructions": mean, "most": ours.pop("most")}
    row |= {"libopus": libopus, "libopus_most": most, "times_libopus": round(mean / libopus, 2)}
    ours.pop("range")
    row["stack_bytes"] = ours.pop("stack")
    return row | {"stages": ours | {"python": max(0, mean - sum(ours.values()))}}


def _decode(
    name: str, rate_hz: int, theirs: dict[str, int], price: dict[str, int] | None
) -> dict[str, Any]:
    packets = PLACE / f"{name}.packets"
    ours = instructions.count("codec", ["decode", str(packets), str(rate_hz)])
    # Our decoder reads the CELT layer of hybrid frames only where it is heard.
    is_read = STREAMS[name].mode != _HYBRID or rate_hz > 16000
    if is_read and ours["range"] != theirs[f"range_{rate_hz}"]:
        raise EmulatorError(f"{name}: the range coder ends in another state than libopus' does")
    figures = theirs[f"decode_{rate_hz}"], theirs[f"decode_{rate_hz}_most"]
    frames = theirs["frames"] + UNCOUNTED
    bitrate = (packets.stat().st_size - 2 * frames) * 8 * 50 // frames
    bar = BARS.get(f"{name}_{rate_hz}")
    row = _compared(ours, *figures) | {"bitrate_bps": bitrate, "bar": bar}
    return row | _on_xtensa(row, "decode", packets, [rate_hz], price)


def _encode(
    stream: Stream, theirs: dict[str, int], price: dict[str, int] | None
) -> dict[str, Any]:
    rate_hz = stream.rate_hz
    sound = PLACE / f"{rate_hz}.pcm"
    ours = instructions.count(
        "codec", ["encode", str(sound), str(rate_hz), str(stream.bitrate_bps)]
    )
    figures = theirs[f"encode_{rate_hz}"], theirs[f"encode_{rate_hz}_most"]
    bar = ENCODE_BAR if rate_hz == 16000 else None
    row = _compared(ours, *figures) | {"bitrate_bps": stream.bitrate_bps, "bar": bar}
    return row | _on_xtensa(row, "encode", sound, [rate_hz, stream.bitrate_bps], price)


def _on_xtensa(
    row: dict[str, Any], what: str, path: Path, numbers: list[int], price: dict[str, int] | None
) -> dict[str, Any]:
    if price is None:
        return {}
    return {"xtensawin": xtensa.count(what, path, numbers, price, row["stages"]["python"])}


def _memory() -> dict[str, dict[str, int]]:
    """Heap on the 32-bit build, and machine code of the modules that are loaded by then."""
    celt, *silk = [PLACE / f"{name}.packets" for name in ("celt", "silk", "hybrid")]
    return {
        "decoder": _held("-", celt),
        "decoder_and_silk": _held("-", celt, *silk),
        "both": _held("encoder", celt),
        "both_and_silk": _held("encoder", celt, *silk),
    }


def _held(*arguments: str | Path) -> dict[str, int]:
    done = subprocess.run(
        [paths.UNIX_32, Path(__file__).with_name("device") / "codec_heap.py", *arguments],
        env={**os.environ, "MICROPYPATH": f"{sizes.compiled('x86')}:.frozen"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"codec_heap.py failed:\n{done.stdout}{done.stderr}")
    found = {f"heap_{key}": value for key, value in instructions.figures(done.stdout).items()}
    modules = [line for line in done.stdout.splitlines() if line.startswith("opus")]
    for arch in sizes.ARCHITECTURES:
        library = sizes.compiled(arch)
        files = [library / (name.replace(".", "/") + ".mpy") for name in modules]
        found[f"native_{arch}"] = sum(mpyfile.read(file).native for file in files if file.exists())
    return found
