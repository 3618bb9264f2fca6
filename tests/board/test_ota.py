"""Updates over the air: real server, real firmware; good, forged, broken and cut-off releases."""
# MIT License; see LICENSE

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from bad_network import answering, relay
from conftest import ROOM
from ota_board import OtaBoard, firmware, release
from roomtone_host.server.ota import Release, Updates
from roomtone_host.serverprocess import ServerProcess
from roomtone_host.simboard import SimBoardError

MARK = b'print("hello from %d")\n'


class Server:
    """A room server with its data folder, into which releases are published."""

    def __init__(self, place: Path) -> None:
        self.process = ServerProcess(place, "--open", "--port", "0", "--room", ROOM)
        self.process.start()
        self.url = self.process.url
        self.updates = Updates(place)
        self.folder = place / "updates"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("server"))
    yield running
    running.process.stop()


@pytest.fixture
def board(server: Server, tmp_path: Path) -> Iterator[OtaBoard]:
    made = OtaBoard(tmp_path / "board", server.url, server.updates)
    made.start()
    yield made
    made.stop()


def _mark(number: int) -> dict[str, bytes | None]:
    """A change that tells itself: a module that prints a line when it is imported."""
    return {"gestures.py": firmware()["gestures.py"] + MARK % number}


def test_a_good_release_is_fetched_tried_in_a_call_and_kept(server: Server, board: OtaBoard):
    server.updates.publish(release(100, _mark(100)))
    assert board.update() == "release 0.100 is here; the board restarts"
    # Only what differs travels: gestures.py.
    assert "1 files fetched" in board.console()
    board.wait_restart()
    board.start()
    board.wait_for("state", 15.0, state="connected")
    assert "hello from 100" in board.console()
    board.wait_for("state", 10.0, state="closed")  # it had joined for the trial only
    assert "the update has joined: it stays" in board.console()
    assert not (board.directory / "previous").exists()
    assert not (board.directory / "next").exists()
    assert board.update() == "up to date"
    board.stop()
    board.start()
    assert "hello from 100" in board.console()
    assert board.file("settings.json") is not None
    # And once more, on top of it.
    server.updates.publish(release(101, _mark(101)))
    assert board.update() == "release 0.101 is here; the board restarts"
    board.wait_restart()
    board.start()
    board.wait_for("state", 15.0, state="closed")
    assert "hello from 101" in board.console()
    assert b"number 101\n" in (board.file("release.txt") or b"")
    assert board.update() == "up to date"


