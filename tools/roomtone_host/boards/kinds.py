"""What a part of a board can be, which signals it has, and what is printed on well-known ones."""
# MIT License; see LICENSE

from __future__ import annotations

from dataclasses import dataclass

# Where a signal goes, seen from the ESP32.
OUTPUT = "output"
INPUT = "input"
ANALOG = "analog"
BOTH = "both"


@dataclass(frozen=True)
class Kind:
    """A kind of part: `signals` it must have, `optional` ones that it may, each with a direction.

    `roles` are the places in board.json where it may stand. `uses_port` says that it occupies an
    I2S port, whose number the part names.
    """

    roles: tuple[str, ...]
    signals: dict[str, str]
    optional: dict[str, str]
    uses_port: bool = False

    def direction(self, signal: str) -> str:
        """Where a signal goes."""
        return self.signals.get(signal) or self.optional[signal]


KINDS = {
    "i2s_microphone": Kind(
        ("microphone",), {"sck": OUTPUT, "ws": OUTPUT, "sd": INPUT}, {"mck": OUTPUT}, True
    ),
    "i2s_speaker": Kind(
        ("speaker",),
        {"sck": OUTPUT, "ws": OUTPUT, "sd": OUTPUT},
        {"mck": OUTPUT, "enable": OUTPUT},
        True,
    ),
    "pdm_microphone": Kind(("microphone",), {"clk": OUTPUT, "data": INPUT}, {}, True),
    # One bus for both directions: its clocks are shared.
    "i2s_both": Kind(
        ("audio",),
        {"sck": OUTPUT, "ws": OUTPUT, "sd_out": OUTPUT, "sd_in": INPUT},
        {"mck": OUTPUT},
        True,
    ),
    # A PDM microphone whose clock is the speaker's word select.
    "pdm_and_speaker": Kind(
        ("audio",), {"sck": OUTPUT, "ws": OUTPUT, "sd_out": OUTPUT, "data": INPUT}, {}, True
    ),
    "i2c": Kind(("control",), {"sda": BOTH, "scl": BOTH}, {}),
    "enable": Kind(("amplifier",), {"enable": OUTPUT}, {}),
    "gpio_button": Kind(("button",), {"signal": INPUT}, {}),
    "adc_button": Kind(("button",), {"signal": ANALOG}, {}),
    "gpio_led": Kind(("led",), {"signal": OUTPUT}, {}),
    "neopixel": Kind(("led",), {"data": OUTPUT}, {}),
    "screen": Kind(
        ("led", "display"),
        {"sck": OUTPUT, "mosi": OUTPUT, "cs": OUTPUT, "dc": OUTPUT},
        {"reset": OUTPUT, "backlight": OUTPUT},
    ),
    # A second bus, for the screen's light.
    "backlight_bus": Kind(("display",), {"sda": BOTH, "scl": BOTH}, {}),
    # Reached by the I2C bus: a touch panel, an LED on an expander.
    "on_i2c": Kind(("button", "led", "amplifier", "display"), {}, {}),
    "none": Kind(("led", "button", "speaker"), {}, {}),
}


@dataclass(frozen=True)
class Part:
    """A well-known part: what its pins are called, and how its other pins are to be wired."""

    labels: dict[str, str]
    wires: dict[str, str]


PARTS = {
    "INMP441": Part(
        {"sck": "SCK", "ws": "WS", "sd": "SD"},
        {"VDD": "3V3", "GND": "GND", "L/R": "GND"},
    ),
    "ICS-43434": Part(
        {"sck": "SCK", "ws": "WS", "sd": "SD"},
        {"3V": "3V3", "GND": "GND", "L/R": "GND"},
    ),
    "SPH0645": Part(
        {"sck": "BCLK", "ws": "LRCL", "sd": "DOUT"},
        {"3V": "3V3", "GND": "GND", "SEL": "GND"},
    ),
    "MAX98357A": Part(
        {"sck": "BCLK", "ws": "LRC", "sd": "DIN", "enable": "SD"},
        {"VIN": "5V", "GND": "GND", "GAIN": "open (9 dB)", "SD": "open (on)"},
    ),
    "NS4168": Part(
        {"sck": "BCLK", "ws": "LRCLK", "sd": "SDATA", "enable": "CTRL"},
        {"VDD": "5V", "GND": "GND"},
    ),
    "push button": Part({"signal": "1"}, {"2": "GND"}),
    "LED": Part({"signal": "+ (330 Ω)"}, {"-": "GND"}),
    "WS2812": Part({"data": "DIN"}, {"VDD": "5V", "GND": "GND"}),
}
