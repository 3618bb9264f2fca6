"""The Python of the pages runs as it stands there, under MicroPython; addresses are put in."""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from doc_pages import PAGES, ROOT, fenced
from roomtone_host.serverprocess import ServerProcess
from roomtone_host.simboard import SimBoard, micropython_path

sys.path.insert(0, str(ROOT / "tests" / "interop"))

from test_whip import TOKEN, Endpoint, make_certificate, serving  # noqa: E402

SPEECH = ROOT / "tools" / "roomtone_host" / "speech"
ROOM_PAGES = ("README.md", "docs/api.md")

# Ends a page's endless main after a while, as Ctrl-C does.
FOR_A_WHILE = """
import asyncio
_run = asyncio.run

def run_for_a_while(main):
    try:
        _run(asyncio.wait_for(main, 2))
    except asyncio.TimeoutError:
        pass

asyncio.run = run_for_a_while
"""
# A microphone and a speaker on a fake machine.I2S that moves with the real clock.
PARTS = """
import time
import fake_clock

class RealClock:
    base_us = time.ticks_us()

    @property
    def now_us(self):
        return time.ticks_diff(time.ticks_us(), self.base_us)

    def advance(self, us):
        time.sleep_us(us)

fake_clock.clock = RealClock()
from fake_i2s import I2S
from fake_sound import Mems, Tape, read_wav
I2S.sources[0], I2S.sinks[1] = Mems(read_wav("voice.wav")), Tape()
"""
HEARD = "print(sum(abs(sample) > 300 for sample in I2S.sinks[1].samples))\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server as a reader has it, that wants tokens, with the room of the pages."""
    options = ("--host", "127.0.0.1", "--port", "0", "--room", "lab")
    with ServerProcess(tmp_path / "data", *options) as process:
        yield process


def _snippets(page: str) -> list[str]:
    return [text for text in fenced(page, "python") if "import mip" not in text]


def _environment(*places: str, **more: str) -> dict[str, str]:
    path = ":".join([*(str(ROOT / place) for place in places), ".frozen"])
    return {**os.environ, "MICROPYPATH": path, **more}


def _run(folder: Path, code: str, *places: str) -> str:
    (folder / "snippet.py").write_text(code)
    done = subprocess.run(
        [micropython_path(), "snippet.py"],
        cwd=folder,
        env=_environment(*places),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_page_with_python_is_tried():
    tried = {*ROOM_PAGES, *(f"lib/{name}/README.md" for name in ("audio", "opus", "webrtc"))}
    assert {page for page in PAGES if _snippets(page)} == tried


def _token(place: Path, *options: str) -> str:
    words = [sys.executable, "-m", "roomtone_host.cli", "token", "--data", str(place), *options]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("page", ROOM_PAGES)
def test_the_call_in_ten_lines_is_a_call(page, server, tmp_path):
    (code,) = _snippets(page)
    token, manager = (_token(tmp_path / "data", *who) for who in (("--room", "lab"), ("--api",)))
    code = f"TOKEN = {token!r}\n" + code.replace("http://192.168.1.10:8080", server.url)
    (tmp_path / "snippet.py").write_text(code)
    sound = {"ROOMTONE_MICROPHONE": str(SPEECH / "caller.wav"), "ROOMTONE_SPEAKER": "heard.wav"}
    listener = SimBoard(
        tmp_path / "listener",
        {"server": server.url, "room": "lab", "token": token, "auto_join": True}
        | {"board": {"microphone": str(SPEECH / "reader.wav"), "speaker": "heard.wav"}},
    )
    with listener:
        process = subprocess.Popen(
            [micropython_path(), "snippet.py"],
            cwd=tmp_path,
            env=_environment("firmware", "lib", "boards/sim", **sound),
        )
        try:
            listener.wait_for("first-sound", 20.0)
            httpx.post(
                f"{server.url}/v2/rooms/deactivate",
                json={"roomId": "lab"},
                headers={"Authorization": manager},
            ).raise_for_status()
            assert process.wait(15) == 0
        finally:
            process.kill()
            process.wait()
    with wave.open(str(tmp_path / "heard.wav")) as heard:
        assert any(heard.readframes(heard.getnframes()))


def test_the_microphone_is_heard_in_the_speaker(tmp_path):
    shutil.copy(SPEECH / "caller.wav", tmp_path / "voice.wav")
    loop, chain = _snippets("lib/audio/README.md")
    places = ("lib", "tests/micropython/fakes")
    assert int(_run(tmp_path, PARTS + FOR_A_WHILE + loop + HEARD, *places)) > 1000
    _run(tmp_path, chain, *places)


def test_what_is_encoded_is_decoded(tmp_path):
    shutil.copy(SPEECH / "caller.wav", tmp_path / "voice.wav")
    (code,) = _snippets("lib/opus/README.md")
    _run(tmp_path, code, "lib")
    with wave.open(str(tmp_path / "heard.wav")) as heard:
        assert heard.getframerate() == 16000
        assert any(heard.readframes(heard.getnframes()))


async def test_a_whip_endpoint_is_called(tmp_path):
    (code,) = _snippets("lib/webrtc/README.md")
    certificate, server = make_certificate(tmp_path, "localhost")
    given = f"""
TOKEN = {TOKEN!r}
CA_PEM = open({str(certificate)!r}, "rb").read()

def next_frame():
    return b"\\xff" * 160
"""
    endpoint = Endpoint()
    async with serving(endpoint, ssl_certfile=server, ssl_keyfile=server) as port:
        code = code.replace("media.example.org/whip/lab", f"localhost:{port}/whip")
        await asyncio.to_thread(_run, tmp_path, FOR_A_WHILE + given + code, "lib")
    assert endpoint.log == ["POST", "DELETE"]
