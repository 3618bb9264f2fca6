"""What the page that sets boards up needs: boards, their firmware image, their files.

All of it is public: it is what anybody gets from this repository and from MicroPython's site.
"""
# MIT License; see LICENSE

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse, JSONResponse

from ..device import boards, bundle, firmware
from ..device.chips import ARCHITECTURES
from ..device.errors import DeviceError

_STATIC = Path(__file__).parent / "static"
_DEVICE = Path(boards.__file__).parent
# What the page runs on the board, by the name under which it asks for it.
_SCRIPTS = {
    "files": _DEVICE / "board_files.py",
    "settings": _DEVICE / "board_settings.py",
    "switch": bundle.ROOT / "firmware" / "switch.py",
}

router = APIRouter()
_one_at_a_time = asyncio.Lock()


@router.get("/flash", include_in_schema=False)
async def page() -> FileResponse:
    return FileResponse(_STATIC / "flash.html")


@router.get("/v1/boards")
async def known(request: Request) -> dict[str, Any]:
    """The boards that a page can set up, and the address at which they reach this server."""
    url = request.url
    port = f":{url.port}" if url.port else ""
    address = request.app.state.hub.addresses[0]
    host = f"[{address}]" if ":" in address else address
    return {
        "boards": [_describe(name) for name in boards.names()],
        "server": f"{url.scheme}://{host}{port}",
    }


@router.get("/v1/boards/{name}/wiring.svg", include_in_schema=False)
async def wiring(name: str) -> Response:
    """The drawing of a board's wiring."""
    path = _load(name).folder / "wiring.svg"
    if not path.exists():
        raise HTTPException(404)
    return FileResponse(path, media_type="image/svg+xml")


@router.get("/v1/boards/{name}/files")
async def files(name: str, request: Request, arch: str = "") -> JSONResponse:
    """Every file of a board, compiled for `arch`, with the code that puts them there."""
    _check_rate(request)
    board = _load(name)
    if arch and arch not in ARCHITECTURES.values():
        raise HTTPException(404, "There is no such architecture.")
    try:
        async with _one_at_a_time:
            made = await asyncio.to_thread(bundle.make, board, arch or None)
    except DeviceError as error:
        return JSONResponse({"code": error.code, "error": error.text}, 500)
    digests = made.digests()
    found = {
        path: {"sha256": digests[path], "data": base64.b64encode(data).decode()}
        for path, data in made.files.items()
    }
    scripts = {script: path.read_text() for script, path in _SCRIPTS.items()}
    return JSONResponse({"arch": made.arch, "files": found, "own": bundle.OWN, "scripts": scripts})


@router.get("/v1/boards/{name}/image")
async def image(name: str, request: Request) -> Response:
    """The firmware image of a board; its facts are in the header `X-Image`.

    From the folder `firmware` of the server's data, else from MicroPython's site, once.
    """
    _check_rate(request)
    board = _load(name)
    folder = request.app.state.hub.config.data / "firmware"
    try:
        async with _one_at_a_time:
            choice = await asyncio.to_thread(_choose, board.firmware, folder)
        firmware.check_chip(choice.image, board.chip)
    except DeviceError as error:
        return JSONResponse({"code": error.code, "error": f"{error.text} {error.cure}"}, 503)
    found = choice.image
    facts = {
        "name": found.name,
        "version": found.version,
        "sha256": found.sha256,
        "md5": hashlib.md5(found.data, usedforsecurity=False).hexdigest(),
        "vouched": choice.vouched,
    }
    headers = {"X-Image": json.dumps(facts), "Cache-Control": "no-store"}
    return Response(found.data, media_type="application/octet-stream", headers=headers)


def _check_rate(request: Request) -> None:
    """These two cost more than all others, and anybody may ask for them."""
    request.app.state.hub.check_rate(request.client.host if request.client else "")


def _choose(wanted: str, folder: Path) -> firmware.Choice:
    try:
        return firmware.choose(wanted, str(folder), None, folder)
    except DeviceError as error:
        if error.code != "image-missing":
            raise
    return firmware.choose(wanted, None, None, folder)


def _load(name: str) -> boards.Board:
    if name not in boards.names():  # a name only: never a path
        raise HTTPException(404, "There is no such board.")
    return boards.load(name)


def _describe(name: str) -> dict[str, Any]:
    board = boards.load(name)
    facts = json.loads((board.folder / "board.json").read_text())
    own = facts.get("roomtone", {})
    return {
        "name": name,
        "title": board.title,
        "vendor": facts.get("vendor", ""),
        "chip": board.chip.title,
        "image_id": board.chip.image_id,
        "offset": board.chip.offset,
        "firmware": board.firmware,
        "psram": board.psram,
        "duplex": own.get("duplex", ""),
        "wiring": (board.folder / "wiring.svg").exists(),
    }
