"""`roomtone serve` as a child process, for the demo, the tests and the benches."""
# MIT License; see LICENSE

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx


class ServerProcess:
    """A room server in its own process: a context manager, or `start()` and `stop()`."""

    def __init__(self, directory: Path, *options: str, log: Path | None = None) -> None:
        self.url = ""
        self.fingerprint = ""
        self._options = ["--data", str(directory), *options]
        self._log = log or directory / "server.log"
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> ServerProcess:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait for its start line. Raises RuntimeError with its words if it ends."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "roomtone_host.cli", "serve", "--json", *self._options],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                # Linux weighs sessions against each other: the load of a browser stays in ours.
                start_new_session=True,
            )
        try:
            self._wait_started()
        except BaseException:  # Ctrl-C too: nobody else knows of the process yet
            self.kill()
            raise

    def _wait_started(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            raise RuntimeError(self._log.read_text()[-600:].strip() or "The server did not start.")
        started = json.loads(line)
        self.url = started["url"].rstrip("/")
        self.fingerprint = started.get("fingerprint") or ""

    def stop(self, timeout_s: float = 5.0) -> int | None:
        """Ask it to end as Ctrl-C does; kill it when it does not. Returns its exit code."""
        if self._process is None:
            return None
        try:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout_s)
        finally:  # a second Ctrl-C does not wait
            self.kill()
        return self._process.returncode

    def kill(self) -> int | None:
        """End it at once, as a power cut does. Returns its exit code."""
        if self._process is None:
            return None
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        return self._process.returncode

    def pause(self) -> None:
        """Freeze it, as a network that is gone looks from outside; nothing is closed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause()`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def stats(self, room_id: str) -> dict[str, Any]:
        """The room's participants and their counters, from an open server."""
        answer = httpx.get(f"{self.url}/v1/rooms/{room_id}/stats", timeout=2.0)
        answer.raise_for_status()
        return answer.json()
