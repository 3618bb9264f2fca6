"""A board's console from the host: provisioned, called, asked and examined over its cable."""
# MIT License; see LICENSE

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator

import pytest
from roomtone_host.device import boards, findings
from roomtone_host.device.deploy import put
from roomtone_host.device.output import Output
from roomtone_host.device.remote import Remote
from roomtone_host.serverprocess import ServerProcess

QUIET = Output(as_json=True)
SPEECH = boards.ROOT / "tools" / "roomtone_host" / "speech"

LOOPED = """
name = "looped"
duplex = True
_waiting = []
class _Speaker:
    rate_hz = 16000
    def start(self): pass
    def stop(self): pass
    def buffered_ms(self): return 0 if len(_waiting) < 960 else 60
    def write(self, pcm):
        _waiting.extend(v // 4 for v in pcm)
        return len(pcm)
class _Microphone:
    rate_hz = 16000
    def start(self):
        import time
        self.last = time.ticks_us()
    def stop(self): _waiting.clear()
    def readinto(self, pcm):
        import time
        due = time.ticks_diff(time.ticks_us(), self.last) * 16 // 1000
        count = min(due, len(pcm))
        self.last = time.ticks_add(self.last, count * 1000 // 16)
        for i in range(count):
            pcm[i] = (_waiting.pop(0) if _waiting else 0) + (i * 7919 % 97 - 48)
        return count
def microphone(): return _Microphone()
def speaker(): return _Speaker()
def button():
    import sim_host
    return sim_host.Button("button")
def led():
    import sim_host
    return sim_host.Led("led")
"""


def roomtone(*arguments: object, code: int = 0, **environment: str) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "roomtone_host.cli", *map(str, arguments), "--json"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def deployed(plugged, sim32):
    """A board with Roomtone on it, plugged in anew."""
    board = plugged(needs_image=False)
    put(QUIET, board.pty, sim32)
    board.unplug()
    board.plug()
    return board


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[ServerProcess]:
    place = tmp_path_factory.mktemp("server")
    with ServerProcess(place, "--open", "--port", "0", "--room", "lab") as process:
        yield process


def settings(board) -> dict:
    return json.loads((board.directory / "settings.json").read_text())


def test_an_invite_link_and_a_network_reach_the_settings(deployed):
    link = "https://rooms.example:8443/r/k3fz-9qtm-x2ab#token=a.b.c"
    found = roomtone(
        *("provision", "--port", deployed.pty, "--invite", link, "--name", 'Büro "2"'),
        *("--ssid", "Café\\net", "--password", "pass'word\"\\n"),
    )
    assert "wifi.networks" in found["settings"]
    kept = settings(deployed)
    assert kept["server"] == "https://rooms.example:8443"
    assert kept["room"] == "k3fz-9qtm-x2ab"
    assert kept["token"] == "a.b.c"
    assert kept["name"] == 'Büro "2"'
    assert kept["wifi"]["networks"] == [{"ssid": "Café\\net", "password": "pass'word\"\\n"}]
    # A second network comes first; the same one again only changes its password.
    roomtone("provision", "--port", deployed.pty, "--ssid", "Attic", "--password", "12345678")
    roomtone("provision", "--port", deployed.pty, "--ssid", "Attic", "--password", "87654321")
    networks = settings(deployed)["wifi"]["networks"]
    assert [network["ssid"] for network in networks] == ["Attic", "Café\\net"]
    assert networks[0]["password"] == "87654321"


def test_what_the_board_refuses_is_said_in_its_words(deployed):
    found = roomtone("provision", "--port", deployed.pty, "--server", "rooms.example", code=1)
    assert found["code"] == "setting-refused"
    assert "server must start with http" in found["text"]

    found = roomtone("provision", "--port", deployed.pty, "--invite", "hello", code=1)
    assert "is no invite link" in found["text"]
    assert found["text"].endswith("#token=...")
    assert roomtone("provision", "--port", deployed.pty, code=1)["code"] == "nothing-given"


def test_a_board_joins_says_so_and_leaves(deployed, server):
    roomtone("provision", "--port", deployed.pty, "--server", server.url, "--room", "lab")
    found = roomtone("call", "--port", deployed.pty)
    assert found["state"] == "connected"
    asked = roomtone("status", "--port", deployed.pty)["status"]
    assert asked["state"] == "connected"
    assert asked["heap_free"] > 0
    assert roomtone("call", "--leave", "--port", deployed.pty)["state"] == "idle"


