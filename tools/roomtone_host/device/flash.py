"""`roomtone flash`: from a bare chip to a board that runs Roomtone."""
# MIT License; see LICENSE

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import platformdirs
import typer

from . import boards, firmware, ports
from .bundle import OWN
from .errors import DeviceError
from .images import Image
from .loader import FAST_BAUD, Found, Loader
from .output import Output
from .remote import Remote

_NO_PSRAM = (
    "{} has no PSRAM: with stock firmware it can be set up, but has no memory for a call. "
    "An image with Roomtone in it has: docs/custom-firmware.md."
)


def flash(
    board: Annotated[
        str | None, typer.Option(help="The board, as `roomtone boards` names it.")
    ] = None,
    port: Annotated[str | None, typer.Option(help="Serial port; found when there is one.")] = None,
    firmware_: Annotated[
        str | None,
        typer.Option("--firmware", help="An image file, or a folder with some; else downloaded."),
    ] = None,
    sha256: Annotated[str | None, typer.Option(help="What the image's SHA-256 must be.")] = None,
    baud: Annotated[int, typer.Option(help="Speed of the serial port while writing.")] = FAST_BAUD,
    deploy: Annotated[bool, typer.Option(help="Put Roomtone on the board afterwards.")] = True,
    keep: Annotated[
        bool, typer.Option("--keep", help="Read settings and key first, and put them back.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before erasing.")] = False,
    site: Annotated[str, typer.Option(help="Where images are downloaded.")] = firmware.SITE,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Erase a board, write MicroPython, verify it, and deploy Roomtone."""
    out = Output(as_json)
    try:
        known = boards.load(board) if board else None
        if deploy and known is None:
            raise DeviceError(
                "board-unknown",
                "Which board is it?",
                f"Give --board, one of: {', '.join(boards.names())}. "
                "Or --no-deploy for MicroPython alone.",
            )
        device = ports.choose(port)
        own = _own_files(out, device) if keep and known else {}
        cache = Path(platformdirs.user_cache_path("roomtone", appauthor=False)) / "firmware"
        choose = partial(firmware.choose, source=firmware_, sha256=sha256, cache=cache, site=site)
        image = _flash(out, device, known, choose, baud, yes, deploy)
        result = {"port": device, "image": image.name, "sha256": image.sha256}
        if deploy and known is not None:
            from .deploy import put

            result["deployed"] = put(out, device, known, wait_s=10, own=own).facts()
        out.result(**result)
    except DeviceError as error:
        out.fail(error)


def _look_at_psram(out: Output, known: boards.Board | None, found: Found) -> None:
    """Octal and quad PSRAM are wired alike and want different images: the chip tells which."""
    if known is None or not known.firmware.endswith("SPIRAM_OCT"):
        return
    if not any("PSRAM" in feature and "2MB" not in feature for feature in found.features):
        out.say(
            "The chip reports no octal PSRAM of its own, for which this image is made. "
            "Is it the version of the board that its README names?",
            "yellow",
        )


def _ask(out: Output) -> None:
    """Everything on the board will be erased: does somebody want that?"""
    if out.as_json:
        raise DeviceError("not-confirmed", "Flashing erases the board.", "Give --yes.")
    typer.confirm("All that is on the board is erased, settings too. Go on?", abort=True)


def _own_files(out: Output, device: str) -> dict[str, bytes]:
    """What is the board's own, read before everything is erased."""
    with Remote(device) as remote:
        found = {path: remote.read(path) for path in OWN}
    kept = {path: data for path, data in found.items() if data is not None}
    out.say(f"kept: {', '.join(kept) or 'nothing, the board has none'}")
    return kept


def _flash(
    out: Output,
    device: str,
    known: boards.Board | None,
    choose: Callable[[str], firmware.Choice],
    baud: int,
    yes: bool,
    deploy: bool,
) -> Image:
    """Identify the chip, choose the image, ask, write."""
    with Loader(device, baud) as loader:
        found = loader.identify()
        out.say(f"{device}: {found.chip.title} {found.revision}, {found.flash_size or '?'} flash")
        if known is not None and known.chip != found.chip:
            raise DeviceError(
                "wrong-board",
                f"{known.title} has an {known.chip.title}; this is an {found.chip.title}.",
                "Look at the board's name, or at which board is plugged in.",
            )
        choice = choose(known.firmware if known else found.chip.firmware)
        image = choice.image
        firmware.check_chip(image, found.chip)
        out.say(f"{image.name}: MicroPython {image.version}")
        out.say(f"SHA-256 {image.sha256}, vouched for by {choice.vouched}")
        _look_at_psram(out, known, found)
        if deploy and known and not known.psram:
            out.say(_NO_PSRAM.format(known.title), "yellow")
        if not yes:
            _ask(out)
        with out.bars() as tell:
            loader.write(image, tell)
        loader.restart()
    out.say("flashed and verified", "green")
    return image
