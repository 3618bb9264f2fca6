"""The checker: what is wrong with a board, each as a sentence that ends with the cure."""
# MIT License; see LICENSE

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from . import source
from .chips import CHIPS, Chip
from .kinds import ANALOG, BOTH, KINDS, OUTPUT
from .model import FOLDER, ROLES, Board, BoardError, Fitting, load

# MicroPython's own schema for board.json; the flash offset is looked at below.
_FIELDS = ("deploy", "docs", "features", "id", "images", "mcu", "product", "thumbnail", "url",
           "vendor")  # fmt: skip
_OWN_FIELDS = ("duplex", "codecs", "firmware", "psram", "parts", "verified")
_VERIFIED = ("pins", "fakes", "hardware")
_CODECS = ("PCMU", "PCMA", "OPUS")
_FUNCTIONS = ("microphone", "speaker", "button", "led")
_OFFSETS = {"esp32": "0x1000", "esp32s3": "0x0", "esp32c3": "0x0", "esp32c6": "0x0"}


def check(name: str, folder: Path = FOLDER) -> list[str]:
    """What is wrong with a board; nothing when it is right."""
    try:
        board = load(name, folder)
    except BoardError as error:
        return [str(error)]
    return list(problems(board))


def problems(board: Board) -> Iterator[str]:
    """What is wrong with a board that could be read."""
    yield from _fields(board)
    if board.mcu == "unix":
        return  # the virtual board has no pins
    chip = CHIPS.get(board.mcu)
    if chip is None:
        yield (
            f"{board.name}: mcu {board.mcu!r} is no chip that Roomtone knows;"
            f" use one of {', '.join(CHIPS)}."
        )
        return
    yield from _parts(board)
    yield from _pins(board, chip)
    yield from _shared(board)
    yield from _duplex(board, chip)
    yield from _code(board)


def _fields(board: Board) -> Iterator[str]:
    for field in _FIELDS:
        if field not in board.facts:
            yield f'{board.name}: board.json lacks "{field}"; copy it from another board.'
    if board.facts.get("id", board.name) != board.name:
        yield f'{board.name}: "id" must be the name of the folder, {board.name}.'
    virtual = board.mcu == "unix"
    for field in ("duplex", "codecs", "verified") if virtual else _OWN_FIELDS:
        if field not in board.own:
            yield f'{board.name}: "roomtone" lacks "{field}"; docs/boards.md says what it is.'
    if board.duplex not in ("", "full", "half"):
        yield f'{board.name}: "duplex" must be "full" or "half", not {board.duplex!r}.'
    for codec in board.own.get("codecs", ()):
        if codec not in _CODECS:
            yield f"{board.name}: codec {codec!r} is unknown; use some of {', '.join(_CODECS)}."
    for field in _VERIFIED:
        if "verified" in board.own and field not in board.own["verified"]:
            yield f'{board.name}: "verified" lacks "{field}"; say how it was verified, or "no".'
    offset = board.facts.get("deploy_options", {}).get("flash_offset")
    wanted = _OFFSETS.get(board.mcu)
    if wanted and (not offset or int(offset, 16) != int(wanted, 16)):
        yield (
            f'{board.name}: "flash_offset" is {offset!r}, but an {board.mcu} boots from {wanted};'
            f' write "deploy_options": {{"flash_offset": "{wanted}"}}.'
        )


def _parts(board: Board) -> Iterator[str]:
    for part in board.fittings:
        at = f"{board.name}: {part.role}"
        if part.role not in ROLES:
            yield f"{at} is no role; use some of {', '.join(ROLES)}."
            continue
        if part.kind is None:
            yield f"{at}: kind {part.kind_name!r} is unknown; use one of {', '.join(KINDS)}."
            continue
        if part.role not in part.kind.roles:
            yield (
                f"{at} can't be of the kind {part.kind_name};"
                f" that is for {' or '.join(part.kind.roles)}."
            )
        if not part.part and part.kind_name != "none":
            yield f'{at} lacks "part"; name it as it is printed, for the wiring table.'
        missing = part.kind.signals.keys() - part.pins.keys()
        if missing:
            signals = ", ".join(sorted(missing))
            yield f"{at} lacks the pin for {signals}; every {part.kind_name} has it."
        for signal in part.pins.keys() - part.kind.signals.keys() - part.kind.optional.keys():
            known = ", ".join([*part.kind.signals, *part.kind.optional])
            yield f"{at} has no signal {signal!r}; a {part.kind_name} has {known}."
    for role in ("microphone", "speaker"):
        if not board.fitting(role) and not board.fitting("audio"):
            yield f'{board.name} has no {role}; add it, or "audio" where both share a bus.'
    for role in ("button", "led"):
        if not board.fitting(role):
            yield f'{board.name} has no {role}; add it, with the kind "none" if there is none.'


