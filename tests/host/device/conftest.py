"""Boards at the end of a cable for the tests of this folder."""
# MIT License; see LICENSE

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from board import FakeBoard  # noqa: E402
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
