"""docs/settings.md names every setting of the board, with its default and its meaning."""
# MIT License; see LICENSE

from __future__ import annotations

import json
from pathlib import Path

from schema import FIELDS

DOC = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_table_is_that_of_the_firmware():
    rows = {}
    for line in DOC.read_text().splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 4 and cells[0].startswith("`"):
            rows[cells[0].strip("`")] = cells[1:]
    assert sorted(rows) == sorted(FIELDS)
    for name, (text, _, default) in rows.items():
        field = FIELDS[name]
        assert text == field.text
        expected = list(field.default) if field.kind is list else field.default
        assert json.loads(default.strip("`")) == expected