def test_a_board_in_a_call_leaves_it_for_a_deploy(deployed, server, sim32):
    roomtone("provision", "--port", deployed.pty, "--server", server.url, "--room", "lab")
    roomtone("call", "--port", deployed.pty)
    put(QUIET, deployed.pty, sim32)
    with Remote(deployed.pty, keep_running=True) as remote:
        assert remote.value("app.state") == "idle"


def test_a_call_that_cannot_be_says_why(deployed):
    found = roomtone("call", "--port", deployed.pty, code=1)
    assert found["code"] == "bad-settings"
    assert "is not set" in found["text"]
    assert "roomtone provision" in found["cure"]


def test_a_board_that_tries_in_vain_says_why_and_takes_what_it_is_told_then(deployed, server):
    nobody = ("--server", "http://127.0.0.1:9", "--room", "lab")
    roomtone("provision", "--port", deployed.pty, *nobody)
    found = roomtone("call", "--wait", "2", "--port", deployed.pty, code=1)
    assert found["code"] == "server-unreachable"
    assert "goes on trying" in found["text"]
    assert "roomtone serve" in found["cure"]
    roomtone("provision", "--port", deployed.pty, "--server", server.url)
    assert roomtone("call", "--port", deployed.pty)["state"] == "connected"


def test_a_board_at_its_prompt_is_told_apart(plugged):
    board = plugged(needs_image=False)
    assert roomtone("status", "--port", board.pty, code=1)["code"] == "not-running"


