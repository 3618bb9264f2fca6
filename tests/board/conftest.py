"""A room server and virtual boards for the tests of this folder."""
# MIT License; see LICENSE

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from roomtone_host.serverprocess import ServerProcess
from roomtone_host.simboard import SimBoard

ROOM = "kitchen-hall"
SPEECH = Path(__file__).resolve().parents[2] / "tools" / "roomtone_host" / "speech"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """An open server with one room, on a free port of loopback."""
    place = tmp_path_factory.mktemp("server")
    with ServerProcess(place, "--open", "--port", "0", "--room", ROOM) as process:
        yield process


@pytest.fixture
def boards(tmp_path: Path) -> Iterator[Any]:
    """A function that starts a board: `boards(url, name="B", **settings)`; all stop at the end.

    `micropython` among the settings is the command to run instead of the usual MicroPython, and
    `tree` the folder of the firmware instead of its sources.
    """
    yield from _boards(tmp_path)


@pytest.fixture(scope="module")
def module_boards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """As `boards`, for boards that are there for all tests of a file."""
    yield from _boards(tmp_path_factory.mktemp("boards"))


def _boards(place: Path) -> Iterator[Any]:
    started: list[SimBoard] = []

    def start(url: str, name: str = "Board", **settings: Any) -> SimBoard:
        sound = {"microphone": str(SPEECH / "caller.wav"), "speaker": "heard.wav"}
        micropython = settings.pop("micropython", ())
        tree = settings.pop("tree", None)
        board = SimBoard(
            place / f"board{len(started)}",
            {"server": url, "room": ROOM, "name": name, "board": sound, "codec": "pcmu"}
            | settings,
            micropython=micropython,
            **({"tree": tree} if tree else {}),
        )
        board.start()
        started.append(board)
        return board

    yield start
    for board in started:
        board.stop()


def mpremote(board: SimBoard, *command: str) -> str:
    """Run a stock mpremote command on a board's PTY; returns what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", board.pty, "resume", *command],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
