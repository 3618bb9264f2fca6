"""A board in Opus and a browser: each hears the other's own packets, passed on by the server."""
# MIT License; see LICENSE

from __future__ import annotations

from pathlib import Path

import pytest
from pace import Pace
from roomtone_host.browser import find_chromium
from roomtone_host.demo.play import play
from roomtone_host.demo.report import report
from roomtone_host.demo.scene import Talker
from roomtone_host.demo.stage import Stage
from roomtone_host.simboard import micropython_path

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed"),
]
CAST = (
    Talker("Kitchen", "board", "reader", 4.5, None, "opus"),
    Talker("Ada", "browser", "guest", 11.1),
)
# Least intelligibility: of a machine that keeps pace, and of one that does not. Speech that was
# not said comes to 0.3 at most.
STOI_MIN = {True: 0.85, False: 0.6}
LOSS_STOI_MIN = {True: 0.75, False: 0.5}
_HERE = Path(__file__).parent


async def test_a_board_and_a_browser_hear_each_other_in_opus(tmp_path):
    with Stage(tmp_path / "stage") as stage:
        async with Pace() as pace:
            accounts = await play(stage, CAST)
        stats = stage.boards["Kitchen"].events("stats")[-1]
    kept = pace.kept()
    for row in report(accounts)["pairs"]:
        print(row)
        assert [codec.lower() for codec in row["codecs"]] == ["opus", "opus"]
        assert row["stoi"] >= STOI_MIN[kept], row
    assert stats["foreign"] + stats["dropped"] + stats["rejected"] == 0


async def test_one_packet_in_ten_lost_each_way_is_understood(tmp_path, monkeypatch):
    board = tmp_path / "micropython"
    path = f"MICROPYPATH={_HERE}:$MICROPYPATH"
    board.write_text(f'#!/bin/sh\n{path} exec {micropython_path()} -c "import lossy; $2"\n')
    board.chmod(0o755)
    monkeypatch.setenv("ROOMTONE_MICROPYTHON", str(board))
    with Stage(tmp_path / "stage") as stage:
        async with Pace() as pace:
            accounts = await play(stage, CAST)
        stats = stage.boards["Kitchen"].events("stats")[-1]
    print(stats)
    kept = pace.kept()
    for row in report(accounts)["pairs"]:
        print(row)
        assert row["stoi"] >= LOSS_STOI_MIN[kept], row
    # The browser was told of the loss on the last leg, and put copies into its packets.
    assert stats["lost"] > 50 and stats["recovered"] > 0.5 * stats["lost"]
    assert 0.03 < stats["remote_fraction_lost"] < 0.25
