"""What can be typed at the console: small functions of the application that print what they do."""
# MIT License; see LICENSE

import asyncio

from caretaker import drop
from settings import SettingsError


def join(app):
    app.join()
    print("joining" if app.room is None else app.state)


def leave(app):
    app.leave()
    print("left" if app.state == "idle" else "leaving")


def mute(app):
    _need_room(app) and app.set_muted(True)


def unmute(app):
    _need_room(app) and app.set_muted(False)


def volume(app, percent=None):
    if percent is not None:
        _try_settings(app, {"volume": percent})
        if app.room:
            app.room.volume = app.settings["volume"]
    print(f"volume {app.settings['volume']}")


def status(app):
    print(_from("status_table").text(app))


def participants(app):
    for one in app.room.participants.values() if app.room else ():
        print(f"{one.participant_id}  {one.name}  {one.kind}  {list(one.streams.values())}")


def say(app, text):
    if _need_room(app):
        asyncio.create_task(_send(app.room, text))


def settings(app, name=None, value=None):
    if name is None:
        print("\n".join(app.settings.lines()))
    elif _try_settings(app, {name: value}):
        print(f"{name} is set; it counts from the next join")


def update(app, again=False):
    asyncio.create_task(_update(app, bool(again)))


def crashes(app, word=""):
    _from("commands_rare").crashes(word)


def setup(app, word=""):
    if word == "end":
        app.care.end_setup()
    else:
        app.care.begin_setup()


def provision(app, given=None):
    return _from("commands_rare").provision(app, given)


def wifi(app, ssid=None, password=""):
    if ssid is None:
        _from("commands_rare").wifi(app)
    else:
        provision(app, {"ssid": str(ssid), "password": str(password)})


def tone(app):
    _from("commands_rare").tone(app)


def level(app):
    _from("commands_rare").level(app)


def restart(app):
    app.restart()


def help(app):
    print(_from("handbook").TEXT)


def shutdown(app):
    app.shutdown()


def describe(app):
    """What `roomtone status --json` prints: a dict of plain values."""
    room = app.room
    speaker = room.active_speaker if room else None
    reason = room.reason if room else None
    found = app.stats()
    found["state"] = app.state
    if reason or app.error:
        code, text = (reason.code, reason.text) if reason else app.error
        found["reason"] = f"{code}: {text}"
    if room:
        found["session"] = room.session_id
        found["participant"] = room.local.participant_id
        found["present"] = len(room.participants)
        found["speaking"] = speaker.participant_id if speaker else None
        found["volume"] = room.volume
    return found


def _need_room(app):
    if app.room is None:
        print("not in a room")
    return app.room is not None


def _try_settings(app, changes):
    try:
        app.settings.update(changes)
        return True
    except SettingsError as error:
        print(error)
    except OSError as error:
        print(f"the settings can't be kept: {error}")
    return False


def _from(name):
    """A module that is loaded for one command; its heap comes back once that has ended."""
    module = __import__(name)
    drop((name, "provisioning", "invite", "soundtest"))
    return module


async def _update(app, again):
    print("update: " + await app.care.update(again))


async def _send(room, text):
    from roomtone import RoomError

    try:
        await room.send("text", text)
    except (RoomError, ValueError) as error:
        print(error)
