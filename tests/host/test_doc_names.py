"""What the pages name exists: links, files, commands with their options, targets, attributes."""
# MIT License; see LICENSE

from __future__ import annotations

import inspect
import re
import shlex

import pytest
from doc_pages import PAGES, ROOT, anchors, inline, prose, typed
from roomtone import Room
from roomtone_host.cli import app
from typer.main import get_command

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_TREES = ("boards", "docs", "firmware", "lib", "tests", "tools")
_LIBRARIES = ("audio", "opus", "roomtone", "webrtc")
_TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    for link in _LINK.findall(prose(page)):
        if "://" in link:
            continue
        place, _, anchor = link.partition("#")
        target = (PAGES[page].parent / place).resolve() if place else PAGES[page]
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(str(target.relative_to(ROOT))), link


def _looks_like_a_file(text: str) -> bool:
    return re.fullmatch(r"[\w./-]+/[\w./-]*", text) is not None


@pytest.mark.parametrize("page", PAGES)
def test_files_that_are_named_exist(page):
    for text in inline(page):
        first = text.split("/")[0]
        if not _looks_like_a_file(text) or re.search("NAME|AREA|PACKAGE", text):
            continue
        if first in _LIBRARIES:
            assert (ROOT / "lib" / text).exists(), text
        elif first == "roomtone_host":
            assert (ROOT / "tools" / text).exists(), text
        elif first in _TREES:
            assert (ROOT / text).exists(), text


def _commands(page: str) -> list[list[str]]:
    """The `roomtone` commands of a page, each as its words; usage in brackets is taken out."""
    lines = [re.sub(r"\[|\]|\\?\|.*", "", line) for line in typed(page)]
    found = [re.sub(r"^\S*bin/", "", line) for line in lines]
    return [shlex.split(line)[1:] for line in found if re.match(r"roomtone( |$)", line)]


def _check_words(words: list[str]) -> None:
    command = get_command(app)
    while hasattr(command, "list_commands") and words and not words[0].startswith("-"):
        name = words.pop(0)
        command = command.get_command(None, name)
        assert command is not None, name
    known = {word for field in command.params for word in (*field.opts, *field.secondary_opts)}
    for word in words:
        if word.startswith("--"):
            assert word in known | {"--help"}, f"{command.name} {word}"


@pytest.mark.parametrize("page", PAGES)
def test_commands_and_their_options_exist(page):
    for words in _commands(page):
        _check_words(words)


def test_make_has_the_targets_that_are_named():
    for page in PAGES:
        for line in typed(page):
            name = re.fullmatch(r"make ([a-z]+)\b.*", line)
            if name and " BOARD=" not in line:  # those are MicroPython's
                assert name[1] in _TARGETS, f"{page}: {line}"


def _calls(text: str) -> list[tuple[str, list[str]]]:
    """Of a cell such as "`await connect(timeout_ms=None)`, `leave()`": names and parameters."""
    found = re.findall(r"`(?:await )?(\w+)(?:\(([^)`]*)\))?`", text)
    return [(name, [part.strip() for part in inside.split(",") if part]) for name, inside in found]


def _table(page: str, heading: str) -> list[str]:
    """First cells of the rows under that heading cell."""
    text = prose(page).split(f"| {heading} |", 1)[1]
    rows = text.split("\n\n")[0].split("\n")[2:]
    return [row.split("|")[1] for row in rows]


def test_the_attributes_of_a_room_are_those_of_the_page():
    room = Room("http://127.0.0.1:1", "lab")
    for cell in _table("docs/api.md", "attribute"):
        for name, _ in _calls(cell):
            assert hasattr(room, name), name
    for name in re.findall(r"`room\.(\w+)", prose("README.md")):
        assert hasattr(room, name), name


def test_the_methods_of_a_room_are_those_of_the_page():
    public = {name for name in dir(Room) if not name.startswith("_")} | {"on", "off"}
    told = {name for cell in _table("docs/api.md", "attribute") for name, _ in _calls(cell)}
    for cell in _table("docs/api.md", "method"):
        for name, parameters in _calls(cell):
            told.add(name)
            method = getattr(Room("http://127.0.0.1:1", "lab"), name)
            signature = inspect.signature(method)
            given = [str(parameter) for parameter in signature.parameters.values()]
            assert parameters == given, name
    assert public <= told


def test_the_arguments_of_a_room_are_those_of_the_page():
    given = list(inspect.signature(Room).parameters)
    told = [name for cell in _table("docs/api.md", "argument") for name, _ in _calls(cell)]
    heading = next(
        text for text in prose("docs/api.md").split("\n") if text.startswith("## Room(")
    )
    told += [part.strip().split("=")[0] for part in heading.split("(")[1].split(",")[:-1]]
    assert set(given) - {"link"} == set(told)  # `link` is for tests
