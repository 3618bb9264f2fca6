"""The scores of `roomtone bench opus-quality` as an SVG drawing: score over bit rate."""
# MIT License; see LICENSE

from __future__ import annotations

from html import escape
from math import ceil, floor
from typing import Any

from .qualitytables import ENCODERS, TITLES

# What is drawn; PESQ-WB and STOI were made for speech only.
_PANELS = (("speech", "visqol"), ("speech", "pesq_wb"), ("speech", "stoi"), ("music", "visqol"))
_COLOURS = {
    "roomtone": "#15803d",
    "roomtone_vbr": "#86c29b",
    "roomtone_prefilter": "#0891b2",
    "celt_0": "#b45309",
    "celt_5": "#2563eb",
    "default": "#5b6579",
}
_INK, _SOFT, _PAPER, _LINE = "#1d2433", "#5b6579", "#ffffff", "#dde2ea"
_FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
_COLUMNS, _LEFT, _TOP, _GAP = 2, 56, 104, 72
_LEGEND = 3  # encoders in a line of it
_WIDTH, _HEIGHT = 340, 200  # of a panel
# Steps of the vertical axis.
_STEPS = {"visqol": 0.5, "pesq_wb": 0.5, "stoi": 0.02}


def draw(found: dict[str, Any]) -> str:
    """The drawing of all panels."""
    lines = ceil(len(_PANELS) / _COLUMNS)
    width = _COLUMNS * (_LEFT + _WIDTH) + 28
    height = _TOP + lines * (_HEIGHT + _GAP) - 8
    shapes = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
        f' height="{height}" font-family="{_FONT}" font-size="12" role="img"'
        ' aria-label="Quality of Opus encoders over bit rate">',
        f'<rect width="{width}" height="{height}" rx="12" fill="{_PAPER}"/>',
    ]
    _legend(shapes)
    for i, (kind, score) in enumerate(_PANELS):
        x = _LEFT + i % _COLUMNS * (_WIDTH + _LEFT)
        y = _TOP + i // _COLUMNS * (_HEIGHT + _GAP)
        _panel(shapes, found["scores"][kind], score, f"{kind.capitalize()}: {TITLES[score]}", x, y)
    return "\n".join([*shapes, "</svg>"]) + "\n"


def _legend(shapes: list[str]) -> None:
    for i, (encoder, label) in enumerate(ENCODERS.items()):
        x, y = _LEFT + i % _LEGEND * 250, 28 + i // _LEGEND * 22
        shapes.append(
            f'<path d="M{x} {y}h18" stroke="{_COLOURS[encoder]}" stroke-width="3" fill="none"/>'
        )
        shapes.append(_text(x + 24, y + 4, label.replace("`", ""), _INK))


def _panel(
    shapes: list[str], scores: dict[str, Any], score: str, title: str, left: int, top: int
) -> None:
    values = [row[score] for by_rate in scores.values() for row in by_rate.values()]
    step = _STEPS[score]
    low = floor(min(values) / step) * step
    high = max(ceil(max(values) / step) * step, low + step)
    rates = [int(rate) for rate in next(iter(scores.values()))]

    def across(rate: int) -> float:
        return left + _WIDTH * (rate - rates[0]) / max(rates[-1] - rates[0], 1)

    def down(value: float) -> float:
        return top + _HEIGHT * (high - value) / (high - low)

    shapes.append(_text(left, top - 14, title, _INK, weight="600"))
    for i in range(round((high - low) / step) + 1):
        y = down(low + i * step)
        shapes.append(f'<path d="M{left} {y:.1f}h{_WIDTH}" stroke="{_LINE}"/>')
        shapes.append(_text(left - 8, round(y) + 4, f"{low + i * step:.3g}", _SOFT, anchor="end"))
    for rate in rates:
        shapes.append(_text(round(across(rate)), top + _HEIGHT + 18, str(rate), _SOFT, "middle"))
    shapes.append(_text(left + _WIDTH, top + _HEIGHT + 34, "kbit/s", _SOFT, "end"))
    # The first one lies on top.
    for encoder, by_rate in reversed(scores.items()):
        points = [(across(int(rate)), down(row[score])) for rate, row in by_rate.items()]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        colour = _COLOURS[encoder]
        shapes.append(f'<path d="M{path}" stroke="{colour}" stroke-width="2.5" fill="none"/>')
        shapes += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]


def _text(x: int, y: int, text: str, colour: str, anchor: str = "", weight: str = "") -> str:
    extra = f' text-anchor="{anchor}"' if anchor else ""
    extra += f' font-weight="{weight}"' if weight else ""
    return f'<text x="{x}" y="{y}" fill="{colour}"{extra}>{escape(text)}</text>'
