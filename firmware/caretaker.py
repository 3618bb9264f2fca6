"""What a board needs around its calls: network, time, watchdog, updates and their trial."""
# MIT License; see LICENSE

import asyncio
import gc
import sys
import time

import crashlog
import trial
import uplink
from micropython import const
from watchdog import Watchdog

# A release on trial has this long to join: an access point and a server may be slow to come.
_TRIAL_MS = const(150000)
_LOOK_MS = const(1000)
_FIRST_LOOK_S = const(60)
_LOOK_S = const(24 * 3600)
_SETUP_MODULES = (
    "portal", "httpd", "captive", "setup_network", "provisioning", "invite", "soundtest",
)  # fmt: skip


class Caretaker:
    """Keeps `app` (app.App) able to make calls. `mode` is the LED's word while it works, or ""."""

    def __init__(self, app):
        self.mode = ""
        self.network = None
        self._app = app
        self._watchdog = Watchdog(0)
        self._tasks = []
        self._keeper = self._portal = None

    def start(self):
        """Begin, once the settings are loaded."""
        settings = self._app.settings
        asyncio.get_event_loop().set_exception_handler(_tell_fault)
        self._watchdog = Watchdog(settings["watchdog_s"])
        self.renew_network()
        if not self.network.has_networks():
            self.begin_setup()
        if trial.on:
            self._tasks.append(asyncio.create_task(self._end_trial()))
        elif settings["auto_update"]:
            self._tasks.append(asyncio.create_task(self._look_for_updates()))

    def stop(self):
        """The application ends."""
        for task in self._tasks + [self._keeper]:
            if task:
                task.cancel()
        self._watchdog.rest()

    def renew_network(self):
        """Use the networks that the settings have now; returns the network."""
        if self._keeper:
            self._keeper.cancel()
        self.network = uplink.link(self._app.settings)
        self._keeper = asyncio.create_task(self.network.keep())
        return self.network

    def tick(self):
        """Called every 20 ms."""
        self._watchdog.feed()

    async def prepare_call(self):
        """Network and time for a call. Raises NetworkError, ClockError."""
        await self.network.connect()
        self.network.in_call(True)
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

    async def _end_trial(self):
        """Join, to show that the update can; restart when it does not, which costs it a try."""
        app = self._app
        if not app.settings["room"]:
            await self.network.connect()
            trial.confirm()  # there is no room to show it in
        start = time.ticks_ms()
        while trial.on and time.ticks_diff(time.ticks_ms(), start) < _TRIAL_MS:
            if app.error and app.error[0] == "board-failed":
                break
            app.join()
            await asyncio.sleep_ms(_LOOK_MS)
        if trial.on:
            crashlog.write("the update did not join")
            app.restart()

    # -- setup -------------------------------------------------------------------------------

    def begin_setup(self):
        """Open the setup page; it ends by itself. Does nothing while something else is on."""
        if not self.mode:
            self.mode = "setup"
            self._tasks.append(asyncio.create_task(self._set_up()))

    def end_setup(self):
        """Close the setup page."""
        if self._portal:
            self._portal.end()

    async def _set_up(self):
        import setup_network
        from portal import Portal

        try:
            access = setup_network.make(self._app.settings, self.network)
            self._portal = Portal(self._app, access)
            await self._portal.run()
            print("setup is closed")
        except OSError as error:
            print("setup does not open:", error)
        finally:
            self._portal = None
            self.mode = ""
            _unload(_SETUP_MODULES)

    # -- updates -----------------------------------------------------------------------------

    async def update(self, again=False):
        """Look for an update and install it; restarts the board when there was one.

        again: also take a release that did not come up before. Returns what happened in words.
        """
        from release import ReleaseError
        from roomtone import RoomError
        from updater import UpdateError, Updater

        if self._app.room:
            return "leave the room first"
        if self.mode:
            return f"busy: {self.mode}"
        self.mode = "updating"
        try:
            await self.network.connect()
            updater = Updater(self._app.settings, self._app.board_name)
            release = await updater.check(again)
            if release is None:
                return "up to date"
            print(f"fetching release {release.version}")
            await updater.install(release)
        except (UpdateError, ReleaseError, RoomError) as error:
            return f"{error.code}: {_text(error)}"
        except (OSError, ValueError) as error:
            return f"the update failed: {error}"
        finally:
            self.mode = ""
        self._app.restart()
        return f"release {release.version} is here; the board restarts"

    async def _look_for_updates(self):
        await asyncio.sleep(_FIRST_LOOK_S)
        while True:
            if self._app.state in ("idle", "failed"):
                print("update: " + await self.update())
            await asyncio.sleep(_LOOK_S)


def _unload(names):
    """Give back the heap of modules that are needed once; none of them has native code."""
    for name in names:
        sys.modules.pop(name, None)
    gc.collect()


def _text(error):
    return getattr(error, "text", None) or str(error)


def _tell_fault(loop, context):
    """A task that nobody waits for broke: log it, as the board goes on."""
    error = context["exception"]
    print(context["message"])
    sys.print_exception(error)
    crashlog.write("a task broke", error)
