"""A board in Opus and a browser: each hears the other's own packets, passed on by the server."""
# MIT License; see LICENSE

from __future__ import annotations

import pytest
from roomtone_host.browser import find_chromium
from roomtone_host.demo.play import play
from roomtone_host.demo.report import report
from roomtone_host.demo.scene import Talker
from roomtone_host.demo.stage import Stage

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(find_chromium() is None, reason="Chromium is not installed"),
]
CAST = (
    Talker("Kitchen", "board", "reader", 4.5, None, "opus"),
    Talker("Ada", "browser", "guest", 11.1),
)
STOI_MIN = 0.85


async def test_a_board_and_a_browser_hear_each_other_in_opus(tmp_path):
    with Stage(tmp_path / "stage") as stage:
        accounts = await play(stage, CAST)
        stats = stage.boards["Kitchen"].events("stats")[-1]
    for row in report(accounts)["pairs"]:
        print(row)
        assert [codec.lower() for codec in row["codecs"]] == ["opus", "opus"]
        assert row["stoi"] >= STOI_MIN, row
    assert stats["foreign"] + stats["dropped"] + stats["rejected"] == 0
