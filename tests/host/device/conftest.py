"""Boards at the end of a cable for the tests of this folder."""
# MIT License; see LICENSE

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from board import FakeBoard  # noqa: E402
from roomtone_host.device import boards  # noqa: E402
from roomtone_host.simboard import micropython_path  # noqa: E402


@pytest.fixture
def plugged(tmp_path: Path) -> Iterator[Any]:
    """A function that plugs a board in: `plugged("esp32", pull_at=0.5)`; all go at the end."""
    boards: list[FakeBoard] = []

    def plug(chip: str = "esp32", **options: Any) -> FakeBoard:
        place = tmp_path / f"board{len(boards)}"
        board = FakeBoard(chip, place, [micropython_path()], **options)
        board.plug()
        boards.append(board)
        return board

    yield plug
    for board in boards:
        board.unplug()


@pytest.fixture
def sim32(tmp_path: Path) -> boards.Board:
    """The virtual board's files as a board with an ESP32: what is deployed really starts."""
    folder = tmp_path / "sim32"
    shutil.copytree(boards.FOLDER / "sim", folder)
    facts = json.loads((folder / "board.json").read_text())
    (folder / "board.json").write_text(json.dumps({**facts, "mcu": "esp32"}))
    return boards.load(str(folder))
