"""A virtual board with a firmware of its own to update, and releases for it."""
# MIT License; see LICENSE

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

from conftest import ROOM, SPEECH
from roomtone_host.server.ota import Release, Updates, is_updated
from roomtone_host.simboard import SimBoard

ROOT = Path(__file__).resolve().parents[2]
RESTART_CODE = 3


def firmware() -> dict[str, bytes]:
    """Every file of a board, as sources, by its place on the board."""
    files = {path.name: path.read_bytes() for path in (ROOT / "firmware").glob("*.py")}
    files |= {path.name: path.read_bytes() for path in (ROOT / "boards" / "sim").glob("*.py")}
    for package in ("webrtc", "audio", "roomtone"):
        for path in (ROOT / "lib" / package).rglob("*.py"):
            files[str(path.relative_to(ROOT))] = path.read_bytes()
    return {path: data for path, data in files.items() if Path(path).name != "manifest.py"}


def release(
    number: int,
    changes: dict[str, bytes | None] | None = None,
    board: str = "sim",
    arch: str = "any",
) -> Release:
    """A release of today's firmware with `changes` by path; None leaves a file out."""
    files = {path: data for path, data in firmware().items() if is_updated(path)}
    for path, data in (changes or {}).items():
        files.pop(path, None)
        if data is not None:
            files[path] = data
    return Release(board, arch, f"0.{number}", number, files)


class OtaBoard(SimBoard):
    """A virtual board whose directory is its whole file system, as a chip's flash is."""

    def __init__(self, directory: Path, url: str, updates: Updates, **settings: Any) -> None:
        sound = {"microphone": str(SPEECH / "caller.wav"), "speaker": "heard.wav"}
        pin = updates.pin()
        given = {"server": url, "room": ROOM, "board": sound, "update_key_sha256": pin}
        super().__init__(directory, {**given, **settings})
        for path, data in firmware().items():
            place = self.directory / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)

    def _board_environment(self) -> dict[str, str]:
        return {**super()._board_environment(), "MICROPYPATH": "lib:.frozen"}

    def update(self, command: bytes = b"update") -> str:
        """Type `update`; returns what the board says it came to."""
        seen = len(self.console())
        self.type(command + b"\r")
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            said = self.console()[seen:]
            if "update: " in said and said.endswith(("\n", ">>> ")):
                return said.rsplit("update: ", 1)[1].split("\r\n")[0].strip()
            time.sleep(0.02)
        raise AssertionError(self.console()[-800:])

    def wait_restart(self, timeout_s: float = 60.0) -> None:
        """Wait until the board restarts itself."""
        assert self._process is not None
        try:
            code = self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(self.console()[-800:]) from None
        assert code == RESTART_CODE, self.console()[-800:]
        self.kill()

    def file(self, path: str) -> bytes | None:
        """A file on the board; None when there is none."""
        place = self.directory / path
        return place.read_bytes() if place.is_file() else None
