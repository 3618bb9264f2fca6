"""Runs on the board: takes settings over a cable, beside the application or without it."""
# MIT License; see LICENSE

import json
import sys


def provision_by_cable(text):
    """Give the fields in `text`, JSON, to firmware/provisioning.py.

    Prints {"kept": names of settings} or {"error": sentence}.
    """
    if "lib" not in sys.path:
        sys.path.append("lib")
    import provisioning
    from settings import Settings, SettingsError

    application = globals().get("app")
    kept = application.settings if application else Settings()
    if not application:
        try:  # noqa: SIM105 (a chip has no contextlib)
            kept.load()
        except SettingsError:
            pass  # a broken file is what this is for
    try:
        print(json.dumps({"kept": provisioning.apply(kept, json.loads(text))}))
    except SettingsError as error:
        print(json.dumps({"error": str(error)}))
        return
    if application:
        application.care.renew_network()
