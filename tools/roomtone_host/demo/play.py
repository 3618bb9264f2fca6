"""Plays the demo's scene once and gathers what each participant did and heard."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from roomtone_host.browser import BrowserParticipant
from roomtone_host.demo.report import Account
from roomtone_host.demo.scene import LENGTH_S, Talker
from roomtone_host.demo.stage import ROOM, Stage
from roomtone_host.measure import Recording, read_wav
from roomtone_host.simboard import SimBoard
from roomtone_host.simulate import join_ms, wait_joined


async def play(stage: Stage, cast: Sequence[Talker]) -> list[Account]:
    """Bring the cast into the room, let everybody speak once, and return their accounts.

    Raises Refused, SimBoardError or BrowserError when somebody does not get in.
    """
    people = [one for one in cast if one.kind == "browser"]
    browsers = {
        one.name: BrowserParticipant(
            stage.server.url, ROOM, one.name, stage.microphone(one), stage.heard(one)
        )
        for one in people
    }
    try:
        # A browser takes seconds to start, so it does that before anybody speaks.
        await asyncio.gather(*(browser.open() for browser in browsers.values()))
        for one in cast:
            if one.kind == "board":
                stage.start_board(one, repeat=False)
        joins = [browser.join() for browser in browsers.values()]
        await asyncio.gather(asyncio.to_thread(stage.wait_boards), *joins)
        await asyncio.sleep(LENGTH_S)
        accounts = []
        for one in people:
            accounts.append(await _browser_account(one, browsers[one.name]))
    finally:
        await asyncio.gather(*(browser.close() for browser in browsers.values()))
    for one in cast:
        if one.kind == "board":
            board = stage.boards[one.name]
            board.stop()
            accounts.append(_board_account(one, board, stage))
    return sorted(accounts, key=lambda account: cast.index(account.talker))


async def _browser_account(talker: Talker, browser: BrowserParticipant) -> Account:
    stats = await browser.stats()
    await browser.leave()
    assert browser.heard is not None
    return Account(
        talker=talker,
        microphone_start_s=browser.microphone_start_s,
        heard=browser.heard,
        joined_s=browser.joined_s,
        join_ms=browser.join_ms,
        packets_sent=stats["packets_sent"],
        packets_received=stats["packets_received"],
        packets_lost=stats["packets_lost"],
        concealed_percent=stats["concealed_percent"],
        codec=stats["codec"],
    )


def _board_account(talker: Talker, board: SimBoard, stage: Stage) -> Account:
    microphone, speaker = board.events("microphone-started")[0], board.events("speaker-started")[0]
    stats = board.events("stats")[-1]
    frames = max(1, stats["frames"])
    return Account(
        talker=talker,
        microphone_start_s=microphone["start_us"] / 1e6,
        heard=_heard(stage, talker, speaker["start_us"] / 1e6),
        joined_s=wait_joined(board)["t_us"] / 1e6,
        join_ms=join_ms(board),
        packets_sent=stats["packets_sent"],
        packets_received=stats["packets_received"],
        packets_lost=stats["lost"],
        concealed_percent=100 * stats["concealed"] / frames,
        codec=stats["codec"],
    )


def _heard(stage: Stage, talker: Talker, start_s: float) -> Recording:
    return read_wav(stage.heard(talker), start_s)
