"""`roomtone deploy`: put Roomtone onto a board that runs MicroPython, only what changed."""
# MIT License; see LICENSE

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

import typer
from rich.table import Table

from . import boards, ports
from .bundle import LIST, OWN, Bundle, make
from .chips import ARCHITECTURES
from .errors import DeviceError
from .output import Output
from .remote import Remote, changes

# A board talks without it, in G.711.
_OPTIONAL = "opus"
# littlefs gives a file whole blocks, and each folder two.
_BLOCK = 4096
_SLACK = 24 * _BLOCK


@dataclass
class Deployed:
    """What a deploy did: counts and bytes."""

    bundle: Bundle
    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    written_bytes: int = 0

    def facts(self) -> dict[str, Any]:
        """For programs."""
        return {
            "board": self.bundle.board,
            "arch": self.bundle.arch,
            "files": len(self.bundle.files),
            "bytes": self.bundle.size(),
            "written": self.written,
            "written_bytes": self.written_bytes,
            "removed": self.removed,
        }


def deploy(
    board: Annotated[
        str | None,
        typer.Option(
            help="The board, as `roomtone boards` names it; else what was deployed last."
        ),
    ] = None,
    port: Annotated[str | None, typer.Option(help="Serial port; found when there is one.")] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="A package to leave out, as opus; may be repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compile for the board's chip, and copy what changed. Settings and keys stay."""
    out = Output(as_json)
    try:
        known = boards.load(board) if board else None
        device = ports.choose(port)
        out.result(port=device, **put(out, device, known, tuple(without or ())).facts())
    except DeviceError as error:
        out.fail(error)


def put(
    out: Output,
    device: str,
    board: boards.Board | None,
    without: tuple[str, ...] = (),
    wait_s: float = 0.0,
    own: dict[str, bytes] | None = None,
) -> Deployed:
    """Deploy to the board at `device`, which may take `wait_s` to appear.

    Without `board` it is the one that was deployed there last. `own` are files of the board to
    put back after a flash. Raises DeviceError.
    """
    with Remote(device, wait_s=wait_s) as remote:
        board = board or _deployed_board(remote)
        bundle = make(board, _arch(remote, board), without)
        done = Deployed(bundle)
        if not _fits(remote, bundle):
            _put_without_optional(out, remote, board, done, without)
        _stage_and_switch(out, remote, done)
        for path, data in (own or {}).items():
            remote.write(path, data)
        out.say(_summary(done))
        remote.restart()
    _show_sizes(out, bundle)
    return done


def _fits(remote: Remote, bundle: Bundle) -> bool:
    """Whether what changed fits beside what is there, until it takes its place."""
    wanted, present = bundle.digests(), remote.digests()
    needed = _SLACK
    for path, data in bundle.files.items():
        if wanted[path] not in (present.get(path), present.get(f"next/{path}")):
            needed += -(-len(data) // _BLOCK) * _BLOCK
    return needed <= remote.free_bytes()


def _put_without_optional(
    out: Output,
    remote: Remote,
    board: boards.Board,
    done: Deployed,
    without: tuple[str, ...],
) -> None:
    """In place of one switch two: first a whole firmware without Opus, which makes room."""
    out.say("there is no room for old and new files together: Opus comes last")
    folder = f"lib/{_OPTIONAL}/"
    old = [path for path in remote.digests() if path.startswith(folder)]
    remote.commit([f"-{path}" for path in old])
    smaller = Deployed(make(board, done.bundle.arch, (*without, _OPTIONAL)))
    _stage_and_switch(out, remote, smaller)
    done.written_bytes += smaller.written_bytes


def _deployed_board(remote: Remote) -> boards.Board:
    """The board whose files are there."""
    try:
        name = remote.value(f"__import__('json').load(open({LIST!r}))['board']")
        return boards.load(name)
    except DeviceError as error:
        if error.code not in ("board-error", "board-unknown"):
            raise
        raise DeviceError(
            "board-unknown",
            "Which board is it? Roomtone was not deployed to it from here.",
            f"Give --board, one of: {', '.join(boards.names())}.",
        ) from error


def _arch(remote: Remote, board: boards.Board) -> str:
    """The architecture that answers, which must be the board's."""
    python = remote.python
    assert python is not None
    found = ARCHITECTURES.get(python.arch_number)
    if python.platform == "esp32" and found != board.chip.arch:
        raise DeviceError(
            "wrong-board",
            f"{board.title} has an {board.chip.title}; this is {python.machine}.",
            "Look at the board's name, or at which board is plugged in.",
        )
    if found is None:
        raise DeviceError(
            "firmware-old", f"MicroPython {python.version} here runs no compiled code."
        )
    return found


def _stage_and_switch(out: Output, remote: Remote, done: Deployed) -> None:
    wanted = done.bundle.digests()
    present = remote.digests()
    if "next/commit" in present:
        # A deploy or an update was interrupted after it counted: it is finished first.
        remote.finish()
        present = remote.digests()
    lines = changes(wanted, present, OWN)
    done.written = [line[1:] for line in lines if line[0] == "+"]
    done.removed = [line[1:] for line in lines if line[0] == "-"]
    if not lines:
        if any(path.startswith("next/") for path in present):
            remote.discard()
        return
    _stage(out, remote, done, wanted, present)
    # boot.py and what it calls first: from there on a boot completes the rest.
    first = [line for line in lines if line[1:] in ("switch.mpy", "boot.py")]
    last = [line for line in lines if line[1:] == LIST]
    remote.commit([*first, *(line for line in lines if line not in first + last), *last])


def _stage(
    out: Output, remote: Remote, done: Deployed, wanted: dict[str, str], present: dict[str, str]
) -> None:
    """Write what changed into `next/`; what an interrupted try left there is used."""
    files = done.bundle.files
    total = sum(len(files[path]) for path in done.written) or 1
    staged = {path[5:]: digest for path, digest in present.items() if path.startswith("next/")}
    sent = 0
    with out.bars() as tell:

        def told(count: int) -> None:
            nonlocal sent
            sent += count
            tell("deploy", sent / total)

        for path in done.written:
            if staged.get(path) == wanted[path]:
                told(len(files[path]))
                continue
            try:
                remote.write(f"next/{path}", files[path], told)
            except DeviceError as error:
                raise _interrupted(error, sent / total) from error
            done.written_bytes += len(files[path])
        arrived = remote.digests("next") if done.written else {}
    for path in done.written:
        if arrived.get(f"next/{path}") != wanted[path]:
            raise DeviceError(
                "verify-failed",
                f"{path} did not arrive as it was sent; the board's old files still count.",
                "Run the same command again; try another cable if it stays so.",
            )


def _interrupted(error: DeviceError, part: float) -> DeviceError:
    if error.code != "cable-pulled":
        return error
    return DeviceError(
        error.code,
        f"The cable was pulled at {part:.0%}: the board still has all of its old files.",
        "Plug it in and run the same command again; it goes on from there.",
    )


def _summary(done: Deployed) -> str:
    if not done.written and not done.removed:
        return "nothing changed: the board has it all"
    removed = f", {len(done.removed)} removed" if done.removed else ""
    return f"{len(done.written)} files written, {done.written_bytes:,} bytes{removed}"


def _show_sizes(out: Output, bundle: Bundle) -> None:
    table = Table("on the board", "files", "bytes", title=f"{bundle.board}, {bundle.arch}")
    groups = ["lib/" + name for name in ("webrtc", "audio", "roomtone", "opus")]
    rest = dict(bundle.files)
    for group in groups:
        found = {path: data for path, data in rest.items() if path.startswith(group + "/")}
        for path in found:
            del rest[path]
        if found:
            table.add_row(group, str(len(found)), f"{sum(map(len, found.values())):,}")
    table.add_row("firmware and board", str(len(rest)), f"{sum(map(len, rest.values())):,}")
    table.add_row("all", str(len(bundle.files)), f"{bundle.size():,}", style="bold")
    out.show(table)
