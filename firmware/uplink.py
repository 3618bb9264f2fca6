"""The network below a call: Wi-Fi on a chip, nothing on a board whose host has a network."""
# MIT License; see LICENSE

import asyncio

_NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"


class NetworkError(OSError):
    """The board has no network; the text says why, `retriable` whether waiting can help."""

    def __init__(self, text, retriable=True):
        super().__init__(text)
        self.retriable = retriable


class Wired:
    """A board that is always on a network, as the virtual one is. The interface of wifi.Wifi."""

    ssid = reason = ""
    held = False

    def has_networks(self):
        """The host's is always there."""
        return True

    def connected(self):
        """Always."""
        return True

    async def connect(self, first=False):
        """Nothing to do."""

    async def keep(self):
        """Nothing to do; never returns."""
        await asyncio.Event().wait()

    def in_call(self, calling):
        """Nothing to do."""

    def address(self):
        """Not known: the host chooses."""
        return ""

    def signal_dbm(self):
        """There is no radio."""
        return 0

    def scan(self):
        """There is no radio."""
        return ()


def hostname(name):
    """What a router shows for the board `name`: a DNS label, "roomtone" when nothing is left."""
    kept = [c if c in _NAME_CHARACTERS else "-" for c in name.lower()]
    return "".join(kept).strip("-")[:32] or "roomtone"


def link(settings):
    """The network that this firmware's chip has."""
    try:
        import network
    except ImportError:
        return Wired()
    from wifi import Wifi

    return Wifi(
        network,
        settings["wifi.networks"],
        settings["wifi.country"],
        hostname(settings["name"]),
    )
