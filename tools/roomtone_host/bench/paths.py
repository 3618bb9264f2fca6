"""Where the tree keeps what the bench reads and writes."""
# MIT License; see LICENSE

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BUILD = ROOT / "build"
MPY = BUILD / "mpy"
FIRMWARE = BUILD / "emulator" / "firmware-rv32.elf"
UNIX_32 = BUILD / "emulator" / "micropython32"
FROZEN_32 = BUILD / "emulator" / "micropython32-frozen"
REPORT = BUILD / "bench.json"
OPUS_REPORT = BUILD / "bench-opus.json"
QUALITY_REPORT = BUILD / "bench-opus-quality.json"