def test_an_older_release_is_refused(server: Server, board: OtaBoard):
    server.updates.publish(release(200, _mark(200)))
    board.update()
    board.wait_restart()
    board.start()
    board.wait_for("state", 15.0, state="closed")
    server.updates.publish(release(150, _mark(150)))
    assert board.update() == "older: The server's release 0.150 is older."


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("unsigned", "not-signed: What the server sent is not a signed release."),
        ("foreign key", "not-signed: The release is signed with a key that is not pinned."),
        ("changed after signing", "not-signed: The release's signature is wrong."),
        ("cut off", "not-signed: The release's signature is wrong."),
        ("other board", "wrong-board: The release is for lamp, this is sim."),
        ("other chip", "wrong-board: The release is for xtensawin chips."),
        ("file that it may not", "damaged: The release names a file that it may not: boot.py"),
        ("none", "no-release: The server has no release for this board."),
    ],
)
def test_what_is_refused_and_changes_nothing(
    server: Server, board: OtaBoard, tmp_path: Path, case: str, words: str
):
    text = server.updates.sign(release(300, _mark(300)).body())
    if case == "unsigned":
        text = text.split("\n", 1)[1]
    elif case == "foreign key":
        text = Updates(tmp_path / "foreign").sign(text.split("\n", 1)[1])
    elif case == "changed after signing":
        text = text.replace("number 300", "number 301")
    elif case == "cut off":
        text = text[: len(text) // 2]
    elif case == "other board":
        text = server.updates.sign(release(300, board="lamp").body())
    elif case == "other chip":
        text = server.updates.sign(release(300, arch="xtensawin").body())
    elif case == "file that it may not":
        body = text.split("\n", 1)[1] + f"file {hashlib.sha256(b'').hexdigest()} 0 boot.py\n"
        text = server.updates.sign(body)
    place = server.folder / "releases" / "sim"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    if case == "none":
        place.unlink()
    before = board.file("gestures.py")
    assert board.update() == words
    assert board.running
    assert board.file("gestures.py") == before
    assert not (board.directory / "next" / "commit").exists()


def test_a_file_that_is_not_what_was_signed_is_refused(server: Server, board: OtaBoard):
    new = release(400, _mark(400))
    server.updates.publish(new)
    digest = hashlib.sha256(new.files["gestures.py"]).hexdigest()
    place = server.folder / "files" / digest
    data = place.read_bytes()
    place.write_bytes(data[:-1] + b"!")
    assert board.update() == "damaged: gestures.py did not arrive as it was signed."
    place.write_bytes(data)
    assert "release 0.400 is here" in board.update()


def test_cut_off_in_the_middle_and_the_next_try_goes_on(server: Server, tmp_path: Path):
    board = OtaBoard(tmp_path / "board", server.url, server.updates)
    changed = {f"extra{index}.py": b"# %d\n" % index * 5000 for index in range(6)}
    new = release(500, changed)
    server.updates.publish(new)
    missing = server.folder / "files" / hashlib.sha256(new.files["extra4.py"]).hexdigest()
    data = missing.read_bytes()
    missing.unlink()
    board.start()
    try:
        assert board.update().startswith("not-found: ")
        board.kill()  # and power fails, too
        missing.write_bytes(data)
        board.start()
        assert board.file("extra0.py") is None
        assert "release 0.500 is here" in board.update()
        assert "2 files fetched" in board.console()
        board.wait_restart()
        board.start()
        board.wait_for("state", 15.0, state="closed")
        assert board.file("extra4.py") == data
    finally:
        board.stop()


def test_a_network_that_breaks_all_the_time_is_enough(server: Server, tmp_path: Path):
    changed = {f"extra{index}.py": b"# %d\n" % index * 3000 for index in range(6)}
    server.updates.publish(release(510, changed))
    # The text of the release needs one good connection; then 20 KB each, which is a file or two.
    limits = itertools.chain([60000], itertools.repeat(20000))
    with relay(server.url, limits) as broken:
        board = OtaBoard(tmp_path / "board", broken.url, server.updates)
        with board:
            assert "release 0.510 is here" in board.update()
            assert broken.connections >= 5
            board.wait_restart()


def test_power_fails_while_files_come_in(server: Server, tmp_path: Path):
    changed = {f"extra{index}.py": b"# %d\n" % index * 20000 for index in range(4)}
    server.updates.publish(release(520, changed))
    board = OtaBoard(tmp_path / "board", server.url, server.updates)
    board.start()
    board.type(b"update\r")
    deadline = time.monotonic() + 20
    while not (board.directory / "next" / "extra1.py").exists():
        assert time.monotonic() < deadline
    board.kill()
    assert not (board.directory / "next" / "commit").exists()
    board.start()
    try:
        assert board.file("extra0.py") is None
        assert "release 0.520 is here" in board.update()
        board.wait_restart()
        board.start()
        board.wait_for("state", 15.0, state="closed")
        assert board.file("extra3.py") == changed["extra3.py"]
    finally:
        board.stop()


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (b"", "connection-lost"),
        (b"nonsense\r\n\r\n", "protocol-error"),
        (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "server-unreachable"),
        (b"HTTP/1.1 302 Go\r\nLocation: http://h/\r\nContent-Length: 0\r\n\r\n", "protocol-error"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "protocol-error"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 65537\r\n\r\n", "too-large"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "connection-lost"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdefghi", "not-signed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\xff\xfe\xfd", "not-signed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "not-signed"),
    ],
)
def test_a_server_that_is_none(server: Server, tmp_path: Path, answer: bytes, word: str):
    with answering(answer) as strange:
        board = OtaBoard(tmp_path / "board", strange.url, server.updates)
        with board:
            assert board.update().startswith(word + ": ")


def test_a_flash_that_is_full_keeps_its_room(server: Server, tmp_path: Path):
    board = OtaBoard(tmp_path / "board", server.url, server.updates)
    full = board.directory / "updater.py"
    full.write_bytes(full.read_bytes().replace(b'os.statvfs(".")[:4]', b"(4096, 0, 0, 5)"))
    server.updates.publish(release(530, {"extra.py": b"#" * 9000}))
    with board:
        assert board.update() == "no-space: The flash has only 20 KB left."
        assert not (board.directory / "next").exists()
        assert board.running


