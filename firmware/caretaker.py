"""What a board needs around its calls: network, time, watchdog, and its chores."""
# MIT License; see LICENSE

import asyncio
import gc
import sys

import crashlog
import trial
import uplink
from micropython import const
from watchdog import Watchdog

_PAUSE_MS = const(1000)
# Access points that start or are far refuse a right password now and then.
_MOST_REFUSALS = const(3)
_TRIAL_S = const(60)
_TELL_MS = const(500)
_LETTERS = const(16)
_FIRST_LOOK_S = const(60)
_LOOK_S = const(24 * 3600)
# Modules of chores, none of which has machine code: their heap comes back.
_CHORES = (
    "chores", "portal", "httpd", "captive", "setup_network", "provisioning", "invite",
    "soundtest", "updater", "release", "fetch",
)  # fmt: skip


class Caretaker:
    """Keeps `app` (app.App) able to make calls. `mode` is the LED's word while it works, or ""."""

    def __init__(self, app):
        self.mode = ""
        self.network = None
        self.portal = None
        self._app = app
        self._watchdog = Watchdog(0)
        self._tasks = []
        self._keeper = None
        self._tell = None
        self._told_ms = 0

    def start(self):
        """Begin, once the settings are loaded."""
        settings = self._app.settings
        asyncio.get_event_loop().set_exception_handler(_tell_fault)
        # main.py started it for a trial, whatever the settings say: it wants to be fed.
        self._watchdog = Watchdog(settings["watchdog_s"] or (_TRIAL_S if trial.on else 0))
        self._tell = getattr(self._app.led, "tell", None)  # only a display has that
        self.renew_network()
        if settings["webrepl.password"]:
            self._begin(self._open_console())
        if trial.on:
            import chores

            self._begin(chores.end_trial(self._app))
        elif not self.network.has_networks():
            self.begin_setup()
        elif settings["auto_update"]:
            self._begin(self._look_for_updates())

    def stop(self):
        """The application ends."""
        for task in self._tasks + [self._keeper]:
            if task:
                task.cancel()
        self._watchdog.rest()

    def tick(self, now_ms):
        """Called every 20 ms."""
        self._watchdog.feed()
        if self._tell and now_ms - self._told_ms >= _TELL_MS:
            self._told_ms = now_ms
            self._tell(self._lines())

    def _lines(self):
        """What a display says under the state's word: where, who, and what is wrong."""
        app = self._app
        if self.portal:
            return self.portal.lines()
        if app.error:
            # Sixteen letters a line: a display breaks a sentence where it must.
            text = app.error[1]
            return [text[at : at + _LETTERS] for at in range(0, len(text), _LETTERS)]
        if not app.room:
            return (app.settings["name"], app.settings["room"])
        speaker = app.room.active_speaker
        count = len(app.room.participants)
        return (
            app.room.room_id,
            f"{count} other" + ("" if count == 1 else "s"),
            speaker.name if speaker else "",
        )

    def renew_network(self):
        """Use the networks that the settings have now; returns the network."""
        if self._keeper:
            self._keeper.cancel()
        self.network = uplink.link(self._app.settings)
        self.network.held = self.portal is not None
        self._keeper = asyncio.create_task(self.network.keep())
        return self.network

    # -- calls -------------------------------------------------------------------------------

    async def prepare_call(self):
        """Network and time for a call, however long that takes: routers start slowly, too.

        Raises NetworkError where waiting does not help.
        """
        refusals = 0
        while True:
            try:
                await self.network.connect()
                await self._set_clock()
                break
            except uplink.NetworkError as error:
                refusals = 0 if error.retriable else refusals + 1
                if refusals == _MOST_REFUSALS:
                    raise
                self._app.tell_trouble("no-network", str(error))
            await asyncio.sleep_ms(_PAUSE_MS)
        self.network.in_call(True)

    async def _set_clock(self):
        """Only the dates of a CA's certificate need it; a pin has none."""
        settings = self._app.settings
        if settings["ca_file"] and settings["server"].startswith("https:"):
            import clock

            await clock.ensure(settings["ntp_server"])

    def call_ended(self):
        """The radio may sleep again."""
        if self.network:
            self.network.in_call(False)

    def note_state(self, state):
        """The room's state is now `state`."""
        crashlog.doing(state)
        if state == "connected" and trial.on:
            trial.confirm()
            print("the update has joined: it stays")
            if not self._app.settings["auto_join"]:
                self._app.leave()

    # -- chores ------------------------------------------------------------------------------

    def begin_setup(self):
        """Open the setup page; it ends by itself. Does nothing while another chore is on."""
        if not self.mode:
            self.mode = "setup"  # now, so that a second wish finds it
            self._begin(self._set_up())

    def end_setup(self):
        """Close the setup page."""
        if self.portal:
            self.portal.end()

    async def update(self, again=False):
        """Look for an update and install it; returns what happened in words. See chores.update."""
        if self._app.state not in ("idle", "failed"):
            return "leave the room first"
        if self.mode:
            return f"busy: {self.mode}"
        import chores

        return await self._chore("updating", chores.update(self._app, again))

    async def _set_up(self):
        import chores

        await self._chore("setup", chores.set_up(self._app))

    async def _chore(self, mode, work):
        self.mode = mode
        try:
            return await work
        finally:
            self.mode = ""
            drop(_CHORES)

    async def _open_console(self):
        while not self.network.connected():
            await asyncio.sleep_ms(_PAUSE_MS)
        import remote_console

        remote_console.begin(self._app.settings["webrepl.password"])

    async def _look_for_updates(self):
        await asyncio.sleep(_FIRST_LOOK_S)
        while True:
            if self._app.state in ("idle", "failed"):
                print("update: " + await self.update())
            await asyncio.sleep(_LOOK_S)

    def _begin(self, work):
        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(asyncio.create_task(work))


def drop(names):
    """Give back the heap of modules that are not needed any more."""
    for name in names:
        if name in sys.modules:
            del sys.modules[name]
    gc.collect()


def _tell_fault(loop, context):
    """A task that nobody waits for broke: log it, as the board goes on."""
    error = context["exception"]
    print(context["message"])
    sys.print_exception(error)
    crashlog.write("a task broke", error)
