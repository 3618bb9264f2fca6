"""The server or the network goes away in mid-call: noticed, told, back by itself with sound."""
# MIT License; see LICENSE

from __future__ import annotations

import time
import wave

import numpy as np
import pytest
from conftest import ROOM, mpremote
from roomtone_host.serverprocess import ServerProcess

# docs/signaling.md: a dead peer is noticed within 5 s; the board is back 3 s after its return.
NOTICED_S = 5.0
BACK_S = 3.0


def connected(board, after: int = 0, timeout_s: float = 10.0) -> dict:
    return board.wait_for("state", timeout_s, after=after, state="connected")


def hears_speech(board, timeout_s: float = 6.0) -> bool:
    """Whether the newest half second of what the speaker played becomes loud."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        with wave.open(str(board.directory / "heard.wav")) as file:
            rate = file.getframerate()
            file.setpos(max(file.getnframes() - rate // 2, 0))
            newest = np.frombuffer(file.readframes(rate), "<i2").astype(float)
        if len(newest) and np.sqrt(np.mean(newest**2)) > 500:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    ("end", "reason"), [("kill", "connection-lost"), ("stop", "server-stopping")]
)
def test_server_restarted_in_mid_call_and_the_boards_talk_again(boards, tmp_path, end, reason):
    options = ("--open", "--room", ROOM)
    first = ServerProcess(tmp_path / "server", "--port", "0", *options)
    first.start()
    port = first.url.rsplit(":", 1)[1]
    pair = [boards(first.url, name, auto_join=True) for name in ("Talker", "Listener")]
    before = [connected(board) for board in pair]
    assert hears_speech(pair[1])
    seen = [len(board.events()) for board in pair]
    getattr(first, end)()
    for board, at in zip(pair, seen, strict=True):
        lost = board.wait_for("state", NOTICED_S, after=at, state="reconnecting")
        assert (lost["reason"], lost["retriable"]) == (reason, True)
        board.wait_for("led", 2.0, after=at, pattern="reconnecting")
    time.sleep(1.0)  # silence, for what is heard below to be new
    with ServerProcess(tmp_path / "server", "--port", port, *options):
        up_us = time.time_ns() // 1000
        for board, at, was in zip(pair, seen, before, strict=True):
            back = connected(board, at)
            assert back["t_us"] - up_us < BACK_S * 1e6
            assert back["participant_id"] == was["participant_id"]
            board.wait_for("led", 2.0, after=at, pattern="live")
        for board in pair:
            assert hears_speech(board)
            board.stop()


def test_network_gone_for_8_s_is_noticed_within_5_s_and_the_call_resumed(boards, tmp_path):
    with ServerProcess(tmp_path / "server", "--port", "0", "--open", "--room", ROOM) as server:
        pair = [boards(server.url, name, auto_join=True) for name in ("Talker", "Listener")]
        before = [connected(board) for board in pair]
        assert hears_speech(pair[1])
        seen = [len(board.events()) for board in pair]
        gone_us = time.time_ns() // 1000
        server.pause()
        try:
            for board, at in zip(pair, seen, strict=True):
                lost = board.wait_for("state", 8.0, after=at, state="reconnecting")
                assert lost["t_us"] - gone_us < NOTICED_S * 1e6
                assert lost["reason"] == "connection-lost"
                assert lost["retriable"] is True
            time.sleep(max(0.0, 8.0 - (time.time_ns() // 1000 - gone_us) / 1e6))
        finally:
            server.resume()
        up_us = time.time_ns() // 1000
        for board, at, was in zip(pair, seen, before, strict=True):
            back = connected(board, at)
            assert back["t_us"] - up_us < BACK_S * 1e6
            assert (back["participant_id"], back["session_id"]) == (
                was["participant_id"],
                was["session_id"],
            )
        assert hears_speech(pair[1])
        names = {one["name"] for one in server.stats(ROOM)["participants"]}
        assert names == {"Talker", "Listener"}


# What a firewall does that has forgotten the flow: datagrams vanish both ways, TCP goes on.
NO_UDP = """
endpoint = app.room._session.link._driver._endpoint
endpoint.read = lambda limit: None
endpoint.write = lambda data, address: True
"""


def test_media_path_that_dies_alone_is_noticed_within_5_s_and_made_anew(server, boards):
    pair = [boards(server.url, name, auto_join=True) for name in ("Talker", "Listener")]
    before = [connected(board) for board in pair]
    assert hears_speech(pair[1])
    seen = len(pair[1].events())
    mpremote(pair[1], "exec", NO_UDP)
    gone_us = time.time_ns() // 1000
    lost = pair[1].wait_for("state", 8.0, after=seen, state="reconnecting")
    assert lost["t_us"] - gone_us < NOTICED_S * 1e6
    assert lost["reason"] in ("connection-lost", "media-failed")
    back = connected(pair[1], seen)
    assert back["participant_id"] == before[1]["participant_id"]
    assert hears_speech(pair[1])
    assert pair[0].events("state")[-1]["state"] == "connected"
