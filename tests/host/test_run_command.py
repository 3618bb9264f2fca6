"""`roomtone run` as a person has it: an address, two boards that speak, and a clean end."""
# MIT License; see LICENSE

import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time

import pytest
from roomtone_host import cli
from typer.testing import CliRunner

_COMMAND = [sys.executable, "-m", "roomtone_host.cli", "run"]
_PATIENCE_S = 40.0
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


class Terminal:
    """A command on a terminal of its own, in `folder`."""

    def __init__(self, folder, *options):
        self.master, slave = pty.openpty()
        self.text = ""
        self.process = subprocess.Popen(
            [*_COMMAND, *options],
            cwd=folder,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
            start_new_session=True,
        )
        os.close(slave)
        os.set_blocking(self.master, False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.end()

    def read(self):
        try:
            self.text += _ESCAPE.sub("", os.read(self.master, 65536).decode(errors="replace"))
        except OSError:
            time.sleep(0.05)  # nothing yet, or the other end is closed

    def wait_for(self, pattern):
        deadline = time.monotonic() + _PATIENCE_S
        while not (found := re.search(pattern, self.text, re.DOTALL)):
            assert time.monotonic() < deadline, self.text[-2000:]
            self.read()
        return found

    def end(self):
        deadline = time.monotonic() + _PATIENCE_S
        while self.process.poll() is None and time.monotonic() < deadline:
            self.read()
        self.process.kill()
        if self.master >= 0:
            self.read()
            os.close(self.master)
            self.master = -1
        return self.process.wait()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGHUP])
def test_two_boards_speak_until_the_command_is_ended(tmp_path, ending):
    with Terminal(tmp_path, "--port", "0") as terminal:
        url = terminal.wait_for(r"Open (http://127\.0\.0\.1:(\d+)/r/demo) and join")
        console = terminal.wait_for(r"Kitchen: mpremote connect (\S+) resume")[1]
        assert (tmp_path / console).is_char_device()
        # Each of them loud, unlike the rest of the meter.
        terminal.wait_for(r"Kitchen +│ █████+·+ │ +\d+ % │ +\d+ ms │ +\d+ ms │ +\w+ │")
        terminal.wait_for(r"Workshop +│ █████+·+ │ +\d+ % │ +\d+ ms │ +\d+ ms │ +\w+ │")
        terminal.process.send_signal(ending)
        assert terminal.end() == 0
        assert "Ended." in terminal.text and "Traceback" not in terminal.text
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", int(url[2])), 1):
        pass


def test_a_port_that_is_taken_is_said_in_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with Terminal(tmp_path, "--port", port) as terminal:
            assert terminal.end() == 1
    assert "Traceback" not in terminal.text and "in use" in terminal.text


def test_what_looks_like_markup_is_said_as_it_is():
    told = ("--server", "http://127.0.0.1:9", "--room", "lab", "--speaker", "heard.wav")
    done = CliRunner().invoke(cli.app, ["simulate", *told, "--mic", "[/bold].wav"])
    assert (done.exit_code, type(done.exception)) == (2, SystemExit)
    assert "[/bold].wav: no such file" in done.stderr
    done = CliRunner().invoke(cli.app, ["boards", "show", "[/bold]"])
    assert (done.exit_code, type(done.exception)) == (1, SystemExit)
    assert "[/bold]" in done.stderr
