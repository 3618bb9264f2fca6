"""The network below a call: Wi-Fi on a chip, nothing on a board whose host has a network."""
# MIT License; see LICENSE

import asyncio
import time

from micropython import const

_POLL_MS = const(100)


class NetworkError(OSError):
    """The board has no network; the text says why."""


class Wifi:
    """Keeps the board on one Wi-Fi network. `network` is MicroPython's module of that name."""

    def __init__(self, network, ssid, password, country="XX"):
        self._network = network
        self._ssid = ssid
        self._password = password
        network.country(country)
        self._wlan = network.WLAN(network.WLAN.IF_STA)

    async def connect(self, timeout_ms=15000):
        """Be on the network; the driver then reconnects by itself. Raises NetworkError."""
        if self._wlan.isconnected():
            return
        self._wlan.active(True)
        # Modem sleep holds packets back for 100 to 300 ms: no power saving in a call.
        self._wlan.config(pm=self._network.WLAN.PM_NONE)
        start = time.ticks_ms()
        if self._wlan.status() != self._network.STAT_CONNECTING:
            # A second connect() while the first is under way raises.
            self._wlan.connect(self._ssid, self._password)
        while not self._wlan.isconnected():
            if time.ticks_diff(time.ticks_ms(), start) >= timeout_ms:
                raise NetworkError(f"Wi-Fi {self._ssid}: {self._why()}")
            await asyncio.sleep_ms(_POLL_MS)

    def _why(self):
        status = self._wlan.status()
        if status == getattr(self._network, "STAT_WRONG_PASSWORD", None):
            return "the password is wrong"
        if status == getattr(self._network, "STAT_NO_AP_FOUND", None):
            return "no such network in reach"
        return f"no answer (status {status})"

    def address(self):
        """The board's IPv4 address, "" while it has none."""
        return self._wlan.ifconfig()[0] if self._wlan.isconnected() else ""


class Wired:
    """A board that is always on a network, as the virtual one is."""

    async def connect(self, timeout_ms=0):
        """Nothing to do."""

    def address(self):
        """Not known: the host chooses."""
        return ""


def link(settings):
    """The network that this firmware's chip has. Raises NetworkError when Wi-Fi has no name."""
    try:
        import network
    except ImportError:
        return Wired()
    if not settings["wifi.ssid"]:
        raise NetworkError("wifi.ssid is not set")
    return Wifi(
        network, settings["wifi.ssid"], settings["wifi.password"], settings["wifi.country"]
    )
