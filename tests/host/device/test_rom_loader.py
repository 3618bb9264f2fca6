"""Flashing over esptool's own code: the right image at the right place, and nothing else."""
# MIT License; see LICENSE

from __future__ import annotations

import dataclasses

import pytest
import stock
from roomtone_host.device import images
from roomtone_host.device.chips import CHIPS
from roomtone_host.device.errors import DeviceError
from roomtone_host.device.loader import Loader


def flash(port: str, image: images.Image) -> list[tuple[str, float]]:
    told: list[tuple[str, float]] = []
    with Loader(port) as loader:
        loader.write(image, lambda step, done: told.append((step, done)))
        loader.restart()
    return told


@pytest.mark.parametrize("chip", CHIPS)
def test_the_image_lies_where_the_chip_boots_from(plugged, chip):
    board = plugged(chip)
    image = images.check(stock.image_for(chip), "stock.bin")
    told = flash(board.pty, image)
    offset = 0x1000 if chip == "esp32" else 0
    flashed = board.rom.flash
    assert flashed[offset : offset + len(image.data)] == image.data
    assert board.rom.erased == 1
    assert set(flashed[:offset]) <= {0xFF}
    assert set(flashed[offset + len(image.data) :]) == {0xFF}
    assert told[0] == ("erase", 0.0)
    assert told[-1] == ("verify", 1.0)
    writes = [done for step, done in told if step == "write"]
    assert writes == sorted(writes)
    assert writes[-1] == 1.0


@pytest.mark.parametrize("chip", CHIPS)
def test_the_chip_is_named(plugged, chip):
    board = plugged(chip)
    with Loader(board.pty) as loader:
        found = loader.identify()
    assert found.chip.name == chip
    assert found.flash_size == "4MB"


@pytest.mark.parametrize("chip", [name for name in CHIPS if name != "esp32"])
def test_an_image_for_another_chip_is_refused_before_the_erase(plugged, chip):
    board = plugged(chip)
    before = bytes(board.rom.flash)
    with pytest.raises(DeviceError, match="is for ESP32, this chip is an ESP32-.*nothing was"):
        flash(board.pty, images.read(stock.official()))
    assert board.rom.flash == before


def test_a_cable_pulled_at_half_is_said_plainly_and_the_second_try_succeeds(plugged):
    board = plugged("esp32", pull_at=0.5)
    image = images.read(stock.official())
    with pytest.raises(DeviceError) as caught:
        flash(board.pty, image)
    assert caught.value.code == "cable-pulled"
    assert "The cable was pulled at " in caught.value.text
    assert "% of the write" in caught.value.text
    assert "run the same command again" in caught.value.cure
    board.plug()
    flash(board.pty, image)
    assert board.rom.flash[0x1000 : 0x1000 + len(image.data)] == image.data


def test_ctrl_c_in_the_middle_says_what_the_board_is_left_with(plugged):
    def stop_at_half(step, done):
        if step == "write" and done >= 0.5:
            raise KeyboardInterrupt

    image = images.read(stock.official())
    with (
        pytest.raises(DeviceError, match=r"You stopped it at \d\d% of the write: .* no whole"),
        Loader(plugged("esp32").pty) as loader,
    ):
        loader.write(image, stop_at_half)


def test_flash_that_does_not_hold_what_was_written_is_found_out(plugged):
    board = plugged("esp32c3")
    board.rom.corrupt = True
    with pytest.raises(DeviceError, match="reads back is not what was written"):
        flash(board.pty, images.check(stock.image_for("esp32c3"), "stock.bin"))


def test_a_locked_chip_is_left_alone(plugged):
    board = plugged("esp32c3")
    # ESP32-C3 TRM, EFUSE_RD_REPEAT_DATA2_REG: SECURE_BOOT_EN is bit 20.
    board.rom._registers[0x60008838] = 1 << 20
    image = images.check(stock.image_for("esp32c3"), "stock.bin")
    with pytest.raises(DeviceError) as caught:
        flash(board.pty, image)
    assert caught.value.code == "chip-locked"
    assert board.rom.erased == 0


def test_an_image_that_is_too_long_is_refused(plugged):
    board = plugged("esp32")
    image = images.read(stock.official())
    long = dataclasses.replace(image, data=image.data + bytes(4 << 20))
    with pytest.raises(DeviceError, match="will not fit"):
        flash(board.pty, long)


def test_a_port_that_is_not_there_is_named():
    with pytest.raises(DeviceError, match="There is no port /dev/ttyNOWHERE"):
        Loader("/dev/ttyNOWHERE").__enter__()


def test_a_silent_chip_is_told_how_to_enter_its_loader(plugged, monkeypatch):
    board = plugged("esp32")
    monkeypatch.setattr(board.rom, "feed", lambda data: b"")
    monkeypatch.setattr("roomtone_host.device.loader._CONNECT_ATTEMPTS", 1)
    with pytest.raises(DeviceError, match="Hold BOOT, press RESET"):
        Loader(board.pty).__enter__()
