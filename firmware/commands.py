"""What can be typed at the console: small functions that print what they did."""
# MIT License; see LICENSE

import asyncio

from settings import SettingsError

# Words that need no brackets: `volume 70` is `volume(70)`.
BARE = (
    "join", "leave", "mute", "unmute", "volume", "status", "participants", "say", "settings",
    "help", "shutdown", "update", "crashes", "restart",
)  # fmt: skip

_HELP = """\
join                  join the room of the settings
leave                 leave it
mute, unmute          pause and resume the microphone
volume 70             loudness of the speaker, 0 to 200; without a number: show it
status                state, reason, session, sound
participants          who else is here
say "text"            send a text to everyone in the room
settings              show them; settings("name", "Kitchen") sets one
update                look for a signed update on the server, and install it
crashes               what went wrong last; crashes("forget") empties the log
restart               leave, and start the board again
shutdown              leave, and end the application
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
        for name, value in sorted(describe(app).items()):
            print(f"{name}: {value}")

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

    def restart():
        app.restart()

    def help():
        print(_HELP)

    def shutdown():
        app.shutdown()

    for function in (join, leave, mute, unmute, volume, status, participants, say, settings):
        here[function.__name__] = function
    for function in (update, crashes, restart, help, shutdown):
        here[function.__name__] = function
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


async def _update(app, again):
    print("update: " + await app.care.update(again))


async def _send(room, text):
    from roomtone import RoomError

    try:
        await room.send("text", text)
    except (RoomError, ValueError) as error:
        print(error)
