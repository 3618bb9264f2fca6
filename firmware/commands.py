"""What can be typed at the console: small functions that print what they did."""
# MIT License; see LICENSE

import asyncio

from micropython import const
from settings import SettingsError

_LEVEL_LINES = const(15)
_LEVEL_MS = const(200)
_PROVISION = 'for example provision({"ssid": "home", "password": "..", "invite": "https://.."})'
# Words that need no brackets: `volume 70` is `volume(70)`.
BARE = (
    "join", "leave", "mute", "unmute", "volume", "status", "participants", "say", "settings",
    "help", "shutdown", "setup", "wifi", "tone", "level", "update", "crashes", "restart",
)  # fmt: skip

_HELP = """\
In a call
  join                 join the room of the settings
  leave                leave it
  mute, unmute         pause and resume the microphone
  volume 70            loudness of the speaker, 0 to 200; without a number: show it
  say "text"           send a text to everyone in the room
  participants         who else is here
The board
  status               what it does: state, network, people, sound, memory
  settings             show them; settings("name", "Kitchen") sets one
  setup                open the setup page; setup("end") closes it
  provision({..})      set up from here: ssid, password, invite, server, room, token, name
  wifi                 networks in reach; wifi("home", "password") adds one
  tone, level          test the speaker, test the microphone
  update               look for a signed update on the server, and install it
  crashes              what went wrong; crashes("forget") empties the log
  restart, shutdown    start again; leave, and end the application
Any other line is Python; `await` works too, and `app` is the application."""


def table(app):
    """The console's names, bound to `app`."""
    here = {"app": app, "asyncio": asyncio, "__name__": "__main__"}

    def join():
        app.join()
        print("joining" if app.room is None else app.state)

    def leave():
        app.leave()
        print("left" if app.state == "idle" else "leaving")

    def mute():
        _need_room(app) and app.set_muted(True)

    def unmute():
        _need_room(app) and app.set_muted(False)

    def volume(percent=None):
        if percent is not None:
            _try_settings(app, {"volume": percent})
            if app.room:
                app.room.volume = app.settings["volume"]
        print(f"volume {app.settings['volume']}")

    def status():
        import status_table

        print(status_table.text(app))

    def participants():
        for one in app.room.participants.values() if app.room else ():
            print(f"{one.participant_id}  {one.name}  {one.kind}  {list(one.streams.values())}")

    def say(text):
        if _need_room(app):
            asyncio.create_task(_send(app.room, text))

    def settings(name=None, value=None):
        if name is None:
            print("\n".join(app.settings.lines()))
        elif _try_settings(app, {name: value}):
            print(f"{name} is set; it counts from the next join")

    def update(again=False):
        asyncio.create_task(_update(app, bool(again)))

    def crashes(word=""):
        import crashlog

        print(crashlog.read() or "nothing went wrong")
        if word == "forget":
            crashlog.forget()

    def setup(word=""):
        if word == "end":
            app.care.end_setup()
        else:
            app.care.begin_setup()

    def provision(given=None):
        return _provision(app, given)

    def wifi(ssid=None, password=""):
        if ssid is not None:
            return _provision(app, {"ssid": str(ssid), "password": str(password)})
        for name, dbm, locked in app.care.network.scan():
            print(f"{dbm:5} dBm  {name}{'' if locked else '  (open)'}")
        return None

    def tone():
        _need_sound(app, app.speaker) and asyncio.create_task(_tone(app.speaker))

    def level():
        _need_sound(app, app.microphone) and asyncio.create_task(_level(app.microphone))

    def restart():
        app.restart()

    def help():
        print(_HELP)

    def shutdown():
        app.shutdown()

    for function in (join, leave, mute, unmute, volume, status, participants, say, settings):
        here[function.__name__] = function
    for function in (setup, provision, wifi, tone, level, update, crashes, restart):
        here[function.__name__] = function
    here["help"] = help
    here["shutdown"] = shutdown
    return here


def describe(app):
    """What `status` prints: a dict of plain values."""
    room = app.room
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
        found["speaking"] = room.active_speaker
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
        return False


def _provision(app, given):
    """Take settings from a person or from `roomtone provision`; returns whether it went well."""
    import provisioning

    try:
        kept = provisioning.apply(app.settings, given or {})
    except SettingsError as error:
        print(error)
        return False
    app.care.renew_network()
    print("kept: " + ", ".join(kept) if kept else _PROVISION)
    return True


def _need_sound(app, device):
    if device is None or app.room:
        print("it did not start" if device is None else "leave the room first")
    return device is not None and not app.room


async def _tone(speaker):
    from soundtest import chime

    await chime(speaker)
    print("two notes were played")


async def _level(microphone):
    from soundtest import Level

    level = Level(microphone)
    level.look()
    for _ in range(_LEVEL_LINES):
        await asyncio.sleep_ms(_LEVEL_MS)
        dbov = level.look()
        print(f"{dbov:4} dBov " + "#" * ((dbov + 127) // 3))
    await level.close()


async def _update(app, again):
    print("update: " + await app.care.update(again))


async def _send(room, text):
    from roomtone import RoomError

    try:
        await room.send("text", text)
    except (RoomError, ValueError) as error:
        print(error)
