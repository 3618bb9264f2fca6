"""A board's MicroPython over mpremote's transport: run code there, put files there."""
# MIT License; see LICENSE

from __future__ import annotations

import ast
import base64
import contextlib
import io
import re
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mpremote.transport import TransportError, TransportExecError
from mpremote.transport_serial import SerialTransport

from . import protocol_ws
from .bundle import ROOT
from .errors import DeviceError
from .ports import BROKEN, explain, is_gone, is_lost

_BLOCK = 4096
_WINDOW_BITS = -12
_ANSWER_S = 10
# Some 160 files are moved in silence, and flash may have to be erased for each.
_MOVING_S = 120
# A call is left with a goodbye, which a dead network holds up.
_LEAVING_S = 20
_QUIET_S = 0.3
_SHUT_DOWN = "if 'app' in globals():\n app.shutdown()"
# No console prints this by itself.
_MARK = "<<roomtone>>"
_HELPERS = Path(__file__).with_name("board_files.py")
_SWITCH = ROOT / "firmware" / "switch.py"


@dataclass(frozen=True)
class Python:
    """The MicroPython that answers. `arch_number` is a key of `chips.ARCHITECTURES`."""

    version: str
    platform: str
    machine: str
    arch_number: int
    deflate: bool


class Remote:
    """A board at `device`, interrupted and at its raw REPL; a context manager.

    `keep_running` talks beside the running application instead of ending it.
    """

    def __init__(self, device: str, keep_running: bool = False, wait_s: float = 0.0) -> None:
        self.device = device
        self._keep_running = keep_running
        self._wait_s = wait_s
        self._transport: Any = None
        self._helpers = False
        self.python: Python | None = None

    def __enter__(self) -> Remote:
        protocol_ws.register()
        with self.plain():
            self._open()
            self._enter()
            if not self._keep_running:
                self._end_application()
            self.python = self._ask_python()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(TransportError, *BROKEN):
            if self._transport.in_raw_repl:
                self._transport.exit_raw_repl()
        with contextlib.suppress(*BROKEN):
            self._transport.close()

    # -- code ------------------------------------------------------------------------------

    def run(self, code: str, patience_s: float = _ANSWER_S) -> str:
        """Run code on the board; returns what it printed.

        It may be silent for `patience_s`. Raises DeviceError with the board's error.
        """
        with self.plain():
            if self._keep_running:
                done = self._exec_beside(code, patience_s)
            else:
                done, failure = self._transport.exec_raw(code, timeout=patience_s)
                if failure:
                    raise TransportExecError(done, failure.decode(errors="replace"))
            return done.decode(errors="replace").replace("\r\n", "\n")

    def value(self, expression: str) -> Any:
        """The value of an expression, made of literals."""
        text = self.run(f"print(repr({expression}))").strip()
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError) as error:
            raise DeviceError("board-garbled", f"The board answered {text[:80]!r}.") from error

    def restart(self) -> None:
        """Start the board anew, as its reset button does; nothing can be asked afterwards."""
        assert self.python is not None
        with self.plain():
            if self.python.platform == "esp32":
                self._transport.exec_raw_no_follow("import machine\nmachine.reset()")
                return
            self._transport.exit_raw_repl()
            self._transport.serial.write(b"\x04")

    # -- files -----------------------------------------------------------------------------

    def digests(self, folder: str = "") -> dict[str, str]:
        """SHA-256 of every file on the board, by path, or of those in a folder."""
        self._need_helpers()
        found = {}
        for line in self.run(f"tell_files({folder!r})").splitlines():
            parts = line.split(" ", 2)
            if len(parts) == 3 and len(parts[1]) == 64:
                found[parts[2]] = parts[1]
        return found

    def free_bytes(self) -> int:
        """Room for files."""
        volume = self.value("__import__('os').statvfs('.')")
        return volume[0] * volume[3]

    def read(self, path: str) -> bytes | None:
        """A file's bytes; None when there is none."""
        self._need_helpers()
        try:
            text = self.run(f"tell_content({path!r})")
        except DeviceError as error:
            if error.code == "board-error" and "ENOENT" in error.text:
                return None
            raise
        return b"".join(base64.b64decode(line) for line in text.splitlines())

    def write(self, path: str, data: bytes, told: Callable[[int], None] | None = None) -> None:
        """Write a file in blocks; `told` hears how many bytes each took."""
        assert self.python is not None
        self._need_helpers()
        self.run(f"_file = create({path!r})")
        for at in range(0, len(data), _BLOCK):
            block = data[at : at + _BLOCK]
            packed = _deflated(block) if self.python.deflate else block
            smaller = len(packed) < len(block)
            text = base64.b64encode(packed if smaller else block).decode()
            self.run(f"put(_file, '{text}', {smaller})")
            if told:
                told(len(block))
        self.run("_file.close()")

    def commit(self, changes: list[str]) -> None:
        """Make the staged files count, and put them in their places; see firmware/switch.py."""
        self._need_helpers()
        self.run(f"commit({changes!r})")
        self.finish()

    def finish(self) -> None:
        """Put committed files in their places, as the board's own boot does."""
        self.run(_SWITCH.read_text() + "\nfinish()\n", _MOVING_S)

    def discard(self) -> None:
        """Remove what waits in `next/`."""
        self.run(_SWITCH.read_text() + "\ndiscard()\n", _MOVING_S)

    # -- inside ----------------------------------------------------------------------------

    def _open(self) -> None:
        deadline = time.monotonic() + self._wait_s
        while True:
            try:
                self._transport = SerialTransport(self.device, timeout=_ANSWER_S)
                return
            except (TransportError, *BROKEN) as error:
                # After a restart a chip's own USB is away for a second or two.
                if time.monotonic() >= deadline:
                    raise explain(self.device, _cause(self.device, error)) from error
                time.sleep(0.2)

    def _enter(self) -> None:
        # A board that starts loses what it hears, and may take some seconds: ask again and again.
        deadline = time.monotonic() + _ANSWER_S
        self._transport.serial.timeout = 1
        while True:
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    self._transport.enter_raw_repl(soft_reset=False, timeout_overall=1)
                self._transport.serial.timeout = _ANSWER_S
                return
            except TransportError as error:
                if time.monotonic() >= deadline:
                    raise DeviceError(
                        "no-micropython",
                        f"MicroPython does not answer at {self.device}.",
                        "Press RESET once. If it stays silent, flash the board: `roomtone flash`.",
                    ) from error

    def _end_application(self) -> None:
        """Let the firmware leave its room and end; then start with a fresh heap."""
        deadline = time.monotonic() + _LEAVING_S
        asked = False
        while self._application_runs(asked):
            if time.monotonic() > deadline:
                raise DeviceError(
                    "board-busy",
                    "The application on the board does not end.",
                    "Hold its button while it starts: that is safe mode. Then try again.",
                )
            asked = True
            self._transport.exit_raw_repl()
            self._until_quiet()
            self._enter()
        if self._exec_beside("import sys; print(sys.platform)").strip() == b"esp32":
            with contextlib.redirect_stdout(io.StringIO()):
                self._transport.enter_raw_repl(soft_reset=True)
            # The application's watchdog outlives it, and a chip can't stop one: make it patient.
            self._transport.exec("import machine\nmachine.WDT(timeout=600000)")

    def _application_runs(self, asked: bool) -> bool:
        """Whether the console is the application's; asks it to end, once."""
        code = "print('app' in globals())"
        try:
            found = self._exec_beside(code if asked else f"{code}\n{_SHUT_DOWN}")
        except TransportError:
            return asked  # it ended in the middle of our question
        return b"True" in found

    def _exec_beside(self, code: str, patience_s: float = _ANSWER_S) -> bytes:
        """Run code in the raw REPL of a console to which the application may print meanwhile.

        Commands run in one go: the application's own words lie before the mark or behind the end.
        """
        serial = self._transport.serial
        data = f"print('{_MARK}')\n{code}".encode() + b"\x04"
        for at in range(0, len(data), 256):
            serial.write(data[at : at + 256])
            time.sleep(0.01)
        found = bytearray()
        deadline = time.monotonic() + patience_s
        while found.count(b"\x04") < 2:
            if time.monotonic() > deadline:
                raise TransportError("no answer")
            found += serial.read(1)  # no more: the prompt behind is what mpremote waits for
        printed, failure = bytes(found).split(b"\x04")[:2]
        if failure:
            raise TransportExecError(printed, failure.decode(errors="replace"))
        return printed.partition(_MARK.encode())[2].lstrip(b"\r\n")

    def _until_quiet(self) -> None:
        deadline = time.monotonic() + _ANSWER_S
        quiet = time.monotonic()
        while time.monotonic() < min(deadline, quiet + _QUIET_S):
            if self._transport.serial.read(self._transport.serial.inWaiting()):
                quiet = time.monotonic()
            else:
                time.sleep(0.02)

    def _ask_python(self) -> Python:
        version, platform, machine, number, deflate = ast.literal_eval(self.run(_ASK))
        return Python(version, platform, machine, number, deflate)

    def _need_helpers(self) -> None:
        if not self._helpers:
            self.run(_HELPERS.read_text())
            self._helpers = True

    @contextlib.contextmanager
    def plain(self) -> Iterator[None]:
        """Turns mpremote's and pyserial's exceptions into DeviceErrors."""
        try:
            yield
        except TransportExecError as error:
            raise _board_error(error.error_output) from error
        except (TransportError, *BROKEN) as error:
            if is_lost(error) or is_gone(self.device):
                raise DeviceError(
                    "cable-pulled",
                    f"The connection to {self.device} broke.",
                    "Plug the board in again and run the same command again.",
                ) from error
            raise DeviceError(
                "board-silent",
                "The board stopped answering.",
                "Press RESET on it and run the same command again.",
            ) from error


