"""The emulated 32-bit chip hears what the Unix builds hear."""
# MIT License; see LICENSE

import os
import subprocess
from pathlib import Path

import streams
import test_decoder
import test_silk
from roomtone_host.emulator import compile_tree, run_script

FIRMWARE = streams.ROOT / "build" / "emulator" / "firmware-rv32.elf"
SCRIPT = Path(__file__).with_name("run_chip.py")
MOST = 60  # records of a stream


def test_sound_on_the_chip_equals_that_on_unix(tmp_path):
    chosen = [(name, test_silk) for name in ("wide", "loss", "redundant-stereo", "narrow-to-48k")]
    chosen += [(name, test_decoder) for name in ("changes-loss", "changes-stereo", "hybrid")]
    lines = []
    for name, module in chosen:
        stream = module.make(name)
        lines.append((name, stream.rate_hz, stream.channels, stream.records[:MOST]))
    (tmp_path / "records.py").write_text(f"STREAMS = {lines!r}\n")
    library = streams.ROOT / "build" / "mpy" / "rv32imc" / "lib"
    compile_tree(streams.ROOT / "lib", library, "rv32imc")
    chip = run_script(
        SCRIPT, paths=[tmp_path, library, Path(".frozen")], firmware=FIRMWARE, cwd=streams.ROOT
    )
    assert chip.exit_code == 0, chip.output
    unix = subprocess.run(
        [str(streams.UNIX_64), "-X", "heapsize=8M", str(SCRIPT)],
        env=os.environ | {"MICROPYPATH": f"{streams.ROOT / 'lib'}:{tmp_path}:.frozen"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(unix.stdout.splitlines()) == len(chosen)
    assert chip.output.split() == unix.stdout.split()
