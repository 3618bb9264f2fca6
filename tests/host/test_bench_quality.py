"""`roomtone bench opus-quality`: its tables, its drawing, and the page that has both."""
# MIT License; see LICENSE

from pathlib import Path
from xml.etree import ElementTree

import pytest
from roomtone_host.bench import qualityplot, qualitytables

DOCS = Path(__file__).resolve().parents[2] / "docs"
RATES = ("12", "48")


@pytest.fixture
def found():
    row = {"kbit_s": 12.04, "visqol": 4.126, "pesq_wb": 3.5, "stoi": 0.98765}
    scores = {
        kind: {
            encoder: {rate: dict(row, visqol=4.126 + i / 10) for rate in RATES}
            for i, encoder in enumerate(qualitytables.ENCODERS)
        }
        for kind in qualitytables.KINDS
    }
    return {"scores": scores, "versions": {"libopus": "1.3.1"}}


def test_markdown_has_a_row_for_each_encoder(found):
    lines = qualitytables.markdown(found).splitlines()
    assert "| STOI | 12 kbit/s | 48 kbit/s |" in lines
    assert "| lib/opus | 4.13 | 4.13 |" in lines
    for name in qualitytables.ENCODERS.values():
        assert sum(line.startswith(f"| {name} |") for line in lines) == 8


def test_the_drawing_has_a_point_for_each_score(found):
    root = ElementTree.fromstring(qualityplot.draw(found))
    width, height = float(root.get("width")), float(root.get("height"))
    circles = [item for item in root if item.tag.endswith("circle")]
    assert len(circles) == 4 * len(qualitytables.ENCODERS) * len(RATES)
    for item in circles:
        assert 0 < float(item.get("cx")) < width and 0 < float(item.get("cy")) < height


def test_the_page_has_every_table_of_the_command(found):
    page = (DOCS / "opus-quality.md").read_text()
    for kind, title in qualitytables.KINDS.items():
        assert f"## {title}\n" in page
        for name in qualitytables.ENCODERS.values():
            assert page.count(f"\n| {name} |") == 8, kind
    assert (DOCS / "images" / "opus-quality.svg").stat().st_size > 5000
