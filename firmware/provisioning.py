"""What a new board is told: by its page, by the console, by `roomtone provision`."""
# MIT License; see LICENSE

import invite
from micropython import const
from settings import SettingsError

_NETWORKS = const(8)
# Field of a form: the setting that it becomes.
_FIELDS = {
    "server": "server",
    "room": "room",
    "token": "token",
    "name": "name",
    "country": "wifi.country",
    "auto_join": "auto_join",
    "certificate_sha256": "certificate_sha256",
    "update_key_sha256": "update_key_sha256",
}


def apply(settings, given):
    """Check what was given, a dict, and save it; returns the settings' names, sorted.

    Besides the fields above: `ssid` and `password` of a network, `invite`, a link. What is empty
    stays as it is. Raises SettingsError, and then nothing changes.
    """
    changes = {}
    given = {name: given[name] for name in given if given[name] not in ("", None)}
    link = given.pop("invite", None)
    if link is not None:
        try:
            changes.update(invite.parse(_text("invite", link)))
        except invite.InviteError as error:
            raise SettingsError(str(error)) from None
    ssid = given.pop("ssid", None)
    password = given.pop("password", None)
    if ssid is not None:
        changes["wifi.networks"] = _with_network(settings["wifi.networks"], ssid, password)
    elif password is not None:
        raise SettingsError("ssid is missing: a password of which network?")
    for name in given:
        if name not in _FIELDS:
            raise SettingsError(f"there is no field {name}")
        changes[_FIELDS[name]] = given[name]
    if "server" in changes:
        _forget_old_server(settings, changes)
    settings.update(changes)
    return sorted(changes)


def _with_network(known, ssid, password):
    """The networks with this one first. Without a password the known one stays."""
    entry = {"ssid": ssid, "password": password or ""}
    rest = []
    for network in known:
        if network["ssid"] != ssid:
            rest.append(network)
        elif password is None:
            entry = network
    return ([entry] + rest)[:_NETWORKS]


def _forget_old_server(settings, changes):
    """A token and pins belong to one server: they go with it, unless new ones come."""
    if changes["server"] != settings["server"]:
        for name in ("token", "certificate_sha256", "update_key_sha256"):
            if settings[name]:
                changes.setdefault(name, "")


def _text(name, value):
    if not isinstance(value, str):
        raise SettingsError(f"{name} must be a text in quotes")
    return value
