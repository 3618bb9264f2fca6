"""A board that joins, talks, leaves and joins again for long holds no more than at first."""
# MIT License; see LICENSE

from __future__ import annotations

import os
import time

import pytest
from conftest import mpremote
from mpy_items import UNIX_32, UNIX_64

ROUNDS = 20
# The first rounds load modules and fill caches.
WARM = 4
# Keeps every task that is made from now on, until it is done.
KEEP_TASKS = """
import asyncio
_made = []
_create = asyncio.create_task
def _keep(coroutine):
    _made.append(_create(coroutine))
    return _made[-1]
asyncio.create_task = _keep
"""
# Bytes of heap in use, and tasks that are not over.
COUNT = """
import gc
_made[:] = [task for task in _made if not task.done()]
gc.collect()
print(gc.mem_alloc(), len(_made))
"""


@pytest.mark.parametrize("micropython", [UNIX_64, UNIX_32], ids=["unix64", "unix32"])
def test_twenty_calls_in_one_boot_grow_no_heap_no_sockets_no_tasks(server, boards, micropython):
    talker = boards(server.url, "Talker", auto_join=True)
    talker.wait_for("state", 10.0, state="connected")
    board = boards(server.url, micropython=[str(micropython)])
    mpremote(board, "exec", KEEP_TASKS)
    rounds = []
    for _ in range(ROUNDS):
        seen = len(board.events())
        board.type(b"join\r")
        board.wait_for("state", 10.0, after=seen, state="connected")
        board.wait_for("first-sound", 10.0, after=seen)
        board.type(b"leave\r")
        board.wait_for("state", 10.0, after=seen, state="closed")
        board.wait_for("led", 10.0, after=seen + 1, pattern="off")
        heap, tasks = map(int, mpremote(board, "exec", COUNT).split())
        rounds.append((heap, len(os.listdir(f"/proc/{board.pid}/fd")), tasks))
    heaps = [heap for heap, _, _ in rounds[WARM:]]
    assert min(heaps[-5:]) - min(heaps[:5]) < 1024, heaps
    assert len({files for _, files, _ in rounds}) == 1, rounds
    assert {tasks for _, _, tasks in rounds} == {0}, rounds
    assert {event["state"] for event in board.events("state")} == {
        "connecting",
        "connected",
        "closed",
    }


def test_joins_and_leaves_faster_than_they_can_be_done_end_as_asked(server, boards):
    board = boards(server.url)
    mpremote(board, "exec", KEEP_TASKS)
    mpremote(board, "exec", COUNT)
    files = len(os.listdir(f"/proc/{board.pid}/fd"))
    for pause_s in (0.0, 0.01, 0.05, 0.1, 0.2, 0.4):
        board.type(b"join\r")
        time.sleep(pause_s)
        board.type(b"leave\rleave\r")
    board.type(b"join\rleave\rjoin\r")
    deadline = time.monotonic() + 15.0
    while mpremote(board, "eval", "app.state").strip() != "connected":
        assert time.monotonic() < deadline
    board.type(b"leave\rjoin\rleave\r")
    while mpremote(board, "exec", COUNT).split()[1] != "0":
        assert time.monotonic() < deadline + 10.0
    assert mpremote(board, "eval", "app.state").strip() == "idle"
    assert len(os.listdir(f"/proc/{board.pid}/fd")) == files
    assert "Traceback" not in board.console()
