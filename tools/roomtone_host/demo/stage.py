"""A room server with virtual boards in its room: what the demo and the benches stand on."""
# MIT License; see LICENSE

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

from roomtone_host.demo.scene import Talker
from roomtone_host.serverprocess import ServerProcess
from roomtone_host.simboard import SimBoard
from roomtone_host.simulate import settings_for, wait_joined

ROOM = "demo"


class Stage:
    """A server on loopback and boards in its room `demo`, in `directory`; a context manager.

    Raises RuntimeError or OSError when the server does not start.
    """

    def __init__(self, directory: Path, port: int = 0) -> None:
        self.directory = directory
        self.boards: dict[str, SimBoard] = {}
        self._port = port
        self._exit = ExitStack()
        self.server: ServerProcess

    def __enter__(self) -> Stage:
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)
        options = ("--open", "--port", str(self._port), "--room", ROOM)
        server = ServerProcess(self.directory / "server", *options)
        self.server = self._exit.enter_context(server)
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    @property
    def page(self) -> str:
        """The address of the room's page."""
        return f"{self.server.url}/r/{ROOM}"

    def microphone(self, talker: Talker) -> Path:
        """Write what the talker's microphone picks up; returns the WAV."""
        path = self.directory / f"{talker.name.lower()}-said.wav"
        talker.write_microphone(path)
        return path

    def heard(self, talker: Talker) -> Path:
        """Where the WAV of what the talker heard lies afterwards."""
        return self.directory / f"{talker.name.lower()}-heard.wav"

    def start_board(self, talker: Talker, repeat: bool) -> SimBoard:
        """Start a board; it joins by itself. `wait_joined` tells when it is in."""
        settings = settings_for(
            self.server.url, ROOM, talker.name, self.microphone(talker),
            str(self.heard(talker).resolve()), codec=talker.codec, board={"repeat": repeat},
        )  # fmt: skip
        board = SimBoard(self.directory / talker.name.lower(), settings)
        self.boards[talker.name] = self._exit.enter_context(board)
        self.console(talker.name).symlink_to(board.pty)
        return board

    def console(self, name: str) -> Path:
        """Where mpremote finds a board's console: a name that is the same in every run."""
        return self.directory / name.lower() / "repl"

    def wait_boards(self) -> None:
        """Wait until every board is in the room. Raises Refused with the reason of the first."""
        for board in self.boards.values():
            wait_joined(board)