_ASK = """\
import sys
try:
 import deflate
 d=True
except ImportError:
 d=False
i=sys.implementation
print(repr(('.'.join(map(str,i.version[:3])),sys.platform,i._machine,i._mpy>>10&15,d)))
"""


def changes(new: Mapping[str, str], old: Mapping[str, str], own: tuple[str, ...]) -> list[str]:
    """What must change on a board from `old` to `new` (digests by path), as commit lines.

    `old` holds everything that is on the board. Removed is what would be imported instead of a
    new file, and what lies in a library's folder without belonging there any more.
    """
    moves = [f"+{path}" for path in sorted(new) if old.get(path) != new[path]]
    stems = {_stem(path) for path in new}
    folders = {path.split("/")[1] for path in new if path.startswith("lib/")}
    gone = []
    for path in sorted(old):
        if path in new or path in own or path.startswith("next/"):
            continue
        parts = path.split("/")
        ours = parts[0] == "lib" and len(parts) > 2 and parts[1] in folders
        if ours or _stem(path) in stems:
            gone.append(f"-{path}")
    return moves + gone


def _stem(path: str) -> str:
    return path.rpartition(".")[0] if path.endswith((".py", ".mpy")) else path


def _deflated(block: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, _WINDOW_BITS)
    return packer.compress(block) + packer.flush()


def _cause(device: str, error: BaseException) -> BaseException:
    # mpremote hides why a port can't be opened: pyserial says it.
    import serial

    try:
        serial.serial_for_url(device, exclusive=True).close()
    except BROKEN as found:
        return found
    return error


def _board_error(traceback: str) -> DeviceError:
    last = traceback.strip().splitlines()[-1] if traceback.strip() else "an unknown error"
    if re.search(r"ENOSPC|OSError: 28", last):
        return DeviceError(
            "board-full", "The board's file system is full.", "Delete files of yours there."
        )
    return DeviceError("board-error", f"The board says: {last}.")
