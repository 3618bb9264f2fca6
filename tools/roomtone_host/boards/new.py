"""`roomtone boards new`: a board of one's own, from flags or by asking."""
# MIT License; see LICENSE

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from . import readme, template
from .check import check
from .chips import CHIPS
from .generate import CODECS, Answers, facts
from .model import FOLDER, load

# The board whose pins are offered, for each chip.
_EXAMPLES = {
    "esp32": "esp32_devkitc",
    "esp32s3": "esp32s3_devkitc",
    "esp32c3": "esp32c3_devkit",
    "esp32c6": "esp32c6_devkit",
}
_SIGNALS = ("sck", "ws", "sd")


def new(
    name: Annotated[str, typer.Argument(help="Its name and folder: letters, digits and _.")] = "",
    chip: Annotated[str, typer.Option(help=f"One of {', '.join(CHIPS)}.")] = "",
    psram: Annotated[str, typer.Option(help="none, quad or octal.")] = "",
    microphone: Annotated[str, typer.Option(help="Pins: bit clock,word select,data.")] = "",
    microphone_part: Annotated[str, typer.Option(help="What is printed on it.")] = "INMP441",
    speaker: Annotated[str, typer.Option(help="Pins: bit clock,word select,data.")] = "",
    speaker_part: Annotated[str, typer.Option(help="What is printed on it.")] = "MAX98357A",
    codec: Annotated[
        str, typer.Option(help=f"A codec chip instead of both: {', '.join(CODECS)}.")
    ] = "",
    audio: Annotated[
        str, typer.Option(help="Pins of the codec: bit clock,word select,out,in[,master clock].")
    ] = "",
    i2c: Annotated[str, typer.Option(help="Pins of the codec's I2C: data,clock.")] = "",
    amplifier: Annotated[int, typer.Option(help="Pin that switches a codec's amplifier on.")] = -1,
    button: Annotated[
        int, typer.Option(help="Pin of the button; the BOOT button's if left.")
    ] = -1,
    led: Annotated[int, typer.Option(help="Pin of the LED, if there is one.")] = -1,
    led_kind: Annotated[str, typer.Option(help="neopixel or gpio.")] = "neopixel",
    folder: Annotated[Path, typer.Option(help="Where boards are.")] = FOLDER,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing: offered pins are taken.")
    ] = False,
) -> None:
    """Make a board of your own: asks for what the flags leave open, checks, writes the folder."""
    console = Console(stderr=True)
    ask = _Asker(yes)
    name = ask("Name", name, "custom")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        _refuse(console, f"{name!r} is no name: use small letters, digits and _.")
    if (folder / name).exists():
        _refuse(console, f"{folder / name} is there already; choose another name or remove it.")
    chip = ask("Chip", chip, "esp32s3")
    if chip not in CHIPS:
        _refuse(console, f"{chip} is no chip that Roomtone knows; use one of {', '.join(CHIPS)}.")
    if codec and codec not in CODECS:
        _refuse(console, f"There is no driver for {codec}; there is for {', '.join(CODECS)}.")
    if amplifier >= 0 and not codec:
        _refuse(console, "--amplifier is for one behind a --codec; a bare one is always on.")
    example = load(_EXAMPLES[chip])
    answers = Answers(name, chip, codec=codec, amplifier=amplifier, button=button, led=led,
                      led_kind=led_kind, microphone_part=microphone_part,
                      speaker_part=speaker_part)  # fmt: skip
    kinds = ", ".join(CHIPS[chip].psram)
    answers.psram = ask(f"PSRAM ({kinds})", psram, example.own["psram"])
    try:
        if codec:
            answers.audio = _pins(ask(f"{codec}: bit clock, word select, out, in", audio, ""))
            answers.i2c = _pins(ask(f"{codec}: I2C data, clock", i2c, ""))
        else:
            answers.microphone = _pins(
                ask(f"{microphone_part}: bit clock, word select, data", microphone,
                    _offer(example, "microphone"))
            )  # fmt: skip
            answers.speaker = _pins(
                ask(f"{speaker_part}: bit clock, word select, data", speaker,
                    _offer(example, "speaker"))
            )  # fmt: skip
        _write(console, answers, folder)
    except (ValueError, KeyError) as error:
        _refuse(console, str(error).strip("'"))


class _Asker:
    """Asks for what a flag left open, or takes what is offered."""

    def __init__(self, yes: bool) -> None:
        self._yes = yes

    def __call__(self, what: str, given: str, offered: str) -> str:
        if given or self._yes:
            return given or offered
        return typer.prompt(what, default=offered or None)


def _offer(example, role: str) -> str:
    pins = example.fitting(role).pins
    return ",".join(str(pins[signal]) for signal in _SIGNALS)


def _pins(text: str) -> list[int]:
    """The numbers of "4,5,6". Raises ValueError."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not all(word.isdigit() for word in words):
        raise ValueError(f"{text!r} are no GPIO numbers; write them like 4,5,6.")
    return [int(word) for word in words]


def _write(console: Console, answers: Answers, folder: Path) -> None:
    """Make the folder elsewhere, check it, and move it in place when nothing is wrong."""
    if answers.psram not in CHIPS[answers.chip].psram:
        known = ", ".join(CHIPS[answers.chip].psram)
        raise ValueError(f"An {CHIPS[answers.chip].title} has PSRAM {known}, not {answers.psram}.")
    with tempfile.TemporaryDirectory() as place:
        made = Path(place) / answers.name
        made.mkdir()
        text = json.dumps(facts(answers), indent=2, ensure_ascii=False)
        (made / "board.json").write_text(text + "\n")
        board = load(answers.name, Path(place))
        (made / "board.py").write_text(template.code(board))
        for name, content in readme.updated(board).items():
            (made / name).write_text(content)
        found = check(answers.name, Path(place))
        for problem in found:
            console.print(Text.assemble(("✗", "red"), f" {problem}"), soft_wrap=True)
        if found:
            raise typer.Exit(1)
        _put(console, made, folder / answers.name)
    console.print(Text.assemble(("✓", "green"), f" {folder / answers.name}"), soft_wrap=True)
    console.print(f"  wiring: {answers.name}/README.md and wiring.svg", highlight=False)
    console.print(f"  next:   roomtone flash --board {answers.name}", highlight=False)


def _put(console: Console, made: Path, place: Path) -> None:
    """Copy the folder to its place, whole or not at all."""
    try:
        shutil.copytree(made, place)
    except OSError as error:
        shutil.rmtree(place, ignore_errors=True)
        # Of several files that failed copytree tells (from, to, why) each.
        first = error.args[0][0][2] if isinstance(error, shutil.Error) else error
        _refuse(console, f"{place} can't be written: {first}")


def _refuse(console: Console, text: str) -> None:
    console.print(Text(text, "red"), soft_wrap=True)
    raise typer.Exit(1)
