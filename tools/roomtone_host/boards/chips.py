"""The pins of each chip: which exist, which the chip itself needs, which can only read.

Sources are Espressif's datasheets: ESP32 (v4.9) sections 2.2 "Pin overview" and 3 "Boot
configurations", ESP32-S3 (v2.0) sections 2.3 and 3, ESP32-C3 (v2.1) and ESP32-C6 (v1.3) the same;
numbers of I2S ports: `SOC_I2S_NUM` of ESP-IDF 5.5.
"""
# MIT License; see LICENSE

from __future__ import annotations

from dataclasses import dataclass, field


def _spans(text: str) -> frozenset[int]:
    """The numbers of "0-5,12": both ends count."""
    found: set[int] = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)


@dataclass(frozen=True)
class Chip:
    """One chip: its GPIO numbers and what each is good for.

    `flash` are wired to the flash chip in every module; `psram` says, by kind of PSRAM, which
    more are; `strapping` says what the level at reset decides; `console` are UART0 and USB, by
    which the board is flashed and its prompt reached; `boot` is the BOOT button's pin.
    """

    name: str
    title: str
    pins: frozenset[int]
    flash: frozenset[int]
    strapping: dict[int, str]
    console: dict[int, str]
    boot: int
    adc: frozenset[int]
    i2s_ports: int
    input_only: frozenset[int] = frozenset()
    psram: dict[str, frozenset[int]] = field(default_factory=dict)


CHIPS = {
    chip.name: chip
    for chip in (
        Chip(
            name="esp32",
            title="ESP32",
            pins=_spans("0-23,25-27,32-39") - {20},
            flash=_spans("6-11"),
            strapping={
                0: "low at reset starts the loader instead of the program",
                2: "high at reset keeps the loader from starting",
                5: "its level at reset sets the timing of SDIO",
                12: "high at reset gives a 3.3 V flash 1.8 V, and the board does not boot",
                15: "low at reset silences the boot messages",
            },
            console={1: "UART0 TX", 3: "UART0 RX"},
            boot=0,
            adc=_spans("32-39"),
            i2s_ports=2,
            input_only=_spans("34-39"),
            psram={"none": frozenset(), "quad": _spans("16-17")},
        ),
        Chip(
            name="esp32s3",
            title="ESP32-S3",
            pins=_spans("0-21,26-48"),
            flash=_spans("26-32"),
            strapping={
                0: "low at reset starts the loader instead of the program",
                3: "its level at reset can choose where JTAG is",
                45: "high at reset gives a 3.3 V flash 1.8 V, and the board does not boot",
                46: "its level at reset has a part in starting the loader",
            },
            console={19: "USB D-", 20: "USB D+", 43: "UART0 TX", 44: "UART0 RX"},
            boot=0,
            adc=_spans("1-10"),
            i2s_ports=2,
            psram={"none": frozenset(), "quad": frozenset(), "octal": _spans("33-37")},
        ),
        Chip(
            name="esp32c3",
            title="ESP32-C3",
            pins=_spans("0-21"),
            flash=_spans("11-17"),
            strapping={
                2: "low at reset keeps the board from booting",
                8: "low at reset keeps the loader from starting",
                9: "low at reset starts the loader instead of the program",
            },
            console={18: "USB D-", 19: "USB D+", 20: "UART0 RX", 21: "UART0 TX"},
            boot=9,
            adc=_spans("0-4"),
            i2s_ports=1,
            psram={"none": frozenset()},
        ),
        Chip(
            name="esp32c6",
            title="ESP32-C6",
            pins=_spans("0-30") - {14},
            flash=_spans("24-30"),
            strapping={
                4: "its level at reset sets the timing of SDIO",
                5: "its level at reset sets the timing of SDIO",
                8: "low at reset keeps the loader from starting",
                9: "low at reset starts the loader instead of the program",
                15: "its level at reset can choose where JTAG is",
            },
            console={12: "USB D-", 13: "USB D+", 16: "UART0 TX", 17: "UART0 RX"},
            boot=9,
            adc=_spans("0-6"),
            i2s_ports=1,
            psram={"none": frozenset()},
        ),
    )
}
