"""Firmware, board.py and drivers of real boards, on fake hardware at real pace, in real rooms."""
# MIT License; see LICENSE

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from conftest import ROOM, SPEECH
from roomtone_host.measure import Comparison, Recording, compare, read_wav
from roomtone_host.simboard import SimBoard, micropython_path

ROOT = Path(__file__).resolve().parents[2]
WORLD = """
import sys
sys.path[:0] = [{places}]
import world
import boot, main
"""


@pytest.fixture
def real_board(tmp_path, server):
    """A function that starts the firmware on the board of that name, in the server's room."""
    started = []

    def start(name: str) -> SimBoard:
        folder = tmp_path / name
        folder.mkdir()
        shutil.copy(SPEECH / "caller.wav", folder / "fake_voice.wav")
        places = [ROOT / "boards" / name, ROOT / "tests/micropython/fakes",
                  ROOT / "tests/board/fake_hardware"]  # fmt: skip
        script = WORLD.format(places=", ".join(f'"{place}"' for place in places))
        board = SimBoard(
            folder,
            {"server": server.url, "room": ROOM, "name": name},
            micropython=(micropython_path(), "-X", "heapsize=8M", "-c", script),
        )
        started.append(board)
        board.start()
        return board

    yield start
    for board in started:
        board.stop()


def said(board: SimBoard, path: Path, after_us: int) -> Recording:
    """The first whole utterance of a board that repeats a file, from a moment on."""
    begun = board.events("microphone-started")[-1]["start_us"]
    voice = read_wav(path)
    length_us = round(len(voice.samples) / voice.rate_hz * 1e6)
    turns = max(0, -(-(after_us - begun) // length_us))
    return Recording(voice.samples, voice.rate_hz, (begun + turns * length_us) / 1e6)


def heard(board: SimBoard) -> Recording:
    begun = board.events("speaker-started")[-1]
    start_s = begun["start_us"] / 1e6 - begun["frame"] / begun["rate_hz"]
    return read_wav(board.directory / "heard.wav", start_s)


def wait_heard(board: SimBoard, until_s: float) -> None:
    """Until a board's speaker has played what was heard at a Unix time."""
    deadline = time.monotonic() + 25
    while time.monotonic() < deadline:
        recording = heard(board)
        if recording.start_s + len(recording.samples) / recording.rate_hz > until_s:
            return
        time.sleep(0.2)
    raise AssertionError("the speaker does not go on")


def listen(speaker: SimBoard, path: Path, listener: SimBoard, after_us: int) -> Comparison:
    """One whole utterance, as it was said and as it was heard."""
    spoken = said(speaker, path, after_us)
    end_s = spoken.start_s + len(spoken.samples) / spoken.rate_hz + 1.0
    wait_heard(listener, end_s)
    return compare(spoken, heard(listener))


def now_us() -> int:
    return time.time_ns() // 1000


def connect(*boards: SimBoard) -> None:
    for board in boards:
        board.press()
    for board in boards:
        board.wait_for("state", 20, state="connected")


@pytest.mark.parametrize("name", ["esp32s3_devkitc", "esp32_lyrat_mini"])
def test_talks_and_listens_at_once(real_board, boards, server, name):
    board = real_board(name)
    guest = boards(
        server.url, board={"microphone": str(SPEECH / "guest.wav"), "speaker": "heard.wav"}
    )
    connect(board, guest)
    after_us = now_us() + 500_000
    there = listen(board, SPEECH / "caller.wav", guest, after_us)
    back = listen(guest, SPEECH / "guest.wav", board, after_us)
    for found in (there, back):
        assert found.stoi > 0.7, (there, back)
        assert found.delay_ms < 400, (there, back)


def test_takes_turns_by_the_button(real_board, boards, server):
    board = real_board("esp32s3_box3")
    guest = boards(
        server.url, board={"microphone": str(SPEECH / "guest.wav"), "speaker": "heard.wav"}
    )
    connect(board, guest)
    back = listen(guest, SPEECH / "guest.wav", board, now_us() + 500_000)
    assert back.stoi > 0.7, back
    board.hold()
    board.wait_for("microphone-started", 5)
    there = listen(board, SPEECH / "caller.wav", guest, now_us() + 500_000)
    assert there.stoi > 0.7, there
    turned, seen = now_us(), len(board.events())
    board.release()
    again = board.wait_for("speaker-started", 5, after=seen)
    assert again["start_us"] - turned < 1_000_000
    assert board.events("error") == []