def test_logs_print_the_crash_log(deployed):
    (deployed.directory / "crash.log").write_text("ZeroDivisionError: once\n")
    done = subprocess.run(
        [sys.executable, "-m", "roomtone_host.cli", "logs", "--no-follow", "--port", deployed.pty],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "ZeroDivisionError: once" in done.stdout


# -- doctor --------------------------------------------------------------------------------


def states(found: dict) -> dict[str, str]:
    return {check["name"]: check["state"] for check in found["checks"]}


def test_a_healthy_board_is_found_so(plugged, sim32, server):
    (sim32.folder / "board.py").write_text(LOOPED)
    board = plugged(needs_image=False)
    put(QUIET, board.pty, sim32)
    kept = {"server": server.url, "room": "lab"}
    (board.directory / "settings.json").write_text(json.dumps(kept))
    found = roomtone("doctor", "--full", "--port", board.pty)
    assert found["healthy"]
    assert set(states(found).values()) == {"ok"}
    order = ["port", "connection", "chip", "PSRAM", "firmware", "heap", "code memory"]
    order += ["file system", "Roomtone", "crash log", "settings", "clock"]
    order += ["button", "microphone", "loopback", "Wi-Fi", "server"]
    assert list(states(found)) == order
    # The application runs again afterwards.
    with Remote(board.pty, keep_running=True) as remote:
        assert remote.value("'app' in globals()")


def test_what_ails_a_board_comes_with_its_cure(deployed):
    (deployed.directory / "settings.json").write_text('{"server": "http://127.0.0.1:9"}')
    (deployed.directory / "crash.log").write_text("boom")
    found = roomtone("doctor", "--full", "--port", deployed.pty, code=1)
    assert not found["healthy"]
    seen = states(found)
    assert seen["settings"] == seen["server"] == seen["microphone"] == "fail"
    assert seen["crash log"] == "warn"
    texts = {check["name"]: check["text"] for check in found["checks"]}
    assert texts["server"] == "nothing listens there"
    assert all(check["cure"] for check in found["checks"] if check["state"] in ("fail", "warn"))


def test_a_board_without_roomtone_is_told_to_deploy(plugged):
    board = plugged(needs_image=False)
    found = roomtone("doctor", "--port", board.pty, code=1)
    assert found["checks"][-1]["name"] == "crash log"
    assert found["checks"][-2]["cure"] == "Run roomtone deploy --board NAME."


def test_no_port_is_the_only_finding():
    found = roomtone("doctor", "--port", "/dev/ttyNOWHERE", code=1)
    assert [check["name"] for check in found["checks"]] == ["port"]
    assert "There is no port" in found["checks"][-1]["text"]


ABOUT = {
    **{"heap_total": 170_000, "heap_free": 164_000, "exec_free": 117_000, "version": "1.25.0"},
    **{"installed": {}, "frozen": False},
}
FROZEN = {**ABOUT, "frozen": True}
SET = {"server": "http://x", "named": {"room": True, "token": True}}


@pytest.mark.parametrize(
    ("finding", "state"),
    [
        (findings.firmware({"version": "1.24.1"}), "fail"),
        (findings.firmware(ABOUT), "ok"),
        (findings.psram(ABOUT, wanted=False), "ok"),
        (findings.psram(ABOUT, wanted=True), "fail"),
        (findings.psram({"heap_total": 8_000_000}, wanted=True), "ok"),
        (findings.heap({**ABOUT, "heap_free": 8_000_000}), "ok"),
        (findings.heap(FROZEN), "ok"),
        (findings.installed(ABOUT, "1.0"), "fail"),
        (findings.installed(FROZEN, "1.0"), "ok"),
        (findings.heap(ABOUT), "warn"),
        (findings.heap({**ABOUT, "heap_free": 60_000}), "fail"),
        (findings.executable(ABOUT), "ok"),
        (findings.executable({"exec_free": 12_000}), "fail"),
        (findings.executable({"exec_free": None}), "ok"),
        (findings.flash({"flash_free": 9_000}), "warn"),
        (findings.clock({"unix_s": 0}, 1.8e9, tls=True), "warn"),
        (findings.clock({"unix_s": 0}, 1.8e9, tls=False), "ok"),
        (findings.settings({**SET, "unknown": []}), "ok"),
        (findings.settings({**SET, "unknown": ["wifi.band"]}), "warn"),
        (findings.network({"dbm": -60, "ssid": "a", "address": "b"}), "ok"),
        (findings.network({"dbm": -75, "ssid": "a", "address": "b"}), "warn"),
        (findings.network({"dbm": -85, "ssid": "a", "address": "b"}), "fail"),
        (findings.server({"connected_ms": 4, "status": "SSH-2.0"}, "http://a"), "fail"),
        (findings.server({"connected_ms": 900, "status": ""}, "https://a"), "warn"),
        (findings.button({"pressed": False}), "ok"),
        (findings.button({"pressed": True}), "fail"),
        (findings.microphone({"dbov": -50, "peak": 300, "rate_hz": 16010}), "ok"),
        (findings.microphone({"dbov": -50, "peak": 300, "rate_hz": 8000}), "fail"),
        (findings.microphone({"dbov": -127, "peak": 0, "rate_hz": 16000}), "fail"),
        (findings.microphone({"dbov": -2, "peak": 32767, "rate_hz": 16000}), "fail"),
        (findings.microphone({"dbov": -90, "peak": 3, "rate_hz": 16000}), "warn"),
        (findings.loopback({"duplex": False}), "skip"),
        (findings.loopback({"duplex": True, "before_dbov": -80, "during_dbov": -40}), "ok"),
        (findings.loopback({"duplex": True, "before_dbov": -80, "during_dbov": -78}), "fail"),
    ],
)
def test_each_figure_is_judged(finding, state):
    assert finding.state == state
    assert bool(finding.cure) == (state != "ok")


def test_the_console_opens_in_a_terminal(deployed):
    master, inner = pty.openpty()
    command = [sys.executable, "-m", "roomtone_host.cli", "repl", "--port", deployed.pty]
    process = subprocess.Popen(
        command, stdin=inner, stdout=inner, stderr=inner, start_new_session=True
    )
    os.close(inner)
    seen = b""

    def type_until(keys: bytes, words: bytes) -> None:
        """Type again and again: a terminal that is being set up forgets what was typed."""
        nonlocal seen
        for _ in range(40):
            os.write(master, keys)
            while select.select([master], [], [], 0.5)[0]:
                seen += os.read(master, 4096)
            if words in seen:
                return
        raise AssertionError(seen)

    type_until(b"\x03", b">>> ")
    type_until(b"6 * 7\r", b"\r\n42")
    os.write(master, b"\x1d")
    assert process.wait(20) == 0
    os.close(master)


def test_webrepl_starts_where_the_settings_have_a_password(deployed):
    stub = "def start(password):\n with open('started', 'w') as file: file.write(password)\n"
    (deployed.directory / "webrepl.py").write_text(stub)
    (deployed.directory / "settings.json").write_text('{"webrepl": {"password": "seven77"}}')
    with Remote(deployed.pty, keep_running=True) as remote:
        for _ in range(20):
            if remote.value("'started' in __import__('os').listdir()"):
                break
        assert "********" in remote.run("settings()")
    assert (deployed.directory / "started").read_text() == "seven77"
