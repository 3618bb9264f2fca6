"""Deploying to MicroPython on an emulated RV32 core: its own machine code arrives, and runs."""
# MIT License; see LICENSE

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from roomtone_host.device import boards
from roomtone_host.device.bundle import make
from roomtone_host.device.chips import ARCHITECTURES
from roomtone_host.device.deploy import Deployed, _stage_and_switch
from roomtone_host.device.errors import DeviceError
from roomtone_host.device.output import Output
from roomtone_host.device.remote import Remote

FIRMWARE = boards.ROOT / "build" / "emulator" / "firmware-rv32.elf"
QEMU = shutil.which("qemu-system-riscv32")
RAM = Path(__file__).with_name("ram_files.py")
QUIET = Output(as_json=True)

pytestmark = pytest.mark.skipif(
    QEMU is None or not FIRMWARE.exists(), reason="make emulator builds it"
)


class Emulator:
    """The emulated chip, with its serial line on a PTY."""

    def __init__(self) -> None:
        command = [QEMU, "-machine", "virt", "-bios", "none", "-kernel", str(FIRMWARE)]
        command += ["-display", "none", "-monitor", "none", "-serial", "pty"]
        self._process = subprocess.Popen(command, stderr=subprocess.STDOUT, stdout=subprocess.PIPE)
        line = self._process.stdout.readline().decode()
        self.port = re.search(r"/dev/pts/\d+", line)[0]

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    running = Emulator()
    yield running
    running.end()


def test_machine_code_for_rv32_is_deployed_and_runs(emulator):
    board = boards.load("esp32c3_devkit")
    with Remote(emulator.port) as remote:
        assert remote.python.platform == "qemu"
        assert ARCHITECTURES[remote.python.arch_number] == board.chip.arch
        remote.run(RAM.read_text())
        done = Deployed(make(board))
        _stage_and_switch(QUIET, remote, done)
        assert remote.digests() == done.bundle.digests()
        remote.run("import sys\nsys.path[:] = ['', 'lib']\nfrom audio.g711 import Pcmu\n")
        code = "from array import array\npcm = array('h', [0, 1000, -1000, 32767] * 40)\n"
        code += "out = bytearray(160)\nprint(Pcmu().encode_into(pcm, out), out[:4])"
        # ITU-T G.711 table 2a: 0, 1000, -1000 and full scale.
        assert remote.run(code) == "160 bytearray(b'\\xff\\xceN\\x80')\n"
        again = Deployed(done.bundle)
        _stage_and_switch(QUIET, remote, again)
        assert again.written == []


def test_a_chip_that_dies_in_the_middle_is_a_pulled_cable(emulator):
    with pytest.raises(DeviceError) as caught, Remote(emulator.port) as remote:
        remote.run(RAM.read_text())
        remote.write("one.bin", bytes(8000), lambda _: emulator.end())
    assert caught.value.code == "cable-pulled"
