"""The wiring of a board as rows, and as the table of its README."""
# MIT License; see LICENSE

from __future__ import annotations

from dataclasses import dataclass

from .kinds import ANALOG, BOTH, INPUT, OUTPUT
from .model import Board, Fitting

# From the part's pin, which stands on the left, to the GPIO or from it.
_ARROWS = {OUTPUT: "←", INPUT: "→", ANALOG: "→", BOTH: "↔"}
# What a signal is for, in words for who has never wired I2S.
MEANINGS = {
    "mck": "master clock",
    "sck": "bit clock",
    "ws": "word select",
    "sd_out": "sound to the speaker",
    "sd_in": "sound from the microphone",
    "clk": "clock",
    "sda": "I2C data",
    "scl": "I2C clock",
    "enable": "amplifier on",
    "mosi": "picture",
    "cs": "select",
    "dc": "data or command",
    "reset": "reset",
    "backlight": "backlight",
}


@dataclass(frozen=True)
class Wire:
    """One wire: from a part's pin to a GPIO, or to a supply when `gpio` is None."""

    label: str
    goes: str
    gpio: int | None
    direction: str
    meaning: str

    @property
    def arrow(self) -> str:
        return _ARROWS.get(self.direction, "–")


def wires(part: Fitting, silk: dict[int, str]) -> list[Wire]:
    """The wires of a part, signals first. `silk` is what a board prints at its pins."""
    found = []
    for signal, gpio in part.pins.items():
        direction = part.kind.direction(signal) if part.kind else BOTH
        found.append(
            Wire(part.label(signal), _gpio(gpio, silk), gpio, direction, _meaning(part, signal))
        )
    for label, goes in part.other_wires().items():
        found.append(Wire(label, goes, None, "", ""))
    return found


def _gpio(gpio: int, silk: dict[int, str]) -> str:
    return f"GPIO{gpio} ({silk[gpio]})" if gpio in silk else f"GPIO{gpio}"


def _meaning(part: Fitting, signal: str) -> str:
    if signal in ("sd", "data"):
        return "sound" if part.role in ("microphone", "speaker", "audio") else "colours"
    return MEANINGS.get(signal) or ("light" if part.role == "led" else part.role)


def table(board: Board) -> str:
    """The wiring as a table in Markdown, with what is on the board and what is to be wired."""
    lines = ["| part | its pin | | GPIO or supply | what |", "|---|---|---|---|---|"]
    for part in board.fittings:
        if part.kind_name == "none":
            continue
        first = f"**{part.role}**: {part.part}{' (on the board)' if part.fitted else ''}"
        rows = wires(part, board.numbered("silk"))
        for wire in rows:
            what = wire.meaning
            lines.append(f"| {first} | {wire.label} | {wire.arrow} | {wire.goes} | {what} |")
            first = ""
        for chip, address in part.chips.items():
            lines.append(f"| {first} | {chip} | – | I2C address 0x{address:02X} | |")
            first = ""
        if part.where:
            lines.append(f"| {first} | | – | {part.where} | |")
    return "\n".join(lines)
