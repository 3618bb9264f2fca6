"""Which port a board is at, and why one can't be used: said with the cure."""
# MIT License; see LICENSE

from __future__ import annotations

import errno
from types import SimpleNamespace

import pytest
import serial
from roomtone_host.device import ports
from roomtone_host.device.errors import DeviceError


def plug_in(monkeypatch, *found: tuple[str, int | None]) -> None:
    listed = [SimpleNamespace(device=name, vid=vid, description="") for name, vid in found]
    monkeypatch.setattr(ports.list_ports, "comports", lambda: listed)


def test_the_only_port_that_can_be_a_board_is_taken(monkeypatch):
    plug_in(monkeypatch, ("/dev/ttyS0", None), ("/dev/ttyUSB0", 0x10C4), ("/dev/ttyACM9", 0xBEEF))
    assert ports.choose(None) == "/dev/ttyUSB0"
    assert ports.choose("/dev/ttyS0") == "/dev/ttyS0"


def test_without_a_port_the_cable_is_suspected(monkeypatch):
    plug_in(monkeypatch, ("/dev/ttyS0", None))
    with pytest.raises(DeviceError) as caught:
        ports.choose(None)
    assert caught.value.code == "no-port"
    assert "carries data" in caught.value.cure


def test_of_several_ports_one_has_to_be_named(monkeypatch):
    plug_in(monkeypatch, ("/dev/ttyUSB0", 0x10C4), ("/dev/ttyACM0", 0x303A))
    # The chip's own USB comes first.
    assert [port.device for port in ports.candidates()] == ["/dev/ttyACM0", "/dev/ttyUSB0"]
    with pytest.raises(DeviceError, match="ttyACM0 .Espressif USB., /dev/ttyUSB0 .CP210x."):
        ports.choose(None)


@pytest.mark.parametrize(
    ("error", "code", "word"),
    [
        (OSError(errno.EACCES, "Permission denied"), "port-permission", "dialout"),
        (OSError(errno.EBUSY, "busy"), "port-busy", "serial monitor"),
        (serial.SerialException("Could not exclusively lock port"), "port-busy", "serial monitor"),
        (OSError(errno.ENOENT, "No such file"), "port-missing", "Plug"),
        (serial.SerialException("could not open port: [Errno 13] x"), "port-permission", ""),
        (serial.SerialException("device disconnected"), "cable-pulled", "cable"),
    ],
)
def test_why_a_port_fails_comes_with_the_cure(monkeypatch, error, code, word):
    monkeypatch.setattr(ports.sys, "platform", "linux")
    found = ports.explain("/dev/ttyUSB0", error)
    assert found.code == code
    assert word in found.cure
    assert "/dev/ttyUSB0" in found.text
