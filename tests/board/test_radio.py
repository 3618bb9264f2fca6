"""A board with a radio: joins by Wi-Fi, waits for a router, saves no power in a call."""
# MIT License; see LICENSE

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOM, SPEECH, mpremote
from roomtone_host.serverprocess import ServerProcess
from roomtone_host.simboard import SimBoard

RADIO = Path(__file__).parent / "fake_radio" / "network.py"
HOME = {"ssid": "Lighthouse", "password": "correct horse"}


@pytest.fixture
def make(server: ServerProcess, tmp_path: Path) -> Iterator[Any]:
    """A function that starts a board with these known networks."""
    made: list[SimBoard] = []

    def start(*networks: dict[str, str], gone: bool = False, **settings: Any) -> SimBoard:
        given = {"server": server.url, "room": ROOM, "wifi": {"networks": list(networks)}}
        sound = {"microphone": str(SPEECH / "caller.wav")}
        board = SimBoard(tmp_path / "board", {**given, "board": sound, **settings})
        board.directory.mkdir(parents=True)
        shutil.copy(RADIO, board.directory)
        if gone:
            (board.directory / "gone").touch()
        board.start()
        made.append(board)
        return board

    yield start
    for board in made:
        board.stop()


def _power_saving(board: SimBoard) -> str:
    return mpremote(board, "exec", "import network; print(network.WLAN(0).options.get('pm'))")


def test_joins_by_the_strongest_and_saves_no_power_meanwhile(make):
    board = make({"ssid": "Café free"}, HOME)
    board.type(b"join\r")
    board.wait_for("state", 10.0, state="connected")
    assert "network: Lighthouse, -48 dBm, 127.0.0.1" in mpremote(board, "exec", "status()")
    assert _power_saving(board).strip() == "0"
    seen = len(board.events())
    board.type(b"leave\r")
    board.wait_for("led", 8.0, after=seen, pattern="off")
    assert _power_saving(board).strip() == "1"


def test_a_router_that_starts_later_than_the_board_is_waited_for(make):
    board = make(HOME, gone=True, auto_join=True)
    error = board.wait_for("error", 10.0)
    assert error["code"] == "no-network"
    assert error["text"] == "Wi-Fi Lighthouse: no such network in reach"
    board.wait_for("led", 3.0, pattern="connecting")
    status = mpremote(board, "exec", "status()")
    assert "state: connecting" in status
    assert "reason: no-network: Wi-Fi Lighthouse: no such network in reach" in status
    (board.directory / "gone").unlink()
    board.wait_for("state", 15.0, state="connected")
    assert len(board.events("error")) == 1
    assert "reason" not in mpremote(board, "exec", "status()")


def test_who_waits_for_a_router_can_give_up(make):
    board = make(HOME, gone=True)
    board.press()
    board.wait_for("error", 10.0)
    seen = len(board.events())
    board.press()
    board.wait_for("led", 5.0, after=seen, pattern="off")
    assert "state: idle" in mpremote(board, "exec", "status()")


def test_a_wrong_password_is_an_end(make):
    board = make({**HOME, "password": "wrong horse"}, auto_join=True)
    error = board.wait_for("error", 15.0)
    assert error["text"] == "Wi-Fi Lighthouse: the password is wrong"
    board.wait_for("led", 5.0, pattern="error")
