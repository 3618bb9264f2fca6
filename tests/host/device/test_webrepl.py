"""A board over WebREPL is used as one at a cable: same commands, with its password."""
# MIT License; see LICENSE

from __future__ import annotations

import contextlib
import os
import pty
import subprocess
import threading
import tty
from collections.abc import Iterator

import pytest
from roomtone_host.device import protocol_ws
from roomtone_host.device.errors import DeviceError
from roomtone_host.device.remote import Remote
from roomtone_host.simboard import micropython_path
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

PASSWORD = "secret99"


class WebRepl:
    """WebREPL as the stock one speaks it: a password asked for, then the console's bytes."""

    def __init__(self) -> None:
        self._server = serve(self._session, "127.0.0.1", 0)
        self.port = self._server.socket.getsockname()[1]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()

    def _session(self, link) -> None:
        link.send("Password: ")
        typed = ""
        while not typed.endswith("\r"):
            typed += link.recv()
        if typed[:-1] != PASSWORD:
            link.send("\r\nAccess denied\r\n")
            return
        link.send("\r\nWebREPL connected\r\n>>> ")
        master, inner = pty.openpty()
        tty.setraw(inner)
        process = subprocess.Popen(
            [micropython_path()], stdin=inner, stdout=inner, stderr=inner, start_new_session=True
        )
        os.close(inner)
        pump = threading.Thread(target=self._pump, args=(master, link), daemon=True)
        pump.start()
        try:
            while True:
                os.write(master, link.recv(decode=False))
        except ConnectionClosed:
            return
        finally:
            process.kill()
            process.wait()
            pump.join()
            os.close(master)

    @staticmethod
    def _pump(master: int, link) -> None:
        with contextlib.suppress(OSError, ConnectionClosed):
            while data := os.read(master, 4096):
                link.send(data, text=True)


@pytest.fixture
def webrepl() -> Iterator[str]:
    server = WebRepl()
    yield f"ws://127.0.0.1:{server.port}"
    server.close()


def test_code_runs_and_files_arrive(webrepl, monkeypatch, tmp_path):
    monkeypatch.setenv(protocol_ws.PASSWORD, PASSWORD)
    with Remote(webrepl) as remote:
        assert remote.value("6 * 7") == 42
        data = bytes(range(256)) * 40
        path = str(tmp_path / "file.bin")
        remote.write(path, data)
    assert (tmp_path / "file.bin").read_bytes() == data
    with Remote(webrepl, keep_running=True) as remote:
        assert remote.value("'grün'") == "grün"


def test_a_wrong_password_is_said(webrepl, monkeypatch):
    monkeypatch.setenv(protocol_ws.PASSWORD, "guess")
    with pytest.raises(DeviceError) as caught:
        Remote(webrepl).__enter__()
    assert caught.value.code == "port-permission"
    assert protocol_ws.PASSWORD in caught.value.cure


def test_a_board_that_is_not_there_is_said(monkeypatch):
    with pytest.raises(DeviceError, match="No board answers at ws://127.0.0.1:9"):
        Remote("ws://127.0.0.1:9").__enter__()
