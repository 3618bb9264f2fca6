"""`roomtone boards new`: what it writes is right, formatted, and starts on a fake machine."""
# MIT License; see LICENSE

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from roomtone_host.boards import readme
from roomtone_host.boards.check import check
from roomtone_host.boards.command import app
from roomtone_host.boards.model import load
from typer.testing import CliRunner

ROOT = Path(__file__).resolve().parents[2]
CODEC = ["--audio", "26,25,22,35", "--i2c", "21,19"]
# What a user asks for, and whether the board then talks and listens at once.
BOARDS = {
    "bare_esp32": (["--chip", "esp32"], True),
    "bare_s3": (["--chip", "esp32s3", "--psram", "none", "--led", "48"], True),
    "bare_c3": (["--chip", "esp32c3", "--led", "1", "--led-kind", "gpio", "--button", "0"], False),
    "bare_c6": (["--chip", "esp32c6"], False),
    "codec_by_bit_clock": (["--chip", "esp32", "--codec", "ES8311", *CODEC], False),
    "codec_by_mck": (["--chip", "esp32", "--codec", "ES8311", "--amplifier", "23",
                      "--audio", "26,25,22,35,27", "--i2c", "21,19"], False),
    "codec_old": (["--chip", "esp32", "--codec", "ES8388", "--audio", "26,25,22,35,27",
                   "--i2c", "21,19"], False),
    "codec_c3": (["--chip", "esp32c3", "--codec", "WM8960", "--audio", "4,5,6,7,10",
                  "--i2c", "0,1"], False),
}  # fmt: skip
START = """
import sys
from array import array
from fake_clock import clock
from fake_i2c import I2C
from fake_i2s import I2S
from i2c import Chip

I2C.devices = {0x18: Chip({0xFD: 0x83}), 0x10: Chip(), 0x1A: Chip()}
sys.path.insert(0, sys.argv[1])
import board

microphone, speaker = board.microphone(), board.speaker()
microphone.start()
speaker.start()
running = len(I2S.ports)
if not board.duplex:
    board.talk(True)
clock.advance(60000)
heard = microphone.readinto(memoryview(array("h", bytes(640))))
if not board.duplex:
    board.talk(False)
clock.advance(60000)
played = speaker.write(array("h", bytes(640)))
microphone.stop()
speaker.stop()
board.led().show("live")
board.button().pressed()
print(board.name, board.duplex, running, heard > 0, played > 0, len(I2S.ports))
"""


def make(folder: Path, name: str, *flags: str):
    return CliRunner().invoke(app, ["new", name, "--yes", "--folder", str(folder), *flags])


@pytest.mark.parametrize("name", BOARDS)
def test_a_new_board_is_right_and_starts(tmp_path, name):
    flags, full = BOARDS[name]
    done = make(tmp_path, name, *flags)
    assert done.exit_code == 0, done.output
    assert check(name, tmp_path) == []
    assert readme.stale(load(name, tmp_path)) == []
    for arguments in (["check"], ["format", "--check"]):
        subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "--config", ROOT / "pyproject.toml",
             tmp_path / name],
            check=True, timeout=60,
        )  # fmt: skip
    ran = subprocess.run(
        [ROOT / ".venv" / "bin" / "micropython", "-c", START, tmp_path / name],
        cwd=ROOT,
        env={
            **os.environ,
            "MICROPYPATH": "tests/micropython/fakes:lib:firmware:.frozen",
        },
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    wanted = f"{name} {full} {2 if full else 1} True True 0\n"
    assert ran.stdout == wanted, ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--chip", "esp8266"], "esp8266 is no chip that Roomtone knows"),
        (["--psram", "lots"], "has PSRAM none, quad, octal, not lots"),
        (["--codec", "AC101"], "no driver for AC101; there is for ES8311"),
        (["--microphone", "4,5"], "needs 3 pins (sck, ws, sd), not 2"),
        (["--microphone", "a,b,c"], "write them like 4,5,6"),
        (["--codec", "ES8388", "--audio", "1,2,4,5", "--i2c", "6,7"], "for its master clock"),
        (["--speaker", "27,4,5"], "uses for its flash; take another pin"),
        (["--amplifier", "21"], "behind a --codec"),
        (["--led", "45"], "the chip reads at reset"),
        (["--led", "15"], "GPIO15 is used by speaker sck and led data"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(tmp_path, flags, says):
    done = make(tmp_path, "mine", *flags)
    assert done.exit_code == 1
    assert says in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_there_or_is_none(tmp_path):
    (tmp_path / "mine").mkdir()
    assert "is there already" in make(tmp_path, "mine").output.replace("\n", " ")
    assert "is no name" in make(tmp_path, "My Board").output


def test_it_asks_for_what_flags_leave_open(tmp_path):
    asked = CliRunner().invoke(
        app, ["new", "--folder", str(tmp_path)], input="\n\nnone\n\n11,12,13\n"
    )
    assert asked.exit_code == 0, asked.output
    facts = json.loads((tmp_path / "custom" / "board.json").read_text())
    assert facts["mcu"] == "esp32s3"
    parts = facts["roomtone"]["parts"]
    assert parts["microphone"]["pins"] == {"sck": 5, "ws": 4, "sd": 6}
    assert parts["speaker"]["pins"] == {"sck": 11, "ws": 12, "sd": 13}


def test_a_disk_that_is_full_leaves_no_half_board(tmp_path, monkeypatch):
    def full(source, target):
        Path(target).mkdir()
        raise shutil.Error([(source, target, "No space left on device")])

    monkeypatch.setattr(shutil, "copytree", full)
    done = make(tmp_path, "mine")
    assert done.exit_code == 1
    assert "can't be written: No space left on device" in done.output
    assert list(tmp_path.iterdir()) == []
