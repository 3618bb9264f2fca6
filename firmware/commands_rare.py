"""Console commands that are typed once in a while: loaded for it, then dropped."""
# MIT License; see LICENSE

import asyncio

import crashlog
import provisioning
from micropython import const
from settings import SettingsError

_LEVEL_LINES = const(15)
_LEVEL_MS = const(200)
_EXAMPLE = 'for example provision({"ssid": "home", "password": "..", "invite": "https://.."})'


def provision(app, given):
    """Take settings from a person or a program; returns whether they were taken."""
    try:
        kept = provisioning.apply(app.settings, given or {})
    except SettingsError as error:
        print(error)
        return False
    app.care.renew_network()
    print("kept: " + ", ".join(kept) if kept else _EXAMPLE)
    return True


def wifi(app):
    """Print the networks in reach."""
    for name, dbm, locked in app.care.network.scan():
        print(f"{dbm:5} dBm  {name}{'' if locked else '  (open)'}")


def crashes(word):
    """Print the crash log; "forget" empties it."""
    print(crashlog.read() or "nothing went wrong")
    if word == "forget":
        crashlog.forget()


def tone(app):
    """Play two notes."""
    if _is_free(app, app.speaker):
        asyncio.create_task(_tone(app.speaker))


def level(app):
    """Show the microphone's level for three seconds."""
    if _is_free(app, app.microphone):
        asyncio.create_task(_level(app.microphone))


def _is_free(app, device):
    if device is None or app.room:
        print("it did not start" if device is None else "leave the room first")
    return device is not None and not app.room


async def _tone(speaker):
    from soundtest import chime

    await chime(speaker)
    print("two notes were played")


async def _level(microphone):
    from soundtest import Level

    meter = Level(microphone)
    meter.look()
    for _ in range(_LEVEL_LINES):
        await asyncio.sleep_ms(_LEVEL_MS)
        dbov = meter.look()
        print(f"{dbov:4} dBov " + "#" * ((dbov + 127) // 3))
    await meter.close()
