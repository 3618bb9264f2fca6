"""The boards as a table for people and as rows for programs."""
# MIT License; see LICENSE

from __future__ import annotations

from typing import Any

from rich.table import Table

from .chips import CHIPS
from .model import Board


def row(board: Board) -> dict[str, Any]:
    """What `roomtone boards --json` says of a board."""
    own = board.own
    return {
        "name": board.name,
        "product": board.title,
        "vendor": board.facts.get("vendor", ""),
        "chip": board.mcu,
        "firmware": own.get("firmware"),
        "psram": own.get("psram", "none"),
        "duplex": board.duplex,
        "microphone": _part(board, "microphone"),
        "speaker": _part(board, "speaker"),
        "codecs": own.get("codecs", []),
        "verified": own.get("verified", {}),
        "url": board.facts.get("url", ""),
    }


def _part(board: Board, role: str) -> str:
    found = board.fitting(role) or board.fitting("audio")
    return found.part if found else ""


def _chip(board: Board) -> str:
    if board.mcu not in CHIPS:
        return board.mcu
    return CHIPS[board.mcu].title + ("*" if lacks_memory(board) else "")


_LEGEND = (
    "*: no PSRAM, so a call needs an image of your own: docs/custom-firmware.md.\n"
    "full: talks and listens at once; half: push to talk, or by voice.\n"
    "codecs: for certain; with PSRAM a board tries Opus too, at its first join.\n"
    "verified: pins against documents, code on fakes of the hardware, on real hardware.\n"
    "roomtone boards show NAME says more; docs/boards.md how to add one."
)


def facts(board: Board) -> list[str]:
    """One board for people, a line each."""
    own = board.own
    chip, firmware = _chip(board).rstrip("*"), own.get("firmware", "for Unix")
    lines = [board.title, f"{chip}, firmware {firmware}"]
    if lacks_memory(board):
        lines.append("no PSRAM: a call needs an image of your own, docs/custom-firmware.md")
    directions = {"full": "talks and listens at once", "half": "push to talk, or by voice"}
    lines.append(f"{board.duplex} duplex: {directions[board.duplex]}")
    lines.append(f"codecs: {codecs(board)}")
    return lines + [f"verified, {what}: {how}" for what, how in own.get("verified", {}).items()]


def codecs(board: Board) -> str:
    """What it speaks for certain, and what depends on how quick it proves to be."""
    found = ", ".join(board.own["codecs"])
    maybe = board.mcu in CHIPS and not lacks_memory(board) and "OPUS" not in board.own["codecs"]
    return f"{found}; Opus where its first join finds heap and time enough" if maybe else found


def lacks_memory(board: Board) -> bool:
    """Whether stock firmware leaves too little heap for a call."""
    return board.mcu in CHIPS and board.own.get("psram", "none") == "none"


def table(boards: list[Board]) -> Table:
    """The boards for people."""
    found = Table(title="Boards", title_justify="left", caption=_LEGEND, caption_justify="left")
    found.add_column("board", style="bold", no_wrap=True)
    found.add_column("chip", no_wrap=True)
    found.add_column("duplex")
    found.add_column("sound")
    found.add_column("codecs")
    found.add_column("verified")
    for board in boards:
        sound = list(dict.fromkeys([_part(board, "microphone"), _part(board, "speaker")]))
        found.add_row(
            board.name,
            _chip(board),
            board.duplex,
            ", ".join(part for part in sound if part),
            " ".join(board.own["codecs"]),
            ", ".join(what for what, how in board.own["verified"].items() if how != "no"),
        )
    return found
