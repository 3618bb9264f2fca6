"""The bench's figures as tables for people."""
# MIT License; see LICENSE

from typing import Any

from rich.console import Console
from rich.table import Table

from .budgets import (
    C3,
    CRYPTO_GAIN,
    CYCLES_PER_INSTRUCTION,
    HEAP_BYTES,
    NATIVE_BYTES,
    S3,
    on_chip,
)


def make_table(title: str, first: str, *columns: str, caption: str | None = None) -> Table:
    table = Table(title=title, title_justify="left", caption=caption, caption_justify="left")
    table.add_column(first)
    for column in columns:
        table.add_column(column, justify="right")
    return table


def _frame(found: dict[str, Any]) -> Table:
    table = make_table(
        "Media path, 20 ms",
        "stage",
        "instructions",
        f"{S3.name} 240 MHz",
        f"{C3.name} 160 MHz",
        caption=f"Counted on RV32IMAC; percent of the chip at {CYCLES_PER_INSTRUCTION} cycles an "
        "instruction.\nHashes and AES are software there; a chip's hardware is taken to be "
        f"{CRYPTO_GAIN} times quicker.\nBudgets, in instructions: {S3.media_instructions():,} "
        f"({S3.name}), {C3.media_instructions():,} ({C3.name}).",
    )

    def add(name: str, count: int) -> None:
        table.add_row(
            name, f"{count:,}", f"{S3.percent(count):.1f} %", f"{C3.percent(count):.1f} %"
        )

    for name, count in found["frame"].items():
        add(name.replace("_", " "), count)
    table.add_section()
    path = found["path"]
    add("whole path out", path["path_out"])
    add("whole path in", path["path_in"])
    add("both", path["path_out"] + path["path_in"])
    add("both, hashes and AES in hardware", on_chip(path))
    return table


def _devices(found: dict[str, Any]) -> Table:
    table = make_table(
        "Microphones, speakers and optional stages, 20 ms at 16 kHz",
        "part",
        "instructions",
        S3.name,
        C3.name,
        caption="The copies that machine.I2S makes in C are not counted.",
    )
    for name, count in found["devices"].items():
        table.add_row(
            name.replace("_", " "),
            f"{count:,}",
            f"{S3.percent(count):.1f} %",
            f"{C3.percent(count):.1f} %",
        )
    return table


def _handshake(found: dict[str, Any]) -> Table:
    table = make_table("Handshake", "work", "instructions", f"{S3.name}", f"{C3.name}")
    for name, count in {**found["arithmetic"], **found["handshake"]}.items():
        table.add_row(
            name.replace("_", " "),
            f"{count:,}",
            f"{S3.milliseconds(count):,.1f} ms",
            f"{C3.milliseconds(count):,.1f} ms",
        )
    return table


def _packages(found: dict[str, Any]) -> Table:
    table = make_table(
        "Packages, in bytes",
        "package",
        "xtensawin .mpy",
        "native",
        "rv32imc .mpy",
        "native",
        "heap, 32 bits",
        caption="Heap after importing every module of the package, machine code left out.\n"
        "Modules that a package imports of another count with it.",
    )
    for name, sizes in found["packages"].items():
        cells = [
            f"{sizes[arch][kind]:,}"
            for arch in ("xtensawin", "rv32imc")
            for kind in ("mpy_bytes", "native_bytes")
        ]
        table.add_row(name, *cells, f"{sizes['heap_bytes']:,}")
    return table


def _call(found: dict[str, Any]) -> Table:
    call = found["call"]
    table = make_table(
        "A G.711 call on 32 bits, in bytes",
        "what",
        "measured",
        "budget",
        caption=f"{call['modules']} modules loaded as .mpy; heap after a collection, the virtual "
        "hardware left out.",
    )
    table.add_row("heap after boot", f"{call['heap_bytes']['boot']:,}", "")
    table.add_row("heap in the call", *held(call["heap_bytes"]["call"], HEAP_BYTES))
    frozen = call["frozen_heap_bytes"]["call"]
    table.add_row("the same, all frozen into the image", *held(frozen, HEAP_BYTES))
    table.add_row("heap after it", f"{call['heap_bytes']['left']:,}", "")
    for arch, size in call["native_bytes"].items():
        table.add_row(f"machine code, {arch}", *held(size, NATIVE_BYTES))
    return table


def held(size: int, budget: int) -> tuple[str, str]:
    color = "green" if size <= budget else "red"
    return f"[{color}]{size:,}[/{color}]", f"{budget:,}"


def _delays(found: dict[str, Any]) -> Table:
    table = make_table(
        "Two in a room of a server on this machine",
        "who",
        "join",
        "mouth to ear",
        "STOI",
        caption="Join: from the first connection to the server until sound can flow, the median "
        "of four.",
    )
    for name, row in found["delays"].items():
        delays = [f"{row[key]:,.0f} ms" for key in ("join_ms", "mouth_to_ear_ms")]
        table.add_row(name.replace("_", " "), *delays, f"{row['stoi']:.2f}")
    return table


def show(found: dict[str, Any], console: Console) -> None:
    """Print all tables."""
    for make in (_frame, _devices, _handshake, _packages, _call, _delays):
        table = make(found)
        console.print(table)
        console.print()
