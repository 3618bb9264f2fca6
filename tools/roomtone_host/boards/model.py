"""A board as its board.json describes it. Reading refuses what is not even a description."""
# MIT License; see LICENSE

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .kinds import KINDS, PARTS, Kind

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "boards"
ROLES = ("microphone", "speaker", "audio", "amplifier", "control", "button", "led", "display")


class BoardError(ValueError):
    """A board.json that cannot be read as one; the text says which, where and what to do."""


@dataclass(frozen=True)
class Fitting:
    """One part of a board: what it is, in which role, at which pins.

    `fitted` parts are on the board; others are to be wired. `chips` are the I2C addresses of a
    control bus, by chip.
    """

    role: str
    kind_name: str
    part: str
    pins: dict[str, int]
    fitted: bool
    port: int | None = None
    chips: dict[str, int] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    wires: dict[str, str] = field(default_factory=dict)
    where: str = ""

    @property
    def kind(self) -> Kind | None:
        return KINDS.get(self.kind_name)

    def label(self, signal: str) -> str:
        """What is printed at the part's pin for a signal."""
        known = PARTS.get(self.part)
        return self.labels.get(signal) or (known and known.labels.get(signal)) or _plain(signal)

    def other_wires(self) -> dict[str, str]:
        """Wires that go to no GPIO: supply, ground, options. None where it is fitted."""
        if self.fitted:
            return self.wires
        known = PARTS.get(self.part)
        wires = {**(known.wires if known else {}), **self.wires}
        return {label: goes for label, goes in wires.items() if goes}


@dataclass(frozen=True)
class Board:
    """One board. `facts` is all of board.json; `own` its key `roomtone`."""

    name: str
    folder: Path
    facts: dict[str, Any]
    own: dict[str, Any]
    fittings: tuple[Fitting, ...]

    @property
    def title(self) -> str:
        return self.facts.get("product") or self.name

    @property
    def mcu(self) -> str:
        return self.facts.get("mcu", "")

    @property
    def duplex(self) -> str:
        return self.own.get("duplex", "")

    def fitting(self, role: str) -> Fitting | None:
        """The part in a role."""
        return next((found for found in self.fittings if found.role == role), None)

    def uses(self) -> Iterator[tuple[Fitting, str, int]]:
        """Every (part, signal, GPIO)."""
        for fitting in self.fittings:
            for signal, gpio in fitting.pins.items():
                yield fitting, signal, gpio

    def numbered(self, key: str) -> dict[int, str]:
        """A table of `roomtone` by GPIO number: `accepts`, `taken` or `silk`."""
        return {int(gpio): why for gpio, why in self.own.get(key, {}).items()}


def _plain(signal: str) -> str:
    return "pin" if signal == "signal" else signal.upper()


def names(folder: Path = FOLDER) -> list[str]:
    """The boards there are, sorted."""
    return sorted(path.parent.name for path in folder.glob("*/board.json"))


def load(name: str, folder: Path = FOLDER) -> Board:
    """Read one board. Raises BoardError."""
    path = folder / name / "board.json"
    try:
        facts = json.loads(path.read_text())
    except FileNotFoundError as error:
        known = ", ".join(names(folder))
        raise BoardError(f"There is no board {name}; the boards are {known}.") from error
    except ValueError as error:
        raise BoardError(f"{name}/board.json is not JSON: {error}.") from error
    if not isinstance(facts, dict):
        raise BoardError(f"{name}/board.json must hold an object.")
    own = facts.get("roomtone")
    if not isinstance(own, dict):
        raise BoardError(f'{name}/board.json has no object "roomtone"; see docs/boards.md.')
    parts = own.get("parts", {})
    if not isinstance(parts, dict):
        raise BoardError(f'{name}/board.json: "parts" must be an object of parts by role.')
    fittings = tuple(_fitting(name, role, parts[role]) for role in parts)
    board = Board(name, path.parent, facts, own, fittings)
    for key in ("accepts", "taken", "silk"):
        try:
            board.numbered(key)
        except (ValueError, AttributeError) as error:
            raise BoardError(
                f'{name}/board.json: "{key}" must be an object of texts by GPIO number.'
            ) from error
    return board


def _fitting(board: str, role: str, part: Any) -> Fitting:
    where = f"{board}/board.json: {role}"
    if not isinstance(part, dict):
        raise BoardError(f"{where} must be an object.")
    pins = part.get("pins", {})
    if not isinstance(pins, dict) or not all(type(gpio) is int for gpio in pins.values()):
        raise BoardError(f'{where}: "pins" must be an object of GPIO numbers by signal.')
    chips = part.get("chips", {})
    try:
        chips = {chip: int(address, 16) for chip, address in chips.items()}
    except (AttributeError, TypeError, ValueError) as error:
        raise BoardError(
            f'{where}: "chips" must be an object of addresses like "0x18" by chip.'
        ) from error
    return Fitting(
        role=role,
        kind_name=str(part.get("kind", "")),
        part=str(part.get("part", "")),
        pins=dict(pins),
        fitted=bool(part.get("fitted", False)),
        port=part.get("port"),
        chips=chips,
        labels=dict(part.get("labels", {})),
        wires=dict(part.get("wires", {})),
        where=str(part.get("where", "")),
    )
