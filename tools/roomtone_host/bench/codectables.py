"""The figures of `roomtone bench opus` as tables for people."""
# MIT License; see LICENSE

from typing import Any

from rich.console import Console
from rich.table import Table

from .budgets import C3, CYCLES_PER_INSTRUCTION, S3
from .opus import HEAP_AND_CODE, TIMES
from .tables import held, make_table


def _rows(found: dict[str, Any]):
    for what in ("decode", "encode"):
        for name, row in found[what].items():
            kind, _, rate_hz = name.rpartition("_")
            label = f"{what} {kind} " if kind else f"{what} "
            yield f"{label.replace('_', ' ')}{int(rate_hz) // 1000}", row


def _frames(found: dict[str, Any]) -> Table:
    table = make_table(
        "A frame of 20 ms, mono, at so many kHz, in instructions",
        "what",
        "mean",
        "bar",
        "most",
        "libopus",
        "times",
        caption="Counted on RV32IMAC, all Python included; libopus -O2 in fixed point on the "
        f"same core, with the same frames; the bar is {TIMES} times as many. A frame is one "
        "call: the most is the longest stretch without a return to the loop.",
    )
    table.columns[0].no_wrap = True
    for name, row in _rows(found):
        count, bar = row["instructions"], row["bar"]
        color = "green" if row["times_libopus"] <= TIMES else "red"
        table.add_row(
            name,
            *(held(count, bar) if bar else (f"{count:,}", "")),
            f"{row['most']:,}",
            f"{row['libopus']:,}",
            f"[{color}]{row['times_libopus']:.2f}[/{color}]",
        )
    return table


def _xtensa(found: dict[str, Any]) -> Table:
    kinds = ("instructions", "viper", "runtime", "python")
    table = make_table(
        "The same on xtensawin, ESP32 and S3; and the stack on RV32",
        "what",
        *kinds,
        "stack",
        caption="Instructions of viper functions are run one by one; what the runtime does for "
        "them and Python between them are as counted on RV32. Stack: bytes that the deepest "
        "call takes, Python's and the runtime's too.",
    )
    for name, row in _rows(found):
        cells = (*(row["xtensawin"][kind] for kind in kinds), row["stack_bytes"])
        table.add_row(name, *(f"{count:,}" for count in cells))
    return table


def _chips(found: dict[str, Any]) -> Table:
    table = make_table(
        "The same in percent of a chip",
        "what",
        S3.name,
        "longest",
        C3.name,
        "longest",
        caption=f"Estimated at {CYCLES_PER_INSTRUCTION} cycles an instruction, and the longest "
        "frame.",
    )
    for name, row in _rows(found):
        cells = []
        for chip, count in ((S3, row["xtensawin"]["instructions"]), (C3, row["instructions"])):
            longest = row["most"] * count / row["instructions"]
            cells += [f"{chip.percent(count):.0f} %", f"{chip.milliseconds(longest):.1f} ms"]
        table.add_row(name, *cells)
    return table


def _stages(found: dict[str, Any]) -> Table:
    table = make_table("By stage", "what", "instructions", "part")
    for name, row in _rows(found):
        table.add_row(f"[bold]{name}[/bold]")
        for stage, count in sorted(row["stages"].items(), key=lambda item: -item[1]):
            table.add_row(f"  {stage}", f"{count:,}", f"{100 * count / row['instructions']:.0f} %")
        table.add_section()
    return table


def _memory(found: dict[str, Any]) -> Table:
    table = make_table(
        "Memory at 16 kHz, in bytes",
        "what",
        "imported",
        "in use",
        "xtensa",
        "rv32imc",
        "sum",
        "bar",
        caption="Heap after the imports and in use, on the 32-bit build with .mpy modules;\n"
        "machine code is not in it; the sum is of heap in use and code of xtensawin.\n"
        f"libopus' own state: encoder {found['libopus_bytes']['encoder_bytes']:,}, decoder "
        f"{found['libopus_bytes']['decoder_bytes']:,}.",
    )
    table.columns[0].no_wrap = True
    for name, row in found["memory"].items():
        total = row["heap_used"] + row["native_xtensawin"]
        bar = HEAP_AND_CODE.get(name)
        cells = ("heap_imported", "heap_used", "native_xtensawin", "native_rv32imc")
        table.add_row(
            name.replace("_", " "),
            *(f"{row[key]:,}" for key in cells),
            *(held(total, bar) if bar else (f"{total:,}", "")),
        )
    return table


def show(found: dict[str, Any], console: Console) -> None:
    """Print all tables."""
    for make in (_frames, _xtensa, _chips, _stages, _memory):
        console.print(make(found))
        console.print()
