"""Each reason for no call has its own word and sentence, on the board and in the command."""
# MIT License; see LICENSE

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SPEECH, mpremote
from refusals import BOARD_ONLY, ROOM, TABLE, UNREACHABLE, Refusals
from roomtone_host.server.tokens import Tokens, load_secret
from roomtone_host.serverprocess import ServerProcess

VOICE = SPEECH / "caller.wav"


@pytest.fixture(scope="module")
def refusals(tmp_path_factory, module_boards):
    """The servers that refuse, for all tests of this file."""
    made = Refusals(tmp_path_factory.mktemp("refusals"), module_boards)
    yield made
    made.stop()


@pytest.mark.parametrize("case", [*TABLE, *BOARD_ONLY])
def test_the_board_tells_why(refusals, boards, case):
    code, retriable, sentence = {**TABLE, **BOARD_ONLY}[case]
    settings = refusals.settings(case)
    board = boards(settings.pop("server"), auto_join=True, **settings)
    event = board.wait_for("state", 12.0, reason=code)
    assert sentence in event["text"] and event["text"].endswith(".")
    assert event["retriable"] is retriable
    assert event["state"] == ("connecting" if retriable else "failed")
    if retriable:
        # It goes on trying, and whoever looks sees why.
        assert board.led() == "connecting"
    else:
        assert board.wait_for("error", 5.0)["code"] == code
        board.wait_for("led", 5.0, pattern="error")
    assert f"reason: {code}: {event['text']}" in mpremote(board, "exec", "status()")
    reasons = {event["reason"] for event in board.events("state")}
    assert reasons <= {None, code}


def simulate(tmp_path: Path, **options: str) -> subprocess.CompletedProcess:
    given = {"server": UNREACHABLE, "room": ROOM, "mic": str(VOICE), "speaker": "heard.wav"}
    given |= options
    return subprocess.run(
        [sys.executable, "-m", "roomtone_host.cli", "simulate", "--json", "--seconds", "1"]
        + [part for name, value in given.items() for part in (f"--{name}", value)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )


def refused(tmp_path: Path, done: subprocess.CompletedProcess) -> dict:
    """Exit code 2, one sentence for people, one object for programs, and nothing written."""
    assert done.returncode == 2, done.stdout + done.stderr
    error = json.loads(done.stdout)
    said = " ".join(done.stderr.split())
    assert said.endswith(error["text"]) and "Traceback" not in said
    assert error["text"].count(". ") == 0
    assert list(tmp_path.iterdir()) == []
    return error


@pytest.mark.parametrize("case", TABLE)
def test_the_command_tells_why(refusals, tmp_path, case):
    code, _, sentence = TABLE[case]
    settings = refusals.settings(case)
    pin = settings.pop("certificate_sha256", None)
    error = refused(
        tmp_path, simulate(tmp_path, **settings, **({"fingerprint": pin} if pin else {}))
    )
    assert error["code"] == code
    assert sentence in error["text"]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"room": ""}, "--invite LINK"),
        ({"invite": "hello"}, "is no invite link"),
        ({"mic": "/nowhere/voice.wav"}, "no such file"),
        ({"mic": __file__}, "not a WAV file"),
        ({"speaker": "/nowhere/heard.wav"}, "can't be written"),
        ({"speaker": "/"}, "can't be written"),
        ({"server": "127.0.0.1:8080"}, "not a server's address"),
        ({"server": "ftp://127.0.0.1"}, "not a server's address"),
        ({"server": "http://127.0.0.1:99999"}, "wrong port"),
        ({"server": "http://"}, "not a server's address"),
        ({"server": "http://user:word@127.0.0.1"}, "user name"),
        ({"room": ""}, "room"),
        ({"room": "x" * 65}, "room"),
        ({"name": ""}, "name"),
        ({"fingerprint": "not-hex"}, "fingerprint"),
    ],
    ids=str,
)
def test_the_command_tells_what_is_wrong_with_what_was_typed(tmp_path, options, word):
    error = refused(tmp_path, simulate(tmp_path, **options))
    assert word in error["text"]


def test_a_recording_that_was_there_is_kept_when_the_call_is_refused(tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    old = kept / "heard.wav"
    old.write_bytes(b"an older recording")
    done = simulate(tmp_path, speaker=str(old))
    assert done.returncode == 2
    assert old.read_bytes() == b"an older recording"


def test_an_invite_link_is_all_that_the_command_needs(tmp_path):
    place = tmp_path / "server"
    options = ("--tls", "--host", "127.0.0.1", "--port", "0", "--room", ROOM)
    with ServerProcess(place, *options) as server:
        token = Tokens(load_secret(place)).issue(ROOM)
        link = f"{server.url}/r/{ROOM}#token={token}&certificate={server.fingerprint}"
        done = simulate(tmp_path, server="", room="", invite=link)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["room"] == ROOM
