"""Deploying over mpremote to MicroPython on a PTY: whole or not at all, and only what changed."""
# MIT License; see LICENSE

from __future__ import annotations

import subprocess

import pytest
from roomtone_host.device import deploy
from roomtone_host.device.deploy import put
from roomtone_host.device.errors import DeviceError
from roomtone_host.device.output import Output
from roomtone_host.device.remote import Remote, changes
from roomtone_host.simboard import micropython_path

# What the virtual board's own hardware writes.
SIM = ("button", "led", "events.jsonl")
QUIET = Output(as_json=True)


def on_board(board) -> dict[str, bytes]:
    return {
        str(path.relative_to(board.directory)): path.read_bytes()
        for path in board.directory.rglob("*")
        if path.is_file() and path.name not in SIM
    }


def starts(directory) -> bool:
    """Whether the files make a board that boots to its application."""
    script = "import boot, app\nprint('Roomtone', app.App)"
    done = subprocess.run(
        [micropython_path(), "-c", script],
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    return "Roomtone" in done.stdout or not print(done.stdout, done.stderr)


def test_everything_arrives_compiled_and_starts(plugged, sim32):
    board = plugged(needs_image=False)
    done = put(QUIET, board.pty, sim32)
    board.unplug()
    files = on_board(board)
    assert {"boot.py", "main.py", "board.py", "app.mpy", "files.json"} <= files.keys()
    assert "lib/webrtc/dtls/client.mpy" in files
    assert not [path for path in files if path.endswith("manifest.mpy") or "next" in path]
    assert set(done.written) == files.keys()
    assert files == done.bundle.files
    assert starts(board.directory)


def test_a_second_time_writes_only_what_changed(plugged, sim32):
    board = plugged(needs_image=False)
    put(QUIET, board.pty, sim32)
    done = put(QUIET, board.pty, sim32)
    assert done.written == done.removed == []
    (sim32.folder / "board.py").write_text((sim32.folder / "board.py").read_text() + "# new\n")
    done = put(QUIET, board.pty, sim32)
    assert {"board.py", "files.json"} <= set(done.written)
    assert len(done.written) < 10
    assert on_board(board)["board.py"].endswith(b"# new\n")


def test_the_boards_own_files_stay(plugged, sim32):
    board = plugged(needs_image=False)
    board.directory.mkdir(parents=True)
    own = {
        "settings.json": '{"name": "Kitchen"}',
        "identity.bin": "key",
        "crash.log": "x",
        "my.py": "1",
    }
    for name, text in own.items():
        (board.directory / name).write_text(text)
    put(QUIET, board.pty, sim32)
    files = on_board(board)
    assert {name: files[name].decode() for name in own} == own


def test_what_would_be_imported_instead_goes(plugged, sim32):
    board = plugged(needs_image=False)
    (board.directory / "lib" / "webrtc").mkdir(parents=True)
    for name in ("app.py", "lib/webrtc/ice.py", "lib/webrtc/gone.mpy"):
        (board.directory / name).write_text("raise ImportError")
    done = put(QUIET, board.pty, sim32)
    assert done.removed == ["app.py", "lib/webrtc/gone.mpy", "lib/webrtc/ice.py"]
    assert starts(board.directory)


def test_a_running_application_is_ended_first(plugged, sim32):
    board = plugged(needs_image=False)
    put(QUIET, board.pty, sim32)
    board.unplug()
    board.plug()
    with Remote(board.pty, keep_running=True) as remote:
        assert remote.value("type(app).__name__") == "App"
    assert put(QUIET, board.pty, sim32).written == []


def test_a_cable_pulled_while_files_are_copied_leaves_the_old_ones(plugged, sim32):
    board = plugged(needs_image=False)
    put(QUIET, board.pty, sim32)
    before = on_board(board)
    for path in sim32.folder.glob("*.py"):
        path.write_text(path.read_text() + "\nVERSION = 2\n")
    blocks = 0

    def third_block(data: bytes) -> bool:
        nonlocal blocks
        blocks += b"put(_file" in data
        return blocks == 3

    board.pull_after = third_block
    with pytest.raises(DeviceError, match="still has all of its old files") as caught:
        put(QUIET, board.pty, sim32)
    assert caught.value.code == "cable-pulled"
    after = on_board(board)
    assert {path: after[path] for path in before} == before
    assert starts(board.directory)
    board.plug()
    done = put(QUIET, board.pty, sim32)
    assert "board.py" in done.written
    assert len(done.written) < 20
    assert starts(board.directory)


@pytest.mark.parametrize("moved", [0, 1, 40])
def test_power_that_fails_while_files_move_is_made_good_at_boot(plugged, sim32, moved, tmp_path):
    board = plugged(needs_image=False)
    done = put(QUIET, board.pty, sim32)
    board.unplug()
    # The state after `moved` of the moves: the rest waits in next/, with old files in its place.
    place = board.directory
    lines = changes(done.bundle.digests(), {}, ())
    for line in lines[moved:]:
        waiting = place / "next" / line[1:]
        waiting.parent.mkdir(parents=True, exist_ok=True)
        waiting.write_bytes((place / line[1:]).read_bytes())
        if line[1:] not in ("+boot.py", "boot.py", "switch.mpy"):
            (place / line[1:]).write_text("raise ImportError('old')")
    (place / "next" / "commit").write_text("\n".join(lines))
    assert starts(place)
    assert on_board(board) == done.bundle.files


def test_where_room_is_scarce_the_optional_codec_comes_last(plugged, sim32, monkeypatch):
    board = plugged(needs_image=False)
    put(QUIET, board.pty, sim32)
    assert (board.directory / "lib" / "opus" / "decoder.mpy").exists()
    (board.directory / "led_gpio.mpy").write_bytes(b"old")
    seen = []
    stage = deploy._stage_and_switch

    def watch(out, remote, done):
        stage(out, remote, done)
        seen.append((board.directory / "lib" / "opus" / "decoder.mpy").exists())

    monkeypatch.setattr(deploy, "_stage_and_switch", watch)
    monkeypatch.setattr(Remote, "free_bytes", lambda _: 0)
    done = put(QUIET, board.pty, sim32)
    assert seen == [False, True]
    board.unplug()
    assert on_board(board) == done.bundle.files
    assert starts(board.directory)


def test_a_removal_alone_is_a_switch_too(plugged, sim32):
    board = plugged(needs_image=False)
    put(QUIET, board.pty, sim32)
    (board.directory / "lib" / "webrtc" / "gone.mpy").write_text("old")
    assert "lib/webrtc/gone.mpy" in put(QUIET, board.pty, sim32).removed
    assert not (board.directory / "lib" / "webrtc" / "gone.mpy").exists()


def test_a_full_file_system_is_said(plugged, sim32, monkeypatch):
    board = plugged(needs_image=False)
    helpers = "def create(path):\n raise OSError(28)\n"
    original = Remote._need_helpers

    def full(remote):
        original(remote)
        remote.run(helpers)

    monkeypatch.setattr(Remote, "_need_helpers", full)
    with pytest.raises(DeviceError, match="file system is full"):
        put(QUIET, board.pty, sim32)


def test_a_silent_port_is_told_apart_from_a_missing_one(plugged):
    board = plugged("esp32")
    with pytest.raises(DeviceError, match="MicroPython does not answer"):
        Remote(board.pty).__enter__()
    with pytest.raises(DeviceError, match="There is no port"):
        Remote("/dev/ttyNOWHERE").__enter__()


def test_changes_name_moves_and_removals():
    new = {"app.mpy": "1", "boot.py": "2", "lib/webrtc/ice.mpy": "3"}
    old = {"boot.py": "2", "app.py": "0", "lib/webrtc/ice.py": "0", "lib/mine/x.py": "0"}
    found = changes(new, old, ("settings.json",))
    assert found == ["+app.mpy", "+lib/webrtc/ice.mpy", "-app.py", "-lib/webrtc/ice.py"]
