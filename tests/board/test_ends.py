"""How a call ends that others end, and what the board says of it."""
# MIT License; see LICENSE

from __future__ import annotations

import json
import time

import pytest
from conftest import ROOM, mpremote
from roomtone_host.server.tokens import Tokens, load_secret
from roomtone_host.serverprocess import ServerProcess


def connected(board, after: int = 0) -> dict:
    return board.wait_for("state", 10.0, after=after, state="connected")


def say(board, message: dict) -> None:
    """Send a message of the signaling from a board's console."""
    board.type(f"await app.room._session.send({json.dumps(json.dumps(message))})\r".encode())


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("room-ended", "The room has ended."),
        ("removed", "A moderator took this participant out of the room."),
        ("replaced", "The same participant joined from elsewhere."),
    ],
)
def test_an_end_by_others_is_told_and_a_new_join_works(server, boards, reason, sentence):
    board = boards(server.url, auto_join=True)
    own_id = connected(board)["participant_id"]
    other_id = {"participant_id": own_id} if reason == "replaced" else {}
    other = boards(server.url, "Other", auto_join=True, **other_id)
    connected(other)
    if reason == "room-ended":
        say(other, {"type": "end"})
    elif reason == "removed":
        say(other, {"type": "remove", "participant_id": own_id})
    ended = board.wait_for("state", 5.0, reason=reason)
    assert (ended["state"], ended["retriable"], ended["text"]) == ("closed", False, sentence)
    deadline = time.monotonic() + 5.0
    while board.led() != "off" and time.monotonic() < deadline:
        time.sleep(0.02)
    assert board.led() == "off"
    assert board.events("speaker-stopped") and board.events("microphone-stopped")
    seen = len(board.events())
    mpremote(board, "exec", "join()")
    connected(board, seen)


def test_a_token_that_expired_in_mid_call_counts_when_the_server_comes_back(boards, tmp_path):
    options = ("--host", "127.0.0.1", "--room", ROOM)
    first = ServerProcess(tmp_path / "server", "--port", "0", *options)
    first.start()
    life_s = 6.0
    began = time.monotonic()
    token = Tokens(load_secret(tmp_path / "server")).issue(ROOM, life_s=life_s)
    board = boards(first.url, auto_join=True, token=token)
    connected(board)
    seen = len(board.events())
    time.sleep(max(0.0, began + life_s + 1.0 - time.monotonic()))
    # Who is in the room stays in it.
    assert len(board.events("state")) == 2
    first.kill()
    board.wait_for("state", 5.0, after=seen, state="reconnecting")
    port = first.url.rsplit(":", 1)[1]
    with ServerProcess(tmp_path / "server", "--port", port, *options):
        failed = board.wait_for("state", 8.0, after=seen, state="failed")
        assert (failed["reason"], failed["retriable"]) == ("token-expired", False)
        board.wait_for("led", 5.0, after=seen, pattern="error")
