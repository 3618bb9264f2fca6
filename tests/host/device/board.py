"""A board at the end of a cable: a PTY with an emulated loader behind it, and MicroPython.

On a PTY nobody sees DTR and RTS, so the board is in its loader when the loader's greeting comes,
and starts what is in its flash when a console's keys come. `pull_at` pulls the cable when so
much of an image is written (0 to 1); `plug()` puts it back.
"""
# MIT License; see LICENSE

from __future__ import annotations

import contextlib
import os
import pty
import select
import subprocess
import threading
import tty
from collections.abc import Callable, Sequence
from pathlib import Path

from rom import RomLoader
from roomtone_host.device import images
from roomtone_host.device.chips import CHIPS
from roomtone_host.device.errors import DeviceError

# What a chip's MicroPython does before its prompt.
_BOOT = """
import os
if "boot.py" in os.listdir(): import boot
if "main.py" in os.listdir(): import main
"""
_GREETING = b"\xc0\x00\x08\x24\x00"


class FakeBoard:
    """One board in `directory`; without `needs_image` MicroPython starts whatever is in flash."""

    def __init__(
        self,
        chip: str,
        directory: Path,
        micropython: Sequence[str],
        pull_at: float | None = None,
        needs_image: bool = True,
    ) -> None:
        self.rom = RomLoader(chip)
        self.directory = directory
        self.pull_at = pull_at
        self.pull_after: Callable[[bytes], bool] | None = None
        self.pulled = False
        self.booted = 0
        self.pty = ""
        self._command = list(micropython)
        self._needs_image = needs_image
        self._process: subprocess.Popen[bytes] | None = None
        self._console = -1
        self._master = self._user = -1
        self._thread: threading.Thread | None = None
        self._wake = (-1, -1)

    def __enter__(self) -> FakeBoard:
        self.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    def plug(self) -> str:
        """Connect the cable and power the board; returns the port."""
        self.unplug()
        self.pulled = False
        self.rom.stub = False
        self.rom._frame = None
        self._master, self._user = pty.openpty()
        tty.setraw(self._user)
        self.pty = os.ttyname(self._user)
        self._wake = os.pipe()
        self._thread = threading.Thread(target=self._pump, daemon=True)
        self._thread.start()
        return self.pty

    def unplug(self) -> None:
        """Pull the cable, which also takes the power."""
        if self._thread is None:
            return
        os.write(self._wake[1], b"x")
        self._thread.join()
        self._thread = None
        for descriptor in self._wake:
            os.close(descriptor)

    # -- inside ----------------------------------------------------------------------------

    def _pump(self) -> None:
        master, wake = self._master, self._wake[0]
        try:
            while not self.pulled:
                watched = [master, wake] + ([self._console] if self._console >= 0 else [])
                ready, _, _ = select.select(watched, [], [], 30)
                if wake in ready or not ready:
                    break
                if self._console in ready:
                    self._from_console(master)
                if master in ready:
                    self._from_host(master, os.read(master, 65536))
        finally:
            self.pulled = True
            self._halt()
            os.close(self._user)
            os.close(master)

    def _from_host(self, master: int, data: bytes) -> None:
        if data.startswith(_GREETING):
            self._halt()
        if self._process is None and not data.startswith(b"\xc0") and self.rom._frame is None:
            if b"\x01" in data or b"\x03" in data:
                self._boot(master)
            if self._process is None:
                return
        if self._process is None:
            os.write(master, self.rom.feed(data))
            if self.pull_at is not None and self.rom.written and self.rom.progress >= self.pull_at:
                self.pull_at, self.pulled = None, True
            return
        os.write(self._console, data)
        if self.pull_after and self.pull_after(data):
            self.pull_after, self.pulled = None, True

    def _from_console(self, master: int) -> None:
        try:
            os.write(master, os.read(self._console, 65536))
        except OSError:  # MicroPython ended, as a chip does at a reset
            self._halt()
            os.write(master, b"\r\nMPY: soft reboot\r\n")
            self._boot(master)

    def _boot(self, master: int) -> None:
        """Start what is in flash, as the ROM does."""
        if self._needs_image and not self._bootable():
            os.write(master, b"invalid header: 0xffffffff\r\n")
            return
        self.booted += 1
        self._console, inner = pty.openpty()
        tty.setraw(inner)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._process = subprocess.Popen(
            [*self._command, "-i", "-c", _BOOT],
            cwd=self.directory,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
        )
        os.close(inner)

    def _bootable(self) -> bool:
        with contextlib.suppress(DeviceError):
            chip = CHIPS[self.rom.chip]
            return images.check(bytes(self.rom.flash[chip.offset :]), "flash").chip == chip
        return False

    def _halt(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            os.close(self._console)
            self._process, self._console = None, -1
