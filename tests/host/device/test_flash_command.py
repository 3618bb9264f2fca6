"""`roomtone flash` and `roomtone deploy` as commands: image chosen, refused, written, deployed."""
# MIT License; see LICENSE

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import subprocess
import sys
import threading

import pytest
import rom
import stock
from roomtone_host.device import firmware, images
from roomtone_host.device.errors import DeviceError
from roomtone_host.simboard import micropython_path


def roomtone(*arguments: str, code: int = 0) -> dict:
    done = subprocess.run(
        [sys.executable, "-m", "roomtone_host.cli", *map(str, arguments), "--json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_a_bare_chip_becomes_a_board_that_runs(plugged, sim32):
    board = plugged("esp32")
    place = str(sim32.folder)
    found = roomtone(
        *("flash", "--yes", "--board", place, "--port", board.pty),
        *("--firmware", stock.folder(), "--sha256", stock.SHA256),
    )
    assert found["image"] == stock.official().name
    assert "app.mpy" in found["deployed"]["written"]
    again = roomtone("deploy", "--board", place, "--port", board.pty)
    assert again["written_bytes"] < found["deployed"]["written_bytes"]
    # Its folder is not one of boards/, so that its name alone is not enough.
    assert roomtone("deploy", "--port", board.pty, code=1)["code"] == "board-unknown"
    # The image was whole in flash, or the chip would not have started MicroPython.
    assert board.booted >= 1
    board.unplug()
    done = subprocess.run(
        [micropython_path(), "-c", "import boot, app"],
        cwd=board.directory,
        timeout=20,
        check=False,
    )
    assert done.returncode == 0


def test_settings_and_key_outlive_a_flash_when_asked(plugged, sim32):
    board = plugged("esp32", needs_image=False)
    board.directory.mkdir(parents=True)
    own = {"settings.json": b'{"name": "K\xc3\xbcche"}', "identity.bin": bytes(range(256)) * 9}
    for name, data in own.items():
        (board.directory / name).write_bytes(data)
    # On this machine an erase leaves the files, so they are taken away while the flash is written.
    board.pull_after = None
    original = board.rom._erase

    def erase(loader, operation, data):
        for name in own:
            (board.directory / name).unlink()
        return original(operation, data)

    monkey = pytest.MonkeyPatch()
    monkey.setitem(rom._HANDLERS, 0xD0, erase)
    try:
        roomtone(
            *("flash", "--yes", "--keep", "--board", str(sim32.folder), "--port", board.pty),
            *("--firmware", stock.folder()),
        )
    finally:
        monkey.undo()
    for name, data in own.items():
        assert (board.directory / name).read_bytes() == data


def test_a_board_with_another_chip_is_refused(plugged, sim32):
    board = plugged("esp32c3")
    found = roomtone("flash", "--board", str(sim32.folder), "--port", board.pty, code=1)
    assert found["code"] == "wrong-board"
    assert "this is an ESP32-C3" in found["text"]
    assert board.rom.erased == 0


def test_a_wrong_file_is_refused(plugged, tmp_path):
    board = plugged("esp32")
    page = tmp_path / "ESP32_GENERIC-20250415-v1.25.0.bin"
    page.write_text("<!doctype html><title>Not found</title>")
    found = roomtone("flash", "--no-deploy", "--port", board.pty, "--firmware", page, code=1)
    assert "is a web page, not a firmware image" in found["text"]
    assert board.rom.erased == 0


def test_a_program_must_say_that_it_wants_to_erase(plugged):
    board = plugged("esp32")
    place = stock.folder()
    found = roomtone("flash", "--no-deploy", "--port", board.pty, "--firmware", place, code=1)
    assert found["code"] == "not-confirmed"
    assert board.rom.erased == 0


def test_a_board_without_memory_for_a_call_is_told_so_before_anything_is_erased(plugged):
    board = plugged("esp32")
    command = [sys.executable, "-m", "roomtone_host.cli", "flash", "--board", "m5_atom_echo"]
    done = subprocess.run(
        [*command, "--port", board.pty, "--firmware", str(stock.official())],
        input="n\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "ATOM Echo has no PSRAM" in done.stderr
    assert done.returncode == 1
    assert board.rom.erased == 0


def test_flash_without_a_board_names_the_boards():
    found = roomtone("flash", "--port", "/dev/null", code=1)
    assert found["code"] == "board-unknown"


# -- which image ---------------------------------------------------------------------------


def refused(data: bytes, match: str) -> None:
    with pytest.raises(DeviceError, match=match):
        images.check(data, "a.bin")


def test_damaged_and_foreign_files_are_told_apart():
    whole = stock.official().read_bytes()
    refused(b"", "is not a firmware image")
    refused(b"UF2\n" + whole[4:], "is a UF2 file")
    refused(whole[:900_000], "is cut off: its application")
    refused(whole[:2000], "is cut off: its bootloader")
    refused(whole[:70_000] + b"x" + whole[70_001:], "is damaged: the checksum of its application")
    refused(whole[0xF000:], "holds the application only")
    refused(whole[:12] + b"\x02\x00" + whole[14:], "is for chip id 2")
    # A digit of the text in it, changed twice so that the checksum stays right.
    at = whole.index(b"MicroPython-1.25.0-xtensa")
    changed = bytearray(whole)
    changed[at] ^= 1
    changed[at + 1] ^= 1
    refused(bytes(changed), "the SHA-256 of its application is wrong")


@pytest.mark.parametrize("cut", range(0, 64, 7))
def test_no_cut_makes_it_crash(cut):
    whole = stock.official().read_bytes()
    for at in (cut, 0x1000 + cut, 0x7000 + cut, 0xF000 + cut):
        with pytest.raises(DeviceError):
            images.check(whole[:at], "a.bin")


def test_the_newest_release_in_a_folder_is_taken(tmp_path):
    data = stock.official().read_bytes()
    for name in (
        "ESP32_GENERIC-20240222-v1.22.2.bin",
        "ESP32_GENERIC-20250415-v1.25.0.bin",
        "ESP32_GENERIC-20250911-v1.26.1.bin",
        "ESP32_GENERIC-20260101-v1.28.0-preview.33.g1234567.bin",
        "ESP32_GENERIC-SPIRAM-20260406-v1.28.0.bin",
        "ESP32_GENERIC_S3-20260406-v1.28.0.bin",
    ):
        (tmp_path / name).write_bytes(data)
    choose = functools.partial(firmware.choose, source=str(tmp_path), sha256=None, cache=tmp_path)
    assert choose("ESP32_GENERIC").image.name == "ESP32_GENERIC-20250911-v1.26.1.bin"
    assert choose("ESP32_GENERIC-SPIRAM").image.name.startswith("ESP32_GENERIC-SPIRAM-")
    with pytest.raises(DeviceError, match="holds no image ESP32_GENERIC_C6"):
        choose("ESP32_GENERIC_C6")


def test_a_digest_that_differs_is_refused(tmp_path):
    path = tmp_path / stock.NAME
    path.write_bytes(stock.official().read_bytes())
    choose = functools.partial(firmware.choose, "ESP32_GENERIC", str(path), cache=tmp_path)
    assert choose(sha256=stock.SHA256).vouched == "--sha256"
    with pytest.raises(DeviceError, match="--sha256 says"):
        choose(sha256="0" * 64)
    (tmp_path / "SHA256SUMS").write_text(f"{'1' * 64}  {stock.NAME}\n")
    with pytest.raises(DeviceError, match="SHA256SUMS says"):
        choose(sha256=None)
    (tmp_path / "SHA256SUMS").write_text(f"{stock.SHA256} *{stock.NAME}\n")
    assert choose(sha256=None).vouched == "SHA256SUMS"


def test_firmware_without_what_roomtone_needs_is_refused(tmp_path):
    path = tmp_path / "old.bin"
    # The same length, so that only the digests must be made good: they are checked before.
    data = stock.official().read_bytes().replace(b"MicroPython v1.25.0", b"MicroPython v1.24.1")
    path.write_bytes(stock.mend(data))
    with pytest.raises(DeviceError, match="needs v1.25.0 or newer"):
        firmware.choose("ESP32_GENERIC", str(path), None, tmp_path)


class _Site(http.server.BaseHTTPRequestHandler):
    served: list[str] = []

    def do_GET(self):
        self.served.append(self.path)
        if self.path == "/download/ESP32_GENERIC/":
            links = ("20240222-v1.22.2", "20250415-v1.25.0", "20250911-v1.27.0-preview.2.gabc")
            page = "".join(
                f'<a href="/resources/firmware/ESP32_GENERIC-{name}.bin">[.bin]</a>'
                for name in links
            )
            self._answer(200, page.encode())
        elif self.path == f"/resources/firmware/{stock.NAME}":
            self._answer(200, stock.official().read_bytes())
        else:
            self._answer(404, b"<!doctype html>")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        _Site.served.clear()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_official_page_is_read_and_the_image_kept(site, tmp_path):
    for _ in range(2):
        choice = firmware.choose("ESP32_GENERIC", None, None, tmp_path, site)
        assert choice.image.name == stock.NAME
        assert choice.image.sha256 == stock.SHA256
    assert _Site.served.count(f"/resources/firmware/{stock.NAME}") == 1
    assert stock.SHA256 in (tmp_path / "SHA256SUMS").read_text()
    # What was fetched once and has changed on this disk since is found out.
    data = bytearray((tmp_path / stock.NAME).read_bytes())
    data += b"\0"
    (tmp_path / stock.NAME).write_bytes(data)
    assert hashlib.sha256(data).hexdigest() != stock.SHA256
    with pytest.raises(DeviceError, match="SHA256SUMS says"):
        firmware.choose("ESP32_GENERIC", None, None, tmp_path, site)


def test_a_page_that_is_not_there_says_what_to_do(site, tmp_path):
    with pytest.raises(DeviceError, match="can't be downloaded.*with a browser"):
        firmware.choose("ESP32_GENERIC_C3", None, None, tmp_path, site)
    with pytest.raises(DeviceError, match="offers no image ESP32_GENERIC-OTA"):
        firmware.choose("ESP32_GENERIC-OTA", None, None, tmp_path, site)
