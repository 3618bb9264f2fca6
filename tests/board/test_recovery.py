"""When the firmware is broken: the prompt is there, the reason is kept, the board goes on."""
# MIT License; see LICENSE

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from conftest import mpremote
from ota_board import OtaBoard
from roomtone_host.server.ota import Updates
from roomtone_host.simboard import SimBoard, SimBoardError, micropython_path

UNREACHABLE = "http://127.0.0.1:9"


@pytest.fixture
def board(tmp_path: Path) -> OtaBoard:
    return OtaBoard(tmp_path / "board", UNREACHABLE, Updates(tmp_path / "updates"))


def _at_prompt(board: SimBoard, typed: str) -> str:
    """What the board says to somebody who types at its plain prompt after boot.py and main.py."""
    done = subprocess.run(
        [micropython_path(), "-i", "-c", "import boot, main"],
        cwd=board.directory,
        env=board._board_environment(),
        input=typed,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    return done.stdout + done.stderr


def test_the_button_held_at_boot_leads_to_the_prompt(board: OtaBoard):
    (board.directory / "button").write_text("1")
    said = _at_prompt(board, "print(20 + 1)\n")
    assert "Safe mode: the application was not started." in said
    assert "21" in said
    assert board.events("boot") == []


def test_safe_mode_helps_with_a_firmware_that_can_not_even_be_read(board: OtaBoard):
    (board.directory / "app.py").write_text("def (:")
    (board.directory / "start.py").write_text("def (:")
    (board.directory / "button").write_text("1")
    assert "Safe mode" in _at_prompt(board, "")


def test_safe_mode_costs_an_update_on_trial_nothing(board: OtaBoard):
    (board.directory / "previous").mkdir()
    (board.directory / "previous" / "commit").write_text("-new.py\n")
    (board.directory / "button").write_text("1")
    for _ in range(4):
        assert "Safe mode" in _at_prompt(board, "")
    assert not (board.directory / "previous" / "tries").exists()


def test_a_crash_is_kept_over_restarts_and_shown(board: OtaBoard):
    gestures = board.directory / "gestures.py"
    whole = gestures.read_bytes()
    gestures.write_text("raise OSError('the flash is worn out')\n")
    for _ in range(2):
        with pytest.raises(SimBoardError):
            board.start()
        assert board.exit_code == 3  # it asks to be started again
    gestures.write_bytes(whole)
    with board:
        said = mpremote(board, "exec", "crashes()")
        assert said.count("the flash is worn out") == 2
        assert said.count("the application ended") == 2
        assert "2 entries in the crash log" in mpremote(board, "exec", "status()")
        mpremote(board, "exec", "crashes('forget')")
        assert "nothing went wrong" in mpremote(board, "exec", "crashes()")


def test_a_task_that_breaks_is_kept_too_and_harms_nothing(board: OtaBoard):
    with board:
        board.type(b"async def fail(): raise ValueError('nobody waits for me')\r\r")
        board.type(b"task = asyncio.create_task(fail())\r")
        board.type(b"await asyncio.sleep_ms(50)\r")
        assert "nobody waits for me" in mpremote(board, "exec", "crashes()")
        assert "state: idle" in mpremote(board, "exec", "status()")


def test_ctrl_c_ends_a_command_and_not_the_board(board: OtaBoard):
    with board:
        board.type(b"raise KeyboardInterrupt\r")  # as a chip's driver does for the key
        assert "state: idle" in mpremote(board, "exec", "status()")
        assert "interrupted" in board.console()


def test_restart_by_console(board: OtaBoard):
    board.start()
    board.type(b"restart\r")
    board.wait_restart(10)
