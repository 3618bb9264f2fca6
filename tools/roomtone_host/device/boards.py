"""The boards of `boards/`, as far as flashing and deploying go: chip, firmware image, files."""
# MIT License; see LICENSE

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .chips import CHIPS, Chip
from .errors import DeviceError

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "boards"


@dataclass(frozen=True)
class Board:
    """One board: its folder, its chip and the name that its official image begins with.

    Without `psram` the heap of stock firmware is too small for a call.
    """

    name: str
    title: str
    folder: Path
    chip: Chip
    firmware: str
    psram: bool


def load(name: str) -> Board:
    """The board `name` of `boards/`, or the one in the folder that `name` is the path of.

    Raises DeviceError that lists the names there are.
    """
    own = Path(name)
    place = own if len(own.parts) > 1 else FOLDER / name
    try:
        facts: dict[str, Any] = json.loads((place / "board.json").read_text())
    except (OSError, ValueError) as error:
        raise DeviceError(
            "board-unknown", f"There is no board {name}.", f"The boards are: {', '.join(names())}."
        ) from error
    chip = CHIPS.get(facts.get("mcu", ""))
    if chip is None:
        raise DeviceError("board-virtual", f"{name} is no ESP32 board: it has nothing to flash.")
    own = facts.get("roomtone", {})
    firmware, psram = own.get("firmware") or chip.firmware, own.get("psram", "none") != "none"
    return Board(place.name, facts.get("product", name), place, chip, firmware, psram)


def names() -> list[str]:
    """The boards with an ESP32, sorted."""
    found = []
    for path in sorted(FOLDER.glob("*/board.json")):
        try:
            if json.loads(path.read_text()).get("mcu") in CHIPS:
                found.append(path.parent.name)
        except ValueError:
            continue  # the boards' own checker names it
    return found
