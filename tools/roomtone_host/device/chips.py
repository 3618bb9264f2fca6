"""The chips that Roomtone runs on, and what differs between them for flashing and compiling."""
# MIT License; see LICENSE

from __future__ import annotations

from dataclasses import dataclass

from .errors import DeviceError


@dataclass(frozen=True)
class Chip:
    """One chip family.

    `name` is MicroPython's `mcu`, `image_id` the chip id in an image's extended header, `offset`
    where the ROM looks for the bootloader, `arch` what mpy-cross calls its machine code, and
    `firmware` the official generic image.
    """

    name: str
    title: str
    image_id: int
    offset: int
    arch: str
    firmware: str


CHIPS = {
    chip.name: chip
    for chip in (
        Chip("esp32", "ESP32", 0, 0x1000, "xtensawin", "ESP32_GENERIC"),
        Chip("esp32s3", "ESP32-S3", 9, 0x0, "xtensawin", "ESP32_GENERIC_S3"),
        Chip("esp32c3", "ESP32-C3", 5, 0x0, "rv32imc", "ESP32_GENERIC_C3"),
        Chip("esp32c6", "ESP32-C6", 13, 0x0, "rv32imc", "ESP32_GENERIC_C6"),
    )
}

# mpy-cross's architectures by the number in `sys.implementation._mpy >> 10`, and in .mpy files.
ARCHITECTURES = {
    1: "x86", 2: "x64", 3: "armv6", 4: "armv6m", 5: "armv7m", 6: "armv7em", 7: "armv7emsp",
    8: "armv7emdp", 9: "xtensa", 10: "xtensawin", 11: "rv32imc", 12: "rv64imc",
}  # fmt: skip


def by_title(title: str) -> Chip:
    """The chip that esptool calls `title` ("ESP32-S3"). Raises DeviceError for any other."""
    for chip in CHIPS.values():
        if chip.title == title:
            return chip
    raise DeviceError(
        "chip-unsupported",
        f"This chip is an {title}; Roomtone runs on {known()}.",
        "Use a board with one of these.",
    )


def by_image_id(number: int) -> Chip | None:
    """The chip that an image with this chip id is for; None when it is none of ours."""
    return next((chip for chip in CHIPS.values() if chip.image_id == number), None)


def known() -> str:
    """The chips' names in one line."""
    *first, last = (chip.title for chip in CHIPS.values())
    return f"{', '.join(first)} and {last}"
