"""Where the setup page is reached: a Wi-Fi network of the board's own, or the host's loopback."""
# MIT License; see LICENSE

import asyncio

import captive
from micropython import const

_HTTP_PORT = const(80)
_DNS_PORT = const(53)
_HOST_PORT = const(8088)
_WPA2 = const(3)  # network.AUTH_WPA2_PSK
_OPEN = const(0)
_GUESTS = const(2)


class AccessPoint:
    """The board as an access point, called "Roomtone" and the end of its address.

    station: wifi.Wifi. password: "" for an open network. The ports are other ones in tests only.
    """

    has_radio = True

    def __init__(self, network, station, password, port=_HTTP_PORT, dns_port=_DNS_PORT):
        self.port = port
        self._dns_port = dns_port
        self._station = station
        self._password = password
        self._dns = None
        self._wlan = network.WLAN(network.WLAN.IF_AP)
        self.ip = ""
        self.ssid = ""

    def open(self):
        """Switch the network on. Raises OSError."""
        mac = self._wlan.config("mac")
        self.ssid = f"Roomtone {mac[4]:02X}{mac[5]:02X}"
        if self._password:
            self._wlan.config(
                ssid=self.ssid, security=_WPA2, password=self._password, max_clients=_GUESTS
            )
        else:
            self._wlan.config(ssid=self.ssid, security=_OPEN, max_clients=_GUESTS)
        self._wlan.active(True)
        self.ip = self._wlan.ifconfig()[0]
        self._dns = asyncio.create_task(captive.serve(self.ip, self._dns_port))

    def close(self):
        """Switch it off."""
        if self._dns:
            self._dns.cancel()
        self._wlan.active(False)

    def announce(self):
        """Tell at the console where the page is. The password is for whoever holds the board."""
        secret = f"password {self._password}" if self._password else "no password"
        print(
            f"Setup: join the Wi-Fi network {self.ssid} ({secret}), then open http://{self.names()[0]}/"
        )
        # What a phone's camera understands as a network.
        kind = f"T:WPA;P:{self._password};" if self._password else ""
        print(f"WIFI:S:{self.ssid};{kind};")

    def lines(self):
        """The same for a display."""
        return (self.ssid, self._password or "no password", self.names()[0])

    def names(self):
        """Hosts under which the page may be asked for; the first is the one to be sent to."""
        name = f"{self.ip}:{self.port}"
        return (self.ip, name) if self.port == _HTTP_PORT else (name,)

    def scan(self):
        """Networks in reach: a list of dicts for the page."""
        found = self._station.scan()[:20]
        return [{"ssid": ssid, "dbm": dbm, "locked": locked} for ssid, dbm, locked in found]

    def can_leave(self):
        """Whether the board has a network to go to when nobody sets it up."""
        return self._station.has_networks()

    async def join_network(self, app, new):
        """Be on a network; on the first of the settings when it is `new`. Raises NetworkError."""
        await app.care.renew_network().connect(new)


class HostNetwork:
    """A board whose host has the network: the page is on the loopback only."""

    has_radio = False
    ip = "127.0.0.1"

    def __init__(self, port=_HOST_PORT):
        self.port = port

    def open(self):
        """Nothing to switch on."""

    def close(self):
        """Nothing to switch off."""

    def announce(self):
        """Tell at the console where the page is."""
        print(f"Setup: open http://{self.ip}:{self.port}/")

    def lines(self):
        """The same for a display."""
        return (self.names()[0],)

    def names(self):
        """Hosts under which the page may be asked for."""
        return (f"{self.ip}:{self.port}", f"localhost:{self.port}")

    def scan(self):
        """There is no radio."""
        return []

    def can_leave(self):
        """The host's network is always there."""
        return True


def make(settings, station):
    """The setup network that this chip has; makes its password when there is none."""
    options = settings["board"]
    try:
        import network
    except ImportError:
        return HostNetwork(options.get("setup_port", _HOST_PORT))
    password = ""
    if not settings["setup.open"]:
        password = settings["setup.password"]
        if not password:
            from portal import new_password

            station.wake()  # without the radio a chip's random numbers are guessable
            password = new_password()
            settings.update({"setup.password": password})
    return AccessPoint(
        network,
        station,
        password,
        options.get("setup_port", _HTTP_PORT),
        options.get("setup_dns_port", _DNS_PORT),
    )
