"""The pages that people read, for the tests that hold them to what there is."""
# MIT License; see LICENSE

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("*.md", "docs/*.md", "lib/*/README.md", "boards/*/README.md", "tools/**/README.md")
PAGES = {str(path.relative_to(ROOT)): path for place in PLACES for path in ROOT.glob(place)}

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"(?:^ {4}\S.*\n(?:^ {4}.*\n|^\n(?= {4}))*)", re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")
_COMMENT = re.compile(r"\s{2,}#.*$", re.MULTILINE)


def fenced(page: str, language: str) -> list[str]:
    """The blocks of a page between fences of that language."""
    return [text for kind, text in _FENCE.findall(PAGES[page].read_text()) if kind == language]


def prose(page: str) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", PAGES[page].read_text())


def inline(page: str) -> list[str]:
    """What stands between single backquotes."""
    return _INLINE.findall(prose(page))


def typed(page: str) -> list[str]:
    """Lines that a person types into a shell: of indented blocks, and whole inline commands.

    A line that ends with a backslash goes on with the next; comments are left out.
    """
    blocks = (re.sub(r"^ {4}", "", text, flags=re.M) for text in _INDENTED.findall(prose(page)))
    text = _COMMENT.sub("", "\n".join(blocks)).replace("\\\n", " ")
    return [line.strip() for line in [*text.split("\n"), *inline(page)] if line.strip()]


def anchors(page: str) -> set[str]:
    """The names that headings of a page can be linked by, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}
