"""What a G.711 call takes on a 32-bit board: Python heap, and machine code of what is loaded."""
# MIT License; see LICENSE

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from roomtone_host.emulator import compile_tree
from roomtone_host.serverprocess import ServerProcess
from roomtone_host.simboard import SimBoard
from roomtone_host.simulate import settings_for

from . import mpyfile, paths, sizes

_ROOM = "lab"
_VOICE = Path(__file__).parent.parent / "speech" / "caller.wav"
_SETTLE_S = 3.0
# The virtual board's own modules, which stand for the hardware of a real one.
_HARDWARE = ("sim_host", "sim_microphone", "sim_speaker", "wav", "fir_viper", "board")
_USED = "import gc; gc.collect(); gc.collect(); print(gc.mem_alloc())"
_LOADED = "import sys, json; print(json.dumps(sorted(sys.modules)))"


def tree() -> Path:
    """The folder with lib/, firmware/ and boards/sim compiled for the 32-bit Unix build."""
    target = paths.MPY / "x86"
    for name in ("lib", "firmware", "boards/sim"):
        compile_tree(paths.ROOT / name, target / name, "x86")
    return target


def measure(place: Path) -> dict[str, Any]:
    """Bytes of heap after boot, in a call and after it, and of machine code by architecture.

    All modules are .mpy files; `frozen_heap_bytes` is with all of them frozen into the image.
    Raises RuntimeError or SimBoardError when there is no call.
    """
    compiled = tree()
    found, modules = _call(place / "files", micropython=[str(paths.UNIX_32)], tree=compiled)
    hardware = sizes.heap_of(_HARDWARE, compiled / "boards/sim", compiled / "lib")
    heap = {name: value - hardware for name, value in found.items()}
    only_frozen = {"MICROPYPATH": ".frozen"}
    frozen, _ = _call(
        place / "frozen", micropython=[str(paths.FROZEN_32)], environment=only_frozen
    )
    return {
        "heap_bytes": heap,
        "frozen_heap_bytes": frozen,
        "native_bytes": _native(modules),
        "modules": len(modules),
    }


def _call(place: Path, **build: Any) -> tuple[dict[str, int], list[str]]:
    """Bytes of heap of one board and its call, and the modules that the call has loaded."""
    place.mkdir(parents=True, exist_ok=True)
    options = ("--open", "--port", "0", "--room", _ROOM)
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(ServerProcess(place / "server", *options))

        def start(name: str, **more: Any) -> SimBoard:
            settings = settings_for(server.url, _ROOM, name, _VOICE, "heard.wav")
            settings |= {"stats_interval_ms": 0, "auto_join": False, "codec": "pcmu"}
            return stack.enter_context(SimBoard(place / name, settings, **more))

        start("talker").type(b"join\r")
        board = start("board", **build)
        found = {"boot": _ask(board, _USED)}
        board.type(b"join\r")
        board.wait_for("first-sound", 15.0)
        time.sleep(_SETTLE_S)
        found["call"] = _ask(board, _USED)
        modules = _ask(board, _LOADED)
        board.type(b"leave\r")
        board.wait_for("speaker-stopped", 10.0)
        time.sleep(0.5)
        found["left"] = _ask(board, _USED)
    return found, modules


def _ask(board: SimBoard, code: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "mpremote", "connect", board.pty, "resume", "exec", code],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the board does not answer: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


def _native(modules: list[str]) -> dict[str, int]:
    """Machine code of those of lib/'s modules that the call has loaded, for real chips."""
    found = {}
    for arch in sizes.ARCHITECTURES:
        library = sizes.compiled(arch)
        files = [library / (name.replace(".", "/") + ".mpy") for name in modules]
        found[arch] = sum(mpyfile.read(file).native for file in files if file.exists())
    return found