def _does_not_come_up(board: OtaBoard) -> None:
    with contextlib.suppress(SimBoardError):
        board.start()
    board.wait_restart()


@pytest.mark.parametrize(
    "broken",
    [
        {"app.py": b"raise RuntimeError('this release is broken')\n"},
        {"start.py": b"def run(:\n"},
        {"lib/webrtc/peer.py": None},
    ],
    ids=["raises", "does not compile", "can not join"],
)
def test_a_release_that_does_not_come_up_is_given_back(
    server: Server, board: OtaBoard, broken: dict[str, bytes | None]
):
    old = {path: board.file(path) for path in firmware()}
    server.updates.publish(release(600, broken))
    assert "release 0.600 is here" in board.update()
    board.wait_restart()
    _does_not_come_up(board)
    _does_not_come_up(board)
    board.start()
    assert "Release 600 did not come up and join in 2 tries" in board.console()
    assert {path: board.file(path) for path in old} == old
    assert board.update() == "refused: Release 0.600 did not come up on this board before."
    assert "release 0.600 is here" in board.update(b"update 1")  # when a person insists
    server.updates.publish(release(601, _mark(601)))
    board.wait_restart()


def test_a_release_that_finds_no_server_is_given_back(tmp_path: Path):
    server = Server(tmp_path / "server")
    board = OtaBoard(tmp_path / "board", server.url, server.updates)
    hasty = firmware()["chores.py"].replace(b"const(150000)", b"const(2000)")
    server.updates.publish(release(700, {"chores.py": hasty}))
    board.start()
    try:
        assert "release 0.700 is here" in board.update()
        board.wait_restart()
        server.process.stop()
        _does_not_come_up(board)
        assert "the update did not join" in (board.file("crash.log") or b"").decode()
        _does_not_come_up(board)
        board.start()
        assert board.file("chores.py") != hasty
    finally:
        server.process.stop()
        board.stop()


def test_the_commands_release_is_compiled_and_replaces_sources(server: Server, board: OtaBoard):
    command = [sys.executable, "-m", "roomtone_host.cli", "release", "sim", "--json"]
    made = subprocess.run(
        [*command, "--data", str(server.folder.parent)], capture_output=True, text=True, check=True
    )
    assert json.loads(made.stdout)["key_sha256"] == server.updates.pin()
    assert "is here; the board restarts" in board.update()
    board.wait_restart()
    board.start()
    board.wait_for("state", 15.0, state="closed")
    assert "the update has joined: it stays" in board.console()
    assert board.file("app.py") is None and board.file("lib/webrtc/peer.py") is None
    assert board.file("app.mpy") and board.file("lib/webrtc/peer.mpy") and board.file("boot.py")


def test_nothing_is_taken_from_a_key_that_is_not_pinned(server: Server, tmp_path: Path):
    board = OtaBoard(tmp_path / "board", server.url, server.updates, update_key_sha256="")
    with board:
        assert board.update().startswith("not-set: update_key_sha256 is not set")


def test_a_board_that_may_looks_by_itself(server: Server, tmp_path: Path):
    board = OtaBoard(tmp_path / "board", server.url, server.updates, auto_update=True)
    eager = board.directory / "caretaker.py"
    eager.write_bytes(eager.read_bytes().replace(b"const(60)", b"const(1)"))
    server.updates.publish(release(800, _mark(800)))
    board.start()
    board.wait_restart(20)
    board.start()
    try:
        board.wait_for("state", 15.0, state="closed")
        assert "hello from 800" in board.console()
    finally:
        board.stop()


def test_no_update_in_a_call(server: Server, board: OtaBoard):
    board.type(b"join\r")
    board.wait_for("state", 10.0, state="connected")
    assert board.update() == "leave the room first"


def test_what_no_release_may_name(tmp_path: Path):
    for path in ("boot.py", "main.py", "trial.mpy", "settings.json", "../x", "/x", "a//b", ".x"):
        with pytest.raises(ValueError, match="can't be part of a release"):
            Release("sim", "any", "1", 1, {path: b""}).body()


def test_the_key_is_its_owners_alone(tmp_path: Path):
    updates = Updates(tmp_path)
    assert updates.pin() == updates.pin() and len(updates.pin()) == 64
    assert (tmp_path / "updates" / "key.pem").stat().st_mode & 0o77 == 0
