"""What each setting may be, what it is without a file, and what it means."""
# MIT License; see LICENSE

from fields import Field, ListField, PinField
from settings import SettingsError

NETWORK = {
    "ssid": Field(str, "", "Name of the network", 1, 32),
    "password": Field(str, "", "Its password", 8, 63, secret=True, or_empty=True),
}

FIELDS = {
    "server": Field(str, "", "Address of the room server, http(s)://HOST:PORT", 0, 200),
    "room": Field(str, "", "Id of the room to join", 0, 64),
    "name": Field(str, "Board", "What others see", 1, 64),
    "token": Field(str, "", "Token for the room, from the app server", 0, 2048, secret=True),
    "participant_id": Field(str, "", "Fixed participant id; empty lets the server choose", 0, 64),
    "certificate_sha256": PinField("SHA-256 that the server's certificate must have"),
    "ca_file": Field(str, "", "File with the CA certificate for the server, PEM or DER", 0, 128),
    "stun_server": Field(str, "", "HOST:PORT of a STUN server, for calls beyond the LAN", 0, 128),
    "codec": Field(str, "auto", "Codec to offer", choices=("auto", "opus", "pcmu", "pcma")),
    "volume": Field(int, 100, "Loudness of the speaker; 100 plays what came as it came", 0, 200),
    "microphone_volume": Field(int, 100, "Loudness of the microphone, 100 is as it is", 0, 200),
    "auto_join": Field(bool, False, "Join the room at power-on"),
    "stats_interval_ms": Field(int, 0, "Milliseconds between stats records; 0 is off", 0, 60000),
    "wifi.networks": ListField("Known Wi-Fi networks, ssid and password", 8, NETWORK, "ssid"),
    "wifi.country": Field(str, "XX", "Country code for the radio, two letters", 2, 2),
    "setup.password": Field(
        str,
        "",
        "Of the setup network; empty: the board makes one",
        8,
        63,
        secret=True,
        or_empty=True,
    ),
    "setup.open": Field(bool, False, "The setup network needs no password"),
    "webrepl.password": Field(
        str, "", "Switches WebREPL on, in clear text", 4, 9, secret=True, or_empty=True
    ),
    "ntp_server": Field(str, "pool.ntp.org", "Where the time for https comes from", 1, 128),
    # A look-up of a name stops everything, for some 10 s for each of the servers that is dead.
    "watchdog_s": Field(
        int, 60, "Restart after so many seconds of hanging", 40, 600, or_empty=True
    ),
    "auto_update": Field(bool, False, "Take signed updates from the server when idle"),
    "update_key_sha256": PinField("SHA-256 that the key of signed updates must have"),
    "board": Field(dict, {}, "Options of the board itself; see its README"),
}


def defaults():
    """The value of each setting that the file does not name."""
    return {name: FIELDS[name].default for name in FIELDS}


def lines(settings):
    """What a person may see: a list of "name = value  (meaning)", secrets hidden."""
    return [_line(name, settings[name]) for name in sorted(FIELDS)]


def _line(name, value):
    field = FIELDS[name]
    return f"{name} = {field.shown(value)}  ({field.text})"


def _field(name):
    if name not in FIELDS:
        raise SettingsError(f"there is no setting {name}")
    return FIELDS[name]


def check_tree(tree):
    """The values in the tree of a file, by name, and the names among them that are unknown.

    Newer firmware may have written those, before it was rolled back. Raises SettingsError.
    """
    if not isinstance(tree, dict):
        raise SettingsError("the settings must be a group in braces")
    values = {}
    for name in tree:
        if name not in FIELDS and isinstance(tree[name], dict):
            for leaf in tree[name]:
                values[f"{name}.{leaf}"] = tree[name][leaf]
        elif any(field.startswith(name + ".") for field in FIELDS):
            raise SettingsError(f"{name} must be a group in braces")
        else:
            values[name] = tree[name]
    unknown = []
    for name in sorted(values):
        if name in FIELDS:
            FIELDS[name].check(name, values[name])
        else:
            unknown.append(name)
    _check_server(values.get("server", ""))
    return values, unknown


def check_changes(changes):
    """The checked values of some fields. Raises SettingsError."""
    checked = {name: _field(name).check(name, changes[name]) for name in changes}
    _check_server(checked.get("server", ""))
    return checked


def _check_server(address):
    if address and not address.startswith(("http://", "https://")):
        raise SettingsError("server must start with http:// or https://")
