"""A virtual board: the firmware on the `sim` board, in MicroPython, with its console on a PTY."""
# MIT License; see LICENSE

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
import tty
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from roomtone_host.priority import BOARD_NICE, raise_priority

_ROOT = Path(__file__).resolve().parents[2]
_CONSOLE_KEPT = 65536
_POLL_S = 0.01
# How long a finger stays down, or up between two presses: longer than a contact bounces.
_FINGER_S = 0.06


class SimBoardError(RuntimeError):
    """The virtual board did not start, or did not do what was waited for; the text says what."""


def micropython_path() -> str:
    """The MicroPython to run: `ROOMTONE_MICROPYTHON`, else the one beside this Python."""
    chosen = os.environ.get("ROOMTONE_MICROPYTHON")
    if chosen:
        return chosen
    return str(Path(sys.executable).parent / "micropython")


class SimBoard:
    """One virtual board in a directory of its own; everything it writes is there.

    `settings` are the board's `settings.json`; its `board` part names the sound:
    `{"microphone": "in.wav", "repeat": true, "speaker": "out.wav"}`, relative to `directory`.
    `environment` is added to the board's. `tree` holds firmware/, lib/ and boards/sim, instead of
    this repository. Use as a context manager, or `start()` and `stop()`.
    """

    def __init__(
        self,
        directory: Path | str,
        settings: Mapping[str, Any],
        *,
        micropython: Sequence[str] = (),
        tree: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.directory = Path(directory).resolve()
        self.settings = dict(settings)
        self.pty = ""
        self._command = list(micropython) or [micropython_path()]
        self._tree = tree or _ROOT
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._descriptors: list[int] = []
        self._wake = -1
        self._board = -1
        self._pump: threading.Thread | None = None
        self._console = bytearray()

    def __enter__(self) -> SimBoard:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The board's process id; 0 when it does not run."""
        return self._process.pid if self.running and self._process else 0

    @property
    def running(self) -> bool:
        """Whether the board's process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How the board's process ended; None while it runs."""
        return self._process.poll() if self._process else None

    def start(self, timeout_s: float = 15.0) -> None:
        """Write the settings, start the firmware and wait until it has booted.

        Raises SimBoardError with the board's own words when it does not.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        self._write("settings.json", json.dumps(self.settings, indent=2))
        self._write("button", "0")
        for name in ("events.jsonl", "led"):
            (self.directory / name).unlink(missing_ok=True)
        inner = self._open_terminals()
        try:
            self._process = subprocess.Popen(
                [*self._command, "-c", "import boot, main"],
                cwd=self.directory,
                env=self._board_environment(),
                stdin=inner,
                stdout=inner,
                stderr=inner,
                start_new_session=True,
            )
        except OSError as error:
            self._close_terminals()
            text = f"MicroPython does not start: {error}. PyPI has it for Linux on x86-64 and "
            text += "macOS on ARM; ROOMTONE_MICROPYTHON may name a Unix build of your own."
            raise SimBoardError(text) from error
        finally:
            os.close(inner)
        raise_priority(BOARD_NICE, self._process.pid)  # a real board has its processor for itself
        self._pump = threading.Thread(target=self._run_pump, daemon=True)
        self._pump.start()
        try:
            self.wait_for("boot", timeout_s=timeout_s)
        except BaseException:  # Ctrl-C too: nobody else knows of the process yet
            self.kill()
            raise

    def stop(self, timeout_s: float = 5.0) -> int | None:
        """Let the board leave its room and end; kill it if it does not. Returns its exit code."""
        try:
            if self.running:
                self.type(b"\r\x03\x02shutdown()\r")
                with contextlib.suppress(subprocess.TimeoutExpired):
                    assert self._process is not None
                    self._process.wait(timeout_s)
        finally:  # a second Ctrl-C does not wait
            self.kill()
        return self.exit_code

    def kill(self) -> int | None:
        """End the board at once, as a power cut does. Returns its exit code."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.send_signal(signal.SIGKILL)
            self._process.wait()
        if self._pump is not None:
            os.write(self._wake, b"x")
            self._pump.join()
            self._pump = None
        self._close_terminals()
        return self.exit_code

    # -- what a person does with a board ---------------------------------------------------

    def press(self, count: int = 1, timeout_s: float = 5.0) -> None:
        """Press and release the button `count` times; every edge is seen by the board."""
        for _ in range(count):
            self.hold(timeout_s)
            time.sleep(_FINGER_S)
            self.release(timeout_s)
            time.sleep(_FINGER_S)

    def hold(self, timeout_s: float = 5.0) -> None:
        """Press the button and keep it down; returns when the board has seen it."""
        self._set_button(True, timeout_s)

    def release(self, timeout_s: float = 5.0) -> None:
        """Let the button go; returns when the board has seen it."""
        self._set_button(False, timeout_s)

    def led(self) -> str:
        """The word that the LED shows now; empty before boot."""
        with contextlib.suppress(OSError):
            return (self.directory / "led").read_text().strip()
        return ""

    def type(self, data: bytes) -> None:
        """Send keys to the console, beside whoever has opened `pty`."""
        os.write(self._board, data)

    def console(self) -> str:
        """What the console printed, the last 64 KiB of it."""
        return self._console.decode(errors="replace")

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """What happened on the board so far, oldest first; `name` picks one kind.

        Each has `event` and `t_us`, host Unix time in microseconds.
        """
        try:
            lines = (self.directory / "events.jsonl").read_text().split("\n")
        except OSError:
            return []
        # The piece after the last newline is a line still being written.
        found = [json.loads(line) for line in lines[:-1] if line]
        return [event for event in found if name is None or event["event"] == name]

    def wait_for(
        self, name: str, timeout_s: float = 10.0, after: int = 0, **fields: Any
    ) -> dict[str, Any]:
        """The first event `name` with these fields, among those from index `after` on.

        Raises SimBoardError when the time is over or the board has ended.
        """
        deadline = time.monotonic() + timeout_s
        while True:
            ended = not self.running
            for event in self.events()[after:]:
                if event["event"] == name and fields.items() <= event.items():
                    return event
            if ended:
                raise SimBoardError(f"the board ended: {self._last_words()}")
            if time.monotonic() > deadline:
                raise SimBoardError(f"no event {name} {fields or ''}: {self._last_words()}")
            time.sleep(_POLL_S)

    # -- inside ----------------------------------------------------------------------------

    def _set_button(self, down: bool, timeout_s: float) -> None:
        seen = len(self.events())
        self._write("button", "1" if down else "0")
        self.wait_for("button", timeout_s, after=seen, pressed=down)

    def _write(self, name: str, text: str) -> None:
        (self.directory / name).write_text(text)

    def _last_words(self) -> str:
        return self.console()[-600:].strip() or "(the console is empty)"

    def _board_environment(self) -> dict[str, str]:
        places = [self._tree / name for name in ("firmware", "lib", "boards/sim")]
        path = ":".join([*map(str, places), ".frozen"])
        return {**os.environ, "MICROPYPATH": path, **self._environment}

    def _open_terminals(self) -> int:
        """Two PTYs and a pump between them, so that a full terminal never stops the board."""
        self._board, inner = pty.openpty()
        outer, user = pty.openpty()
        wake_read, self._wake = os.pipe()
        for descriptor in (inner, user):
            tty.setraw(descriptor)
        flags = fcntl.fcntl(outer, fcntl.F_GETFL)
        fcntl.fcntl(outer, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        self.pty = os.ttyname(user)
        # `user` stays open here: a PTY that nobody holds gives EIO to the pump.
        self._descriptors = [self._board, outer, user, wake_read, self._wake]
        return inner

    def _close_terminals(self) -> None:
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._descriptors = []

    def _run_pump(self) -> None:
        board, outer, _, wake, _ = self._descriptors
        watched = [board, outer, wake]
        while True:
            ready, _, _ = select.select(watched, [], [])
            if wake in ready:
                return
            if outer in ready:
                with contextlib.suppress(OSError):
                    os.write(board, os.read(outer, 4096))
            if board in ready:
                try:
                    data = os.read(board, 4096)
                except OSError:
                    data = b""
                if not data:
                    watched.remove(board)  # the board has ended: Linux says EIO, macOS nothing
                    continue
                self._console += data
                del self._console[:-_CONSOLE_KEPT]
                # Nobody may be reading: a full terminal loses output, the board goes on.
                with contextlib.suppress(BlockingIOError):
                    os.write(outer, data)
