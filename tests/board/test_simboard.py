"""The virtual board: the real firmware with a button, an LED, a console and a real server."""
# MIT License; see LICENSE

from __future__ import annotations

import os
import time
import wave
from pathlib import Path

from conftest import ROOM, SPEECH, mpremote
from roomtone_host.serverprocess import ServerProcess

UNREACHABLE = "http://127.0.0.1:9"  # discard: nobody listens there


def _wait_led(board, pattern: str, timeout_s: float = 5.0) -> None:
    board.wait_for("led", timeout_s, pattern=pattern)


def test_boots_with_the_led_off_and_nothing_joined(boards):
    board = boards(UNREACHABLE)
    assert board.led() == "off"
    assert "state: idle" in mpremote(board, "exec", "status()")


def test_wrong_settings_are_told_by_field_and_the_console_still_works(boards):
    board = boards(UNREACHABLE, volume=999)
    event = board.wait_for("error", 5.0)
    assert event["code"] == "bad-settings"
    assert "volume" in event["text"]
    assert board.led() == "error"
    assert "volume must be 0 to 200" in board.console()


def test_missing_sound_file_is_told(boards):
    board = boards(UNREACHABLE, board={"microphone": "/nowhere.wav"})
    assert board.wait_for("error", 5.0)["code"] == "board-failed"


def test_stock_mpremote_runs_code_lists_copies_and_runs_files(boards, tmp_path: Path):
    board = boards(UNREACHABLE)
    script = tmp_path / "script.py"
    # Longer than a raw-paste window, so that its flow control is in play.
    script.write_text("total = 0\n" + "total += 1\n" * 300 + "print('total', total)\n")
    assert mpremote(board, "run", str(script)).strip() == "total 300"
    mpremote(board, "fs", "cp", str(script), ":copied.py")
    assert (board.directory / "copied.py").read_bytes() == script.read_bytes()
    assert "copied.py" in mpremote(board, "fs", "ls")
    assert "12" in mpremote(board, "eval", "3 * 4")


def test_an_error_in_a_command_reaches_mpremote_and_harms_nothing(boards):
    board = boards(UNREACHABLE)
    board.type(b"\r\x03\x01\x051/0")  # nonsense, then a client that vanishes in raw mode
    assert mpremote(board, "exec", "print(2)").strip() == "2"
    board.type(b"\r1/0\r")
    assert mpremote(board, "exec", "print(3)").strip() == "3"
    assert "ZeroDivisionError" in board.console()


def test_line_mode_takes_bare_words(boards):
    board = boards(UNREACHABLE)
    board.type(b"volume 70\rvolume\rsettings token s3cret\rhelp\r")
    board.type(b"settings('token', 's3cret')\rsettings\r")
    board.type(b"x = 20\rx + 1\rawait asyncio.sleep_ms(1)\r")
    board.type(b"for i in range(3):\r  print('n', i)\r\r")
    assert mpremote(board, "exec", "print('end')").strip() == "end"
    console = board.console()
    assert console.count("volume 70") >= 3
    assert "21" in console
    assert "n 2" in console
    assert "loudness of the speaker" in console
    assert "********" in console


def test_a_server_that_is_down_is_a_reason_and_not_an_end(boards):
    board = boards(UNREACHABLE, auto_join=True)
    event = board.wait_for("state", 8.0, reason="server-unreachable")
    assert event["state"] == "connecting"
    assert event["retriable"] is True
    status = mpremote(board, "exec", "status()")
    assert "server-unreachable: The server does not answer." in status
    seen = len(board.events())
    board.press()  # gives up
    board.wait_for("state", 5.0, state="closed")
    board.wait_for("led", 5.0, after=seen, pattern="off")


def test_button_joins_mutes_and_leaves_and_the_led_tells(server, boards):
    board = boards(server.url)
    board.press()
    board.wait_for("state", 8.0, state="connected")
    _wait_led(board, "live")
    seen = len(board.events())
    board.press(2)
    board.wait_for("led", 5.0, after=seen, pattern="muted")
    board.press(2)
    board.wait_for("led", 5.0, after=seen + 1, pattern="live")
    seen = len(board.events())
    board.press()
    board.wait_for("state", 5.0, state="closed")
    board.wait_for("led", 5.0, after=seen, pattern="off")


def test_mpremote_drives_a_call_while_sound_runs(server, boards):
    talker = boards(server.url, "Talker", auto_join=True)
    listener = boards(server.url, "Listener")
    talker.wait_for("state", 8.0, state="connected")
    mpremote(listener, "exec", "join()")
    listener.wait_for("state", 8.0, state="connected")
    listener.wait_for("first-sound", 5.0)
    seen = len(listener.events())
    for _ in range(3):
        assert "state: connected" in mpremote(listener, "exec", "status()")
    assert "Talker" in mpremote(listener, "exec", "participants()")
    assert mpremote(listener, "exec", "volume(70)").strip() == "volume 70"
    assert mpremote(listener, "eval", "app.room.volume").strip() == "70"
    mpremote(talker, "exec", "mute()")
    listener.wait_for("stream-muted", 5.0, after=seen)
    mpremote(talker, "exec", "say('hello')")
    assert listener.wait_for("message", 5.0)["value"]["data"] == "hello"
    mpremote(listener, "exec", "leave()")
    stopped = listener.wait_for("speaker-stopped", 5.0)
    # A busy machine may stop the board for a moment; twelve commands would add up to more.
    assert stopped["gap_samples"] <= 8000
    with wave.open(str(listener.directory / "heard.wav")) as heard:
        assert heard.getnframes() > 16000


def test_heard_file_is_whole_after_a_power_cut(server, boards):
    boards(server.url, "Talker", auto_join=True)
    board = boards(server.url, "Listener", auto_join=True)
    board.wait_for("first-sound", 10.0)
    board.kill()
    path = board.directory / "heard.wav"
    with wave.open(str(path)) as heard:
        assert heard.getnframes() * 2 + 44 == path.stat().st_size
        assert heard.getframerate() == 16000


def test_a_certificate_that_is_pinned_or_whose_ca_is_known_is_taken(boards, tmp_path: Path):
    with ServerProcess(
        tmp_path / "server", "--open", "--tls", "--port", "0", "--room", ROOM
    ) as secure:
        ca = tmp_path / "server" / "certificate.pem"  # signed by itself
        for trust in ({"certificate_sha256": secure.fingerprint}, {"ca_file": str(ca)}):
            board = boards(secure.url, auto_join=True, **trust)
            board.wait_for("state", 10.0, state="connected")


def test_microphone_takes_a_pipe(server, boards, tmp_path: Path):
    pipe = tmp_path / "voice"
    os.mkfifo(pipe)
    feed = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        talker = boards(server.url, "Pipe", auto_join=True, board={"microphone": str(pipe)})
        listener = boards(server.url, "Listener", auto_join=True)
        talker.wait_for("state", 8.0, state="connected")
        listener.wait_for("state", 8.0, state="connected")
        with wave.open(str(SPEECH / "caller.wav")) as source:
            data = source.readframes(source.getnframes())
        sent = 0
        deadline = time.monotonic() + 20.0
        while time.monotonic() < deadline and not listener.events("first-sound"):
            try:
                sent = (sent + os.write(feed, data[sent : sent + 3200])) % len(data)
            except BlockingIOError:
                time.sleep(0.02)  # the pipe is full: the board takes it at real pace
        assert listener.events("first-sound")
    finally:
        os.close(feed)
