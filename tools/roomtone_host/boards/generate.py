"""Writes board.json and board.py for a board of one's own, out of what it is made of."""
# MIT License; see LICENSE

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .chips import CHIPS

CODECS = {
    # Chip: its address, its driver's class, and whether it needs a master clock of its own.
    "ES8311": ("0x18", "Es8311", False),
    "ES8388": ("0x10", "Es8388", True),
    "WM8960": ("0x1A", "Wm8960", True),
}
_FIRMWARE = {
    ("esp32", "none"): "ESP32_GENERIC",
    ("esp32", "quad"): "ESP32_GENERIC-SPIRAM",
    ("esp32s3", "none"): "ESP32_GENERIC_S3",
    ("esp32s3", "quad"): "ESP32_GENERIC_S3",
    ("esp32s3", "octal"): "ESP32_GENERIC_S3-SPIRAM_OCT",
    ("esp32c3", "none"): "ESP32_GENERIC_C3",
    ("esp32c6", "none"): "ESP32_GENERIC_C6",
}


@dataclass
class Answers:
    """What a board of one's own is made of. Pins are GPIO numbers; -1 is none.

    With a `codec` chip the pins of `audio` (bit clock, word select, to the speaker, from the
    microphone, and master clock) and `i2c` (data, clock) count; without one those of `microphone`
    and `speaker` (bit clock, word select, data).
    """

    name: str
    chip: str
    psram: str = "none"
    microphone_part: str = "INMP441"
    microphone: list[int] = field(default_factory=list)
    speaker_part: str = "MAX98357A"
    speaker: list[int] = field(default_factory=list)
    codec: str = ""
    audio: list[int] = field(default_factory=list)
    i2c: list[int] = field(default_factory=list)
    amplifier: int = -1
    button: int = -1
    led: int = -1
    led_kind: str = "neopixel"


def facts(answers: Answers) -> dict[str, Any]:
    """board.json. Raises ValueError when a list of pins has the wrong length."""
    chip = CHIPS[answers.chip]
    parts = _codec(answers) if answers.codec else _bare(answers, chip.i2s_ports)
    if answers.amplifier >= 0:
        parts["amplifier"] = {
            "kind": "enable",
            "part": "amplifier",
            "pins": {"enable": answers.amplifier},
        }
    parts["button"] = _button(answers, chip.boot)
    parts["led"] = _led(answers)
    full = not answers.codec and chip.i2s_ports > 1
    return {
        "deploy": ["../../docs/getting-started.md"],
        "deploy_options": {"flash_offset": "0x1000" if answers.chip == "esp32" else "0x0"},
        "docs": "",
        "features": ["WiFi"],
        "id": answers.name,
        "images": [],
        "mcu": answers.chip,
        "product": f"{chip.title} with {_title(answers)}",
        "roomtone": {
            "codecs": ["PCMU", "PCMA"],
            "duplex": "full" if full else "half",
            "firmware": _FIRMWARE[answers.chip, answers.psram],
            "psram": answers.psram,
            "parts": parts,
            "verified": {"pins": "by the checker", "fakes": "no", "hardware": "no"},
        },
        "thumbnail": "",
        "url": "",
        "vendor": "own",
    }


def _title(answers: Answers) -> str:
    return answers.codec or f"{answers.microphone_part} and {answers.speaker_part}"


def _pins(what: str, names: tuple[str, ...], numbers: list[int]) -> dict[str, int]:
    """Signals with their pins; names past the numbers are left out where they may be."""
    least = 4 if "sd_in" in names else len(names)
    if not least <= len(numbers) <= len(names):
        wanted = ", ".join(names)
        raise ValueError(f"{what} needs {least} pins ({wanted}), not {len(numbers)}.")
    return dict(zip(names, numbers, strict=False))


def _bare(answers: Answers, ports: int) -> dict[str, Any]:
    signals = ("sck", "ws", "sd")
    return {
        "microphone": {
            "kind": "i2s_microphone",
            "part": answers.microphone_part,
            "port": 0,
            "pins": _pins("The microphone", signals, answers.microphone),
        },
        "speaker": {
            "kind": "i2s_speaker",
            "part": answers.speaker_part,
            "port": 1 if ports > 1 else 0,
            "pins": _pins("The speaker", signals, answers.speaker),
        },
    }


def _codec(answers: Answers) -> dict[str, Any]:
    address, _, needs_mck = CODECS[answers.codec]
    pins = _pins("The codec", ("sck", "ws", "sd_out", "sd_in", "mck"), answers.audio)
    if needs_mck and "mck" not in pins:
        raise ValueError(f"{answers.codec} needs a fifth pin, for its master clock.")
    return {
        "audio": {"kind": "i2s_both", "part": answers.codec, "port": 0, "pins": pins},
        "control": {
            "kind": "i2c",
            "part": answers.codec,
            "pins": _pins("I2C", ("sda", "scl"), answers.i2c),
            "chips": {answers.codec: address},
        },
    }


def _button(answers: Answers, boot: int) -> dict[str, Any]:
    pin = boot if answers.button < 0 else answers.button
    fitted = pin == boot
    part = "BOOT button" if fitted else "push button"
    return {"kind": "gpio_button", "part": part, "fitted": fitted, "pins": {"signal": pin}}


def _led(answers: Answers) -> dict[str, Any]:
    if answers.led < 0:
        return {"kind": "none"}
    if answers.led_kind == "neopixel":
        return {"kind": "neopixel", "part": "WS2812", "pins": {"data": answers.led}}
    return {"kind": "gpio_led", "part": "LED", "pins": {"signal": answers.led}}
