"""Keeps the board on one of its Wi-Fi networks: the strongest, for ever, with reasons in words."""
# MIT License; see LICENSE

import asyncio
import time

from micropython import const
from uplink import NetworkError

_POLL_MS = const(100)
# The driver finds its access point again by itself; after this another network gets a chance.
_LOST_MS = const(8000)
_WATCH_MS = const(1000)
_PAUSE_MS = const(2000)
# STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP of the ESP32 port.
_UNDER_WAY = (1000, 1001, 1010)

# What wlan.status() says once it has given up: esp_wifi_types.h, wifi_err_reason_t.
_WRONG_PASSWORD = "the password is wrong"
_REASONS = {
    2: _WRONG_PASSWORD,  # AUTH_EXPIRE, what some access points say to a wrong one
    15: _WRONG_PASSWORD,  # 4WAY_HANDSHAKE_TIMEOUT
    202: _WRONG_PASSWORD,  # AUTH_FAIL
    204: _WRONG_PASSWORD,  # HANDSHAKE_TIMEOUT
    4: "the access point let go of the board",
    5: "the access point has too many guests",
    200: "the access point went silent",
    201: "no such network in reach",
    203: "the access point refuses the board",
    205: "the connection failed",
    210: "the network wants a kind of security that the board lacks",
    211: "the network's security is weaker than asked for",
    212: "the signal is too weak",
}


class Wifi:
    """One station on the best of `networks`, a list of {"ssid", "password"}.

    network: MicroPython's module of that name. country: two letters. hostname: what the router
    and mDNS call the board. `ssid` is the network in use, "" when there is none; `reason` says in
    words why the last try failed. `held`: not to look for a lost network by itself, as the radio
    is the setup page's: each look takes it off the air for its guests.
    """

    # One try of one network: association, keys and DHCP take 1 to 3 s, with a crowd 8.
    try_ms = 10000
    # The driver keeps the reason of an earlier failure until something new happens: a reason that
    # was there before the try is only believed after this.
    stale_ms = 5000

    def __init__(self, network, networks, country="XX", hostname="roomtone"):
        self.reason = ""
        self.held = False
        self._network = network
        self._networks = networks
        network.hostname(hostname)
        try:
            network.country(country)
        except (OSError, ValueError, RuntimeError):
            print(f"wifi.country: there is no country {country}; the world's channels are used")
        self._wlan = network.WLAN(network.WLAN.IF_STA)
        # The radio outlives this object, and a soft reset too.
        self.ssid = self._wlan.config("ssid") if self._wlan.isconnected() else ""
        self._trying = asyncio.Lock()

    def has_networks(self):
        """Whether there is a network to connect to."""
        return bool(self._networks)

    def connected(self):
        """Whether there is a link and an address."""
        return self._wlan.isconnected()

    def address(self):
        """The board's IPv4 address, "" while it has none."""
        return self._wlan.ifconfig()[0] if self._wlan.isconnected() else ""

    def signal_dbm(self):
        """Strength of the access point, 0 when not connected; below -75 calls suffer."""
        return self._wlan.status("rssi") if self._wlan.isconnected() else 0

    def in_call(self, calling):
        """Power saving holds packets back for 100 to 300 ms, so there is none in a call."""
        wlan = self._network.WLAN
        self._wlan.config(pm=wlan.PM_NONE if calling else wlan.PM_PERFORMANCE)

    def wake(self):
        """Switch the radio on."""
        self._wlan.active(True)

    def scan(self):
        """What is in reach, strongest first: a list of (ssid, dBm, whether it has a password).

        Takes two seconds, in which nothing else runs.
        """
        self._wlan.active(True)
        best = {}
        for ssid, _, _, dbm, security, _ in self._wlan.scan():
            try:
                name = ssid.decode()
            except UnicodeError:
                continue  # a name that nobody can type
            if name and (name not in best or best[name][1] < dbm):
                best[name] = (name, dbm, security != 0)
        return sorted(best.values(), key=lambda found: -found[1])

    async def connect(self, first=False):
        """Be on a network. Raises NetworkError that says for each network why not.

        first: on the first of them and no other, even when connected already: it is new.
        """
        async with self._trying:
            try:
                if first or not self._wlan.isconnected():
                    await self._connect(first)
            except NetworkError:
                raise
            except (OSError, RuntimeError) as error:
                self.reason = f"the radio says {error}"
                raise NetworkError("Wi-Fi: " + self.reason) from None

    async def _connect(self, first):
        self._wlan.active(True)
        self._wlan.disconnect()  # a driver that is connecting can't look around
        reasons = []
        retriable = False
        for entry in self._networks[:1] if first else self._order():
            why = await self._try(entry["ssid"], entry.get("password") or None)
            if not why:
                return
            retriable = retriable or why != _WRONG_PASSWORD
            reasons.append("{}: {}".format(entry["ssid"], why))
        self.reason = "; ".join(reasons)
        text = "Wi-Fi " + (self.reason or "has no network in the settings")
        raise NetworkError(text, retriable)

    async def keep(self):
        """Come back after each loss, without limit; never returns."""
        lost_ms = 0
        while True:
            await asyncio.sleep_ms(_WATCH_MS)
            lost_ms = 0 if self._wlan.isconnected() else lost_ms + _WATCH_MS
            if lost_ms < _LOST_MS or self.held:
                continue
            try:
                await self.connect()
            except (OSError, RuntimeError):
                await asyncio.sleep_ms(_PAUSE_MS)

    def _order(self):
        """The networks to try: those in reach by strength, then those that may be hidden."""
        if len(self._networks) < 2:
            return self._networks
        seen = [found[0] for found in self.scan()]
        place = {name: index for index, name in enumerate(seen)}
        return sorted(self._networks, key=lambda entry: place.get(entry["ssid"], len(seen)))

    async def _try(self, ssid, password):
        """Try one network; returns "" or why not."""
        wlan = self._wlan
        # With one retry instead of endless ones the driver tells its reason.
        wlan.disconnect()
        wlan.config(reconnects=1)
        stale = wlan.status()
        start = time.ticks_ms()
        wlan.connect(ssid, password)
        while not wlan.isconnected():
            await asyncio.sleep_ms(_POLL_MS)
            status = wlan.status()
            passed_ms = time.ticks_diff(time.ticks_ms(), start)
            if status in _UNDER_WAY:
                if passed_ms >= self.try_ms:
                    wlan.disconnect()
                    return "no answer"
            elif status != stale or passed_ms >= self.stale_ms:
                return _REASONS.get(status, f"it failed with reason {status}")
        wlan.config(reconnects=-1)
        self.ssid = ssid
        self.reason = ""
        return ""
