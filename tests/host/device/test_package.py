"""Libraries by mip from the index that `roomtone package` makes, and the freeze manifest."""
# MIT License; see LICENSE

from __future__ import annotations

import functools
import http.server
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import typer
from roomtone_host.device import boards
from roomtone_host.device.bundle import ROOT, make
from roomtone_host.device.package import (
    ARCHITECTURES,
    NEEDS,
    build,
    package,
    packages,
    source_package,
)
from roomtone_host.simboard import micropython_path


def mpremote(port: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", port, "resume", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def imports(directory, names: str) -> str:
    done = subprocess.run(
        [micropython_path(), "-c", f"import {names}; print('whole')"],
        cwd=directory,
        env={**os.environ, "MICROPYPATH": "lib:.frozen"},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """An index for the machine that the tests run on, made as those of the chips are."""
    folder = tmp_path_factory.mktemp("index") / "x64"
    build(folder, "x64")
    return folder


def test_a_library_comes_with_what_it_needs(plugged, index):
    board = plugged(needs_image=False)
    told = mpremote(board.pty, "mip", "install", "--index", index, "--target", "lib", "roomtone")
    board.unplug()
    assert "Installing: lib/webrtc/dtls/client.mpy" in told
    library = board.directory / "lib"
    assert {path.name for path in library.iterdir()} == {"roomtone", *NEEDS["roomtone"]}
    assert not list(library.rglob("*.py"))
    assert imports(board.directory, "roomtone, webrtc.driver, audio.jitter") == "whole\n"


def test_a_second_install_copies_nothing(plugged, index):
    board = plugged(needs_image=False)
    install = ("mip", "install", "--index", index, "--target", "lib", "audio")
    mpremote(board.pty, *install)
    told = mpremote(board.pty, *install)
    assert "Exists: lib/audio/g711.mpy" in told
    assert "Installing:" not in told


def test_sources_install_from_the_repository(plugged):
    board = plugged(needs_image=False)
    for name in packages():
        place = ROOT / "lib" / name / "package.json"
        mpremote(board.pty, "mip", "install", "--target", "lib", place)
    board.unplug()
    assert (board.directory / "lib" / "webrtc" / "ice.py").exists()
    wanted = "webrtc.driver, webrtc.whip, roomtone, audio.jitter, opus.decoder"
    assert imports(board.directory, wanted) == "whole\n"


def test_a_folder_that_cannot_be_written_is_named(capsys):
    with pytest.raises(typer.Exit):
        package(Path("/proc/nowhere"))
    assert "/proc/nowhere" in capsys.readouterr().err


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_each_architecture_has_its_index(tmp_path, arch):
    sizes = build(tmp_path, arch)
    assert set(sizes) == set(packages())
    kept = [path.read_bytes() for path in (tmp_path / "file").rglob("*") if path.is_file()]
    compiled = [data[:2] == b"M\x06" for data in kept]
    assert not any(compiled) if arch == "py" else all(compiled)


@pytest.mark.parametrize("name", packages())
def test_the_package_file_of_the_sources_asks_no_index(name):
    # `roomtone package --sources` writes it; that it lists every module is tested elsewhere.
    written = json.loads((ROOT / "lib" / name / "package.json").read_text())
    assert "deps" not in written
    assert written["version"] == json.loads(source_package(name))["version"]


def frozen_for(name: str, monkeypatch, **environment: str) -> set[str]:
    """What firmware/manifest.py freezes, as paths of modules."""
    frozen = set()

    def package(name, files=None, base_path="."):
        frozen.update(f"{name}/{path}" for path in files)

    monkeypatch.chdir(ROOT / "firmware")
    for variable, value in {"ROOMTONE_BOARD": name, **environment}.items():
        monkeypatch.setenv(variable, value)
    known = {
        "package": package,
        "module": lambda path, base_path=".": frozen.add(path),
        "include": lambda path: None,
    }
    exec((ROOT / "firmware" / "manifest.py").read_text(), known)
    return frozen


def test_a_library_may_be_left_out_of_an_image(monkeypatch):
    frozen = frozen_for("m5_atom_echo", monkeypatch, ROOMTONE_WITHOUT="opus")
    assert "roomtone/room.py" in frozen
    assert not [path for path in frozen if path.startswith("opus/")]


@pytest.mark.parametrize("name", boards.names())
def test_the_freeze_manifest_holds_all_that_a_deploy_copies(name, monkeypatch):
    deployed = {
        path.removeprefix("lib/").replace(".mpy", ".py")
        for path in make(boards.load(name)).files
        if not path.endswith(".json")
    }
    assert deployed <= frozen_for(name, monkeypatch)


@pytest.mark.parametrize("name", boards.names())
def test_a_bundle_fits_beside_two_updates(name):
    bundle = make(boards.load(name))
    # The stock file system of a chip with 4 MiB has 2 MiB; updates need two more of the same.
    assert 3 * bundle.size() < 1_900_000
    assert all(data[:2] == b"M\x06" for path, data in bundle.files.items() if "mpy" in path)


def test_a_board_installs_from_a_web_server(index, tmp_path):
    handler = functools.partial(Quiet, directory=str(index.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/{index.name}"
        script = f"import mip\nmip.install('audio', index='{url}', target='lib')"
        done = subprocess.run(
            [micropython_path(), "-c", script],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        server.shutdown()
    assert "Done" in done.stdout, done.stdout + done.stderr
    assert imports(tmp_path, "audio.jitter, audio.g711") == "whole\n"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass
