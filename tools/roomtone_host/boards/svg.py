"""The wiring of a board as an SVG drawing: the chip on the left, its parts on the right.

Every wire is straight: the chip's pins stand in the order of the parts' pins. Supply and ground
are labels at the part's pin, as in a circuit diagram.
"""
# MIT License; see LICENSE

from __future__ import annotations

from html import escape

from .chips import CHIPS
from .kinds import BOTH, OUTPUT
from .model import Board, Fitting
from .wiring import Wire, wires

_WIDTH = 760
_CHIP_LEFT, _CHIP_RIGHT = 32, 232
_PART_LEFT, _PART_RIGHT = 512, 728
_ROW, _HEAD, _GAP, _TOP = 26, 56, 22, 84
# Longer names are set smaller, so that they stay in their box.
_NAME_LENGTH = 22
_PILL_WIDTH = 92
_FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
_INK, _SOFT, _PAPER, _LINE = "#1d2433", "#5b6579", "#ffffff", "#c9d0dc"
_SIGNALS = {
    "sck": "#2563eb", "clk": "#2563eb", "mck": "#0891b2", "ws": "#7c3aed",
    "sda": "#c2410c", "scl": "#b45309", "enable": "#be185d",
}  # fmt: skip
_DATA = "#15803d"
_SUPPLIES = {"3V3": "#b91c1c", "5V": "#b91c1c", "GND": "#1d2433"}


def draw(board: Board) -> str:
    """The drawing of a board's wiring."""
    parts = [part for part in board.fittings if part.kind_name != "none"]
    shapes: list[str] = []
    y = _TOP
    chip_bottom = y
    for part in parts:
        y = _part(shapes, part, y, board.numbered("silk"))
        chip_bottom = y
        y += _GAP
    height = y + 14
    chip = CHIPS[board.mcu].title if board.mcu in CHIPS else board.mcu
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"'
        f' width="{_WIDTH}" height="{height}" font-family="{_FONT}" font-size="13"'
        f' role="img" aria-label="{escape(f"Wiring of {board.title}")}">',
        f'<rect width="{_WIDTH}" height="{height}" rx="12" fill="{_PAPER}"/>',
        _text(_CHIP_LEFT, 36, board.title, _INK, 18, "600"),
        _text(_CHIP_LEFT, 57, _legend(parts), _SOFT, 12),
        f'<rect x="{_CHIP_LEFT}" y="{_TOP}" width="{_CHIP_RIGHT - _CHIP_LEFT}"'
        f' height="{chip_bottom - _TOP}" rx="8" fill="#eef2f9" stroke="{_INK}"'
        ' stroke-width="1.5"/>',
        _text(_CHIP_LEFT + 16, _TOP + 26, chip, _INK, 16, "600"),
    ]
    return "\n".join([*head, *shapes, "</svg>"]) + "\n"


def _legend(parts: list[Fitting]) -> str:
    fitted = [part for part in parts if part.fitted]
    if len(fitted) == len(parts):
        return "Everything is on the board: nothing is to be wired."
    if not fitted:
        return "Every part is to be wired."
    return "Dashed parts are on the board; solid ones are to be wired."


def _part(shapes: list[str], part: Fitting, top: int, silk: dict[int, str]) -> int:
    """Draw a part with its wires; return where it ends."""
    rows = wires(part, silk)
    notes = [f"{chip} at 0x{address:02X}" for chip, address in part.chips.items()]
    if part.where:
        notes.append(part.where)
    height = _HEAD + _ROW * len(rows) + 20 * len(notes) + 8
    dashes = ' stroke-dasharray="6 4"' if part.fitted else ""
    shapes.append(
        f'<rect x="{_PART_LEFT}" y="{top}" width="{_PART_RIGHT - _PART_LEFT}" height="{height}"'
        f' rx="8" fill="#f8fafc" stroke="{_INK}" stroke-width="1.5"{dashes}/>'
    )
    size = 14 * _NAME_LENGTH // max(len(part.part), _NAME_LENGTH)
    shapes.append(_text(_PART_LEFT + 16, top + 22, part.role, _SOFT, 12))
    shapes.append(_text(_PART_LEFT + 16, top + 42, part.part, _INK, size, "600"))
    y = top + _HEAD
    for signal, wire in zip([*part.pins, *[""] * len(rows)], rows, strict=False):
        _wire(shapes, signal, wire, y + _ROW // 2)
        y += _ROW
    for note in notes:
        y += 20
        shapes.append(_text(_PART_LEFT + 16, y - 4, note, _SOFT, 12))
    return top + height


def _wire(shapes: list[str], signal: str, wire: Wire, y: int) -> None:
    base = y + 4
    shapes.append(_text(_PART_LEFT + 16, base, wire.label, _INK))
    if wire.gpio is None:
        _supply(shapes, wire.goes, y)
        return
    colour = _SIGNALS.get(signal, _DATA)
    shapes.append(_text(_CHIP_RIGHT - 16, base, wire.goes, _INK, anchor="end"))
    shapes.append(
        f'<path d="M{_CHIP_RIGHT} {y}H{_PART_LEFT}" stroke="{colour}" stroke-width="2.5"'
        ' fill="none"/>'
    )
    for x in (_CHIP_RIGHT, _PART_LEFT):
        shapes.append(f'<circle cx="{x}" cy="{y}" r="3.5" fill="{colour}"/>')
    middle = (_CHIP_RIGHT + _PART_LEFT) // 2
    if wire.direction in (OUTPUT, BOTH):
        shapes.append(_arrow(_PART_LEFT - 8, y, -11, colour))
    if wire.direction != OUTPUT:
        shapes.append(_arrow(_CHIP_RIGHT + 8, y, 11, colour))
    width = 7 * len(wire.meaning) + 12
    shapes.append(
        f'<rect x="{middle - width // 2}" y="{y - 9}" width="{width}" height="18" rx="4"'
        f' fill="{_PAPER}"/>'
    )
    shapes.append(_text(middle, base, wire.meaning, colour, 12, anchor="middle"))


def _arrow(tip: int, y: int, back: int, colour: str) -> str:
    return f'<path d="M{tip} {y}l{back} -5v10z" fill="{colour}"/>'


def _supply(shapes: list[str], goes: str, y: int) -> None:
    """A label at a short wire: 3V3, GND, or what is to be done with the pin."""
    colour = _SUPPLIES.get(goes, _SOFT)
    right = _PART_LEFT - 26
    left = right - max(_PILL_WIDTH if len(goes) > 8 else 56, 8 * len(goes) + 16)
    if not goes.startswith("open"):
        shapes.append(
            f'<path d="M{right} {y}H{_PART_LEFT}" stroke="{colour}" stroke-width="2.5"/>'
        )
    shapes.append(f'<circle cx="{_PART_LEFT}" cy="{y}" r="3.5" fill="{colour}"/>')
    shapes.append(
        f'<rect x="{left}" y="{y - 10}" width="{right - left}" height="20" rx="10"'
        f' fill="{_PAPER}" stroke="{colour}" stroke-width="1.5"/>'
    )
    shapes.append(_text((left + right) // 2, y + 4, goes, colour, 12, "600", "middle"))


def _text(
    x: int, y: int, text: str, colour: str, size: int = 13, weight: str = "", anchor: str = ""
) -> str:
    extra = f' font-size="{size}"' if size != 13 else ""
    extra += f' font-weight="{weight}"' if weight else ""
    extra += f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x}" y="{y}" fill="{colour}"{extra}>{escape(text)}</text>'