def _pins(board: Board, chip: Chip) -> Iterator[str]:
    psram = board.own.get("psram", "none")
    if psram not in chip.psram:
        known = ", ".join(chip.psram)
        yield f"{board.name}: an {chip.title} has no PSRAM of the kind {psram!r}; use {known}."
    accepted = board.numbered("accepts")
    taken = board.numbered("taken")
    for part, signal, gpio in board.uses():
        if part.kind is None or signal not in part.kind.signals | part.kind.optional:
            continue  # already told
        at = f"{board.name}: {part.role} {signal} is at GPIO{gpio}, which"
        why = _forbidden(chip, psram, taken, part, signal, gpio)
        if why:
            yield f"{at} {why}"
        elif gpio in accepted:
            continue
        elif gpio in chip.strapping and not _is_boot_button(chip, part, gpio):
            yield (
                f"{at} the chip reads at reset ({chip.strapping[gpio]}); move it, or say in"
                f' "accepts" why this wiring leaves that level alone.'
            )
        elif gpio in chip.console:
            yield (
                f"{at} is {chip.console[gpio]}, by which the board is flashed; move it, or say in"
                ' "accepts" how it is flashed then.'
            )
    for gpio in accepted.keys() - {gpio for _, _, gpio in board.uses()}:
        yield f'{board.name}: "accepts" names GPIO{gpio}, which nothing uses; remove it.'


def _forbidden(
    chip: Chip, psram: str, taken: dict[int, str], part: Fitting, signal: str, gpio: int
) -> str:
    """Why a pin can't be used for a signal, whatever board.json says; "" when it can."""
    direction = part.kind.direction(signal)
    if gpio not in chip.pins:
        return f"an {chip.title} does not have; take another pin."
    if gpio in chip.flash:
        return f"an {chip.title} uses for its flash; take another pin."
    if gpio in chip.psram.get(psram, ()):
        return f"{psram} PSRAM uses; take another pin, or a module without PSRAM."
    if gpio in taken:
        return f"is taken ({taken[gpio]}); take another pin."
    if direction in (OUTPUT, BOTH) and gpio in chip.input_only:
        lowest = min(chip.input_only)
        return f"can only read, as all from GPIO{lowest} up; take another pin."
    if direction == ANALOG and gpio not in chip.adc:
        numbers = f"GPIO{min(chip.adc)} to {max(chip.adc)}"
        return f"can't measure voltages while Wi-Fi is on; use one of {numbers} (ADC1)."
    return ""


def _is_boot_button(chip: Chip, part: Fitting, gpio: int) -> bool:
    return part.role == "button" and gpio == chip.boot


def _shared(board: Board) -> Iterator[str]:
    users = defaultdict(list)
    for part, signal, gpio in board.uses():
        users[gpio].append(f"{part.role} {signal}")
    for gpio, names in sorted(users.items()):
        if len(names) > 1:
            yield (
                f"{board.name}: GPIO{gpio} is used by {' and '.join(names)}; give each its own"
                ' pin, or describe a shared bus as one "audio" part.'
            )


def _duplex(board: Board, chip: Chip) -> Iterator[str]:
    microphone, speaker = board.fitting("microphone"), board.fitting("speaker")
    ported = [part for part in board.fittings if part.kind and part.kind.uses_port]
    for part in ported:
        if part.port is None:
            yield f'{board.name}: {part.role} lacks "port"; an {chip.title} has I2S port 0' + (
                " to 1." if chip.i2s_ports > 1 else "."
            )
        elif part.port not in range(chip.i2s_ports):
            yield (
                f"{board.name}: {part.role} is at I2S port {part.port}; an {chip.title} has"
                f" {chip.i2s_ports}, counted from 0."
            )
    if board.duplex != "full":
        return
    half = 'write "duplex": "half"'
    if board.fitting("audio"):
        yield (
            f"{board.name} can't be full duplex: microphone and speaker share one bus's clocks,"
            f" and a port of machine.I2S only sends or only receives; {half}."
        )
    elif speaker and speaker.kind_name == "none":
        yield f"{board.name} can't be full duplex: it has no speaker; {half}."
    elif chip.i2s_ports < 2:
        yield (
            f"{board.name} can't be full duplex: an {chip.title} has one I2S port, and"
            f" machine.I2S takes one for each direction; {half}."
        )
    elif microphone and speaker and microphone.port == speaker.port:
        yield (
            f"{board.name} can't be full duplex: microphone and speaker are both at I2S port"
            f" {speaker.port}; give the speaker port {1 - (speaker.port or 0)}."
        )


def _code(board: Board) -> Iterator[str]:
    path = board.folder / "board.py"
    try:
        found = source.read(path)
    except FileNotFoundError:
        yield f"{board.name} has no board.py; `roomtone boards new` writes one to begin with."
        return
    except SyntaxError as error:
        yield f"{board.name}: board.py does not compile: {error}."
        return
    for function in _FUNCTIONS:
        if function not in found.functions:
            yield f"{board.name}: board.py lacks {function}(); every board has it."
    if found.values.get("name") != board.name:
        yield f'{board.name}: board.py must say name = "{board.name}".'
    if found.values.get("duplex") != (board.duplex == "full"):
        wanted = board.duplex == "full"
        yield f"{board.name}: board.py must say duplex = {wanted}, as board.json does."
    for part, signal, gpio in board.uses():
        constant = f"_{part.role}_{signal}".upper()
        if found.values.get(constant) != gpio:
            wanted = f"{constant} = const({gpio})"
            yield f"{board.name}: board.py must say {wanted}, as board.json does."
