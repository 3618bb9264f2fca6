"""The scores of `roomtone bench opus-quality` as tables, for a terminal or in Markdown."""
# MIT License; see LICENSE

from __future__ import annotations

from typing import Any

from rich.console import Console

from .tables import make_table

ENCODERS = {
    "roomtone": "lib/opus",
    "roomtone_vbr": "lib/opus, `vbr`",
    "roomtone_prefilter": "lib/opus, `prefilter`",
    "celt_0": "libopus' CELT, complexity 0",
    "celt_5": "libopus' CELT, complexity 5",
    "default": "libopus by default",
}
TITLES = {"visqol": "ViSQOL (MOS-LQO)", "pesq_wb": "PESQ-WB (MOS-LQO)", "stoi": "STOI"}
KINDS = {
    "speech": "Speech, 16 kHz, the mean of three recordings",
    "music": "Music, 48 kHz, the mean of three recordings",
}
_DIGITS = {"visqol": 2, "pesq_wb": 2, "stoi": 3, "kbit_s": 1}
_SPENT = "kbit/s spent"


def rows(found: dict[str, Any], kind: str, score: str) -> list[list[str]]:
    """A head with the bit rates, and a row of cells for each encoder."""
    scores = found["scores"][kind]
    rates = list(next(iter(scores.values())))
    cells = [["encoder", *(f"{rate} kbit/s" for rate in rates)]]
    for encoder, by_rate in scores.items():
        values = (f"{by_rate[rate][score]:.{_DIGITS[score]}f}" for rate in rates)
        cells.append([ENCODERS[encoder], *values])
    return cells


def show(found: dict[str, Any], console: Console) -> None:
    """Print all tables."""
    for kind, title in KINDS.items():
        for score, name in {**TITLES, "kbit_s": _SPENT}.items():
            head, *body = rows(found, kind, score)
            table = make_table(f"{title}: {name}", *head)
            for cells in body:
                table.add_row(*(cell.replace("`", "") for cell in cells))
            console.print(table)
            console.print()


def markdown(found: dict[str, Any]) -> str:
    """All tables as docs/opus-quality.md has them."""
    parts = []
    for kind, title in KINDS.items():
        parts.append(f"## {title}\n")
        for score, name in {**TITLES, "kbit_s": _SPENT}.items():
            head, *body = rows(found, kind, score)
            head[0] = name
            lines = [head, ["---"] * len(head), *body]
            parts.append("\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n")
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    return "\n".join([*parts, f"Made with {versions}.\n"])
