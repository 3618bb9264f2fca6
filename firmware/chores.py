"""What a board does now and then: setup, updates, the trial of one. Loaded when it is due."""
# MIT License; see LICENSE

import asyncio
import time

import crashlog
import trial
from micropython import const

# A release on trial has this long to join: an access point and a server may be slow to come.
_TRIAL_MS = const(150000)
_LOOK_MS = const(1000)


async def set_up(app):
    """Open the setup page, until it is done with or nobody looks any more."""
    import setup_network
    from portal import Portal

    care = app.care
    try:
        access = setup_network.make(app.settings, care.network)
        care.portal = Portal(app, access)
        care.network.held = True
        await care.portal.run()
        print("setup is closed")
    except OSError as error:
        print("setup does not open:", error)
    finally:
        care.portal = None
        care.network.held = False


async def end_trial(app):
    """Join, to show that the update can; restart when it does not, which costs it a try."""
    start = time.ticks_ms()
    while trial.on and time.ticks_diff(time.ticks_ms(), start) < _TRIAL_MS:
        if app.error and app.error[0] == "board-failed":
            break
        if app.settings["room"]:
            app.join()
        else:
            await _show_network(app)
        await asyncio.sleep_ms(_LOOK_MS)
    if trial.on:
        crashlog.write("the update did not join")
        app.restart()


async def _show_network(app):
    """Where there is no room to join, an update that reaches the network stays."""
    try:
        await app.care.network.connect()
    except OSError as error:
        print("trial:", error)
        return
    trial.confirm()


async def update(app, again=False):
    """Look for an update and install it; restarts the board when there was one.

    again: also take a release that did not come up before. Returns what happened in words.
    """
    from release import ReleaseError
    from roomtone import RoomError
    from updater import UpdateError, Updater

    try:
        await app.care.network.connect()
        updater = Updater(app.settings, app.board_name)
        release = await updater.check(again)
        if release is None:
            return "up to date"
        print(f"fetching release {release.version}")
        await updater.install(release)
    except (UpdateError, ReleaseError, RoomError) as error:
        return f"{error.code}: {_text(error)}"
    except (OSError, ValueError, MemoryError) as error:
        return f"the update failed: {error}"
    app.care.mode = ""
    while app.state not in ("idle", "failed") or app.care.mode:
        await asyncio.sleep_ms(_LOOK_MS)  # what was begun meanwhile is not cut off
    app.restart()
    return f"release {release.version} is here; the board restarts"


def _text(error):
    return getattr(error, "text", None) or str(error)
