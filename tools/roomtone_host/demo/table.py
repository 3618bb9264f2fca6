"""The live table: who is in the room, how loud, and how their connection is."""
# MIT License; see LICENSE

from __future__ import annotations

from typing import Any

from rich.table import Table
from rich.text import Text

_QUIET_DBOV = -60
_BAR = 20


def meter(level_dbov: float | None) -> Text:
    """A bar of −60 to 0 dBov."""
    level = _QUIET_DBOV if level_dbov is None else max(level_dbov, _QUIET_DBOV)
    filled = round((level - _QUIET_DBOV) / -_QUIET_DBOV * _BAR)
    return Text("█" * filled, "green") + Text("·" * (_BAR - filled), "dim")


def _cell(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{value:.0f} {unit}"


def room_table(participants: list[dict[str, Any]], title: str) -> Table:
    """One row a participant, from the server's stats."""
    table = Table(title=title, title_justify="left", caption="Ctrl-C ends", expand=False)
    for heading in ("who", "level", "loss", "round trip", "delay", "codec"):
        table.add_column(heading, justify="left" if heading in ("who", "level") else "right")
    for one in participants:
        table.add_row(
            Text(one["name"], "bold"),
            meter(one.get("level_dbov")),
            _cell(one.get("lost_percent"), "%"),
            _cell(one.get("round_trip_ms"), "ms"),
            _cell(one.get("delay_ms"), "ms"),
            one.get("codec") or "–",
        )
    return table
