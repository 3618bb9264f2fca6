"""What the server tells the page that sets boards up, and what it does not."""
# MIT License; see LICENSE

from __future__ import annotations

import base64
import hashlib
import shutil
import sys
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent / "device"))

import stock  # noqa: E402
from roomtone_host.device import boards, bundle, firmware  # noqa: E402
from roomtone_host.device.errors import DeviceError  # noqa: E402
from roomtone_host.server.limits import RateLimit  # noqa: E402

pytestmark = pytest.mark.asyncio


async def get(server, path: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(server.url() + path, timeout=60)


async def test_every_board_is_offered_with_an_address_that_boards_reach(server):
    found = (await get(server, "/v1/boards")).json()
    assert [board["name"] for board in found["boards"]] == boards.names()
    assert found["server"] == server.url()
    kit = next(board for board in found["boards"] if board["name"] == "esp32_devkitc")
    assert (kit["chip"], kit["image_id"], kit["offset"]) == ("ESP32", 0, 0x1000)
    drawing = await get(server, "/v1/boards/esp32_devkitc/wiring.svg")
    assert drawing.headers["content-type"].startswith("image/svg+xml")


@pytest.mark.parametrize("name", ["sim", "nobody", "..%2Fboards%2Fsim", "%2e%2e"])
@pytest.mark.parametrize("part", ["files", "image", "wiring.svg"])
async def test_only_boards_are_served(server, name, part):
    assert (await get(server, f"/v1/boards/{name}/{part}")).status_code == 404


async def test_the_files_are_those_of_a_deploy(server):
    found = (await get(server, "/v1/boards/esp32c3_devkit/files")).json()
    made = bundle.make(boards.load("esp32c3_devkit"))
    assert found["arch"] == made.arch == "rv32imc"
    for path, data in made.files.items():
        served = found["files"][path]
        assert base64.b64decode(served["data"]) == data
        assert served["sha256"] == hashlib.sha256(data).hexdigest()
    assert set(found["own"]) == set(bundle.OWN)
    assert (await get(server, "/v1/boards/esp32c3_devkit/files?arch=z80")).status_code == 404


async def test_what_costs_much_is_limited(server):
    server.hub.joins = RateLimit(1, 0.001)
    paths = ("/v1/boards/esp32c3_devkit/files", "/v1/boards/esp32c3_devkit/image")
    answers = [await get(server, path) for path in paths]
    assert [answer.status_code for answer in answers] == [200, 429]


async def test_the_image_of_the_servers_folder_is_served(server):
    folder = server.config.data / "firmware"
    folder.mkdir()
    shutil.copy(stock.official(), folder)
    answer = await get(server, "/v1/boards/esp32_devkitc/image")
    assert answer.content == stock.official().read_bytes()
    assert stock.SHA256 in answer.headers["x-image"]


async def test_without_an_image_it_says_why(server, monkeypatch):
    def offline(*_):
        raise DeviceError("download-failed", "The image can't be downloaded.", "Take a browser.")

    monkeypatch.setattr(firmware, "_download", offline)
    answer = await get(server, "/v1/boards/esp32_devkitc/image")
    assert answer.status_code == 503
    assert "can't be downloaded" in answer.json()["error"]
