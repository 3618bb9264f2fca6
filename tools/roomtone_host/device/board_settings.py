"""Runs on the board: sets settings from a cable, beside the application or without it."""
# MIT License; see LICENSE

import json
import sys

_NETWORKS = 8


def provision_by_cable(text):
    """Set what the JSON in `text` holds: {"changes": {...}, "network": {"ssid", "password"}}.

    Prints {"kept": names} or {"error": sentence}. The network is added before those known.
    """
    if "lib" not in sys.path:
        sys.path.append("lib")
    from settings import Settings, SettingsError

    # The application holds settings of its own, which must hear of it.
    application = globals().get("app")
    kept = application.settings if application else Settings()
    try:  # noqa: SIM105 (a chip has no contextlib)
        kept.load()
    except SettingsError:
        pass  # a broken file is what this is for
    given = json.loads(text)
    changes = given["changes"]
    network = given["network"]
    if network:
        known = [one for one in kept["wifi.networks"] if one["ssid"] != network["ssid"]]
        changes["wifi.networks"] = ([network] + known)[:_NETWORKS]
    try:
        kept.update(changes)
    except SettingsError as error:
        print(json.dumps({"error": str(error)}))
        return
    print(json.dumps({"kept": sorted(changes)}))
