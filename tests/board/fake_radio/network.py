"""MicroPython's module `network` for a virtual board, with three networks in the air.

It is put into the board's directory, where `import network` finds it first. While a file `gone`
is there, nobody answers.
"""
# MIT License; see LICENSE

import os

AIR = (
    ("Lighthouse", -48, "correct horse"),
    ("Caf\u00e9 free", -71, ""),
    ("Neighbours", -83, "no"),
)
_IDLE, _GOT_IP, _NO_AP, _WRONG_PASSWORD = 1000, 1010, 201, 202

_station = None
STAT_IDLE = _IDLE


def country(code):
    """Taken, and of no effect."""


def hostname(name):
    """Taken, and of no effect."""


class _Point:
    options = {}

    def active(self, up):
        self.up = up

    def config(self, what=None, **options):
        self.options.update(options)
        return b"\x24\x0a\xc4\x00\xbe\xef" if what == "mac" else None

    def ifconfig(self):
        return ("127.0.0.1", "", "", "")


class _Station(_Point):
    def __init__(self):
        self.state = _IDLE
        self.ssid = ""

    def config(self, what=None, **options):
        return self.ssid if what == "ssid" else super().config(what, **options)

    def scan(self):
        found = [(n.encode(), b"mac", 1, dbm, 3 if p else 0, False) for n, dbm, p in AIR]
        return found + found[:1]  # a second access point of the same network

    def connect(self, ssid, password):
        known = {name: secret for name, _, secret in AIR}
        self.ssid = ssid
        if ssid not in known or "gone" in os.listdir():
            self.state = _NO_AP
        elif known[ssid] != (password or ""):
            self.state = _WRONG_PASSWORD
        else:
            self.state = _GOT_IP

    def disconnect(self):
        self.state = _IDLE

    def isconnected(self):
        return self.state == _GOT_IP

    def status(self, what=None):
        return -48 if what == "rssi" else self.state


class WLAN:
    """The station, which is one, or the access point."""

    IF_STA, IF_AP = 0, 1
    PM_NONE, PM_PERFORMANCE = 0, 1

    def __new__(cls, interface):
        global _station  # noqa: PLW0603
        if interface == cls.IF_AP:
            return _Point()
        if _station is None:
            _station = _Station()
        return _station
