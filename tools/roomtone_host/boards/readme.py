"""The generated part of a board's README, between two marks, and wiring.svg beside it."""
# MIT License; see LICENSE

from __future__ import annotations

from .listing import codecs, lacks_memory
from .model import Board
from .svg import draw
from .wiring import table

BEGIN = "<!-- generated from board.json by `roomtone boards draw`: edit that, not this -->"
END = "<!-- end of what is generated -->"
_DUPLEX = {
    "full": "full: talks and listens at once",
    "half": "half: talks while the button is held, or by voice",
}
_NO_PSRAM = (
    "no PSRAM: stock firmware can be set up, but a call needs [an image of your own]"
    "(../../docs/custom-firmware.md)"
)


def section(board: Board) -> str:
    """Facts, wiring table and drawing of a board, with the marks around it."""
    own = board.own
    facts = [
        ("chip", f"`{board.mcu}`" + _psram(own)),
        ("firmware", f"`{own['firmware']}`" if "firmware" in own else "MicroPython for Unix"),
        ("duplex", _DUPLEX[board.duplex]),
        ("codecs", codecs(board)),
    ]
    if lacks_memory(board):
        facts.insert(2, ("memory", _NO_PSRAM))
    for what, how in own["verified"].items():
        facts.append((f"verified: {what}", how))
    lines = [BEGIN, "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in facts]
    if board.fittings:
        lines += ["", "## Wiring", "", f"![Wiring of {board.title}](wiring.svg)", "", table(board)]
    for key, title in (("accepts", "Pins that need a word"), ("taken", "Pins to leave alone")):
        found = board.numbered(key)
        if found:
            lines += ["", f"## {title}", ""]
            lines += [f"- GPIO{gpio}: {why}" for gpio, why in found.items()]
    return "\n".join([*lines, "", END])


def _psram(own: dict) -> str:
    psram = own.get("psram", "none")
    return "" if psram == "none" else f", {psram} PSRAM"


def updated(board: Board) -> dict[str, str]:
    """The files of a board that are made from its board.json, by name, as they should be."""
    path = board.folder / "README.md"
    text = path.read_text() if path.exists() else f"# {board.title}\n\n{BEGIN}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    files = {"README.md": before + section(board) + (after or "\n")}
    if board.fittings:
        files["wiring.svg"] = draw(board)
    return files


def stale(board: Board) -> list[str]:
    """Names of the generated files that are not what board.json makes of them."""
    found = []
    for name, text in updated(board).items():
        path = board.folder / name
        if not path.exists() or path.read_text() != text:
            found.append(name)
    return found
