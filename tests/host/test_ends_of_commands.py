"""Whatever ends a command, and when: what it started ends with it."""
# MIT License; see LICENSE

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from roomtone_host import serverprocess, simboard
from roomtone_host.serverprocess import ServerProcess
from roomtone_host.simboard import SimBoard
from roomtone_host.simulate import settings_for

SPEECH = Path(serverprocess.__file__).parent / "speech"
_PATIENCE_S = 20.0


def lives(pid):
    """Whether a process runs; one that nobody waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(test):
    deadline = time.monotonic() + _PATIENCE_S
    while not test():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def started(monkeypatch):
    """Processes that were started."""
    found = []

    class Popen(subprocess.Popen):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            found.append(self)

    for module in (serverprocess, simboard):
        monkeypatch.setattr(module.subprocess, "Popen", Popen)
    yield found
    for process in found:
        process.kill()


def interrupt(*_, **__):
    raise KeyboardInterrupt


def test_ctrl_c_while_the_server_starts_leaves_none(tmp_path, started, monkeypatch):
    monkeypatch.setattr(ServerProcess, "_wait_started", interrupt)
    with pytest.raises(KeyboardInterrupt):
        ServerProcess(tmp_path, "--open", "--port", "0").start()
    assert started and not any(lives(process.pid) for process in started)


def test_ctrl_c_while_a_board_boots_leaves_none(tmp_path, started, monkeypatch):
    monkeypatch.setattr(SimBoard, "wait_for", interrupt)
    with pytest.raises(KeyboardInterrupt):
        SimBoard(tmp_path, settings_for("http://127.0.0.1:9", "lab", "Ada", None, None)).start()
    assert started and not any(lives(process.pid) for process in started)


def test_a_second_ctrl_c_does_not_wait_for_the_board(tmp_path, started, monkeypatch):
    board = SimBoard(tmp_path, settings_for("http://127.0.0.1:9", "lab", "Ada", None, None))
    board.start()
    monkeypatch.setattr(board, "type", interrupt)
    with pytest.raises(KeyboardInterrupt):
        board.stop()
    assert not lives(started[0].pid)


def test_a_board_that_ended_keeps_nobody_busy(tmp_path, monkeypatch):
    """On macOS its terminal gives nothing then, as a pipe does, and is ready for ever."""
    board = SimBoard(tmp_path, {})
    ended, writer = os.pipe()
    os.close(writer)
    outer, user = os.pipe()
    wake, waker = os.pipe()
    board._descriptors = [ended, outer, user, wake, waker]
    watched = []
    wait = select.select

    def look(reading, *others):
        watched.append(list(reading))
        if len(watched) == 2:
            os.write(waker, b"x")
        return wait(reading, *others)

    monkeypatch.setattr(simboard.select, "select", look)
    board._run_pump()
    board._close_terminals()
    assert ended in watched[0] and ended not in watched[1]


def test_a_simulated_board_ends_with_its_command(tmp_path):
    """By SIGTERM too, as `timeout` and service managers send it."""
    heard = tmp_path / "heard.wav"
    with ServerProcess(tmp_path / "server", "--open", "--port", "0", "--room", "lab") as server:
        command = [
            *(sys.executable, "-m", "roomtone_host.cli", "simulate", "--server", server.url),
            *("--room", "lab", "--mic", str(SPEECH / "caller.wav"), "--speaker", str(heard)),
        ]
        environment = {**os.environ, "TMPDIR": str(tmp_path)}
        with subprocess.Popen(
            command, env=environment, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr.readline().startswith("In the room")
            process.send_signal(signal.SIGTERM)
            assert process.wait(_PATIENCE_S) == 0
        wait_until(lambda: not server.stats("lab")["participants"])
    assert heard.stat().st_size > 44
    assert not list(tmp_path.glob("roomtone-*"))
