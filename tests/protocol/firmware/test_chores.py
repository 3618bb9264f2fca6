"""The trial of an update: what shows that it works, and what it may take its time for."""
# MIT License; see LICENSE

import asyncio
import sys
import unittest

import chores
import trial
from uplink import NetworkError


class Network:
    """There from the third try on; `tries` counts."""

    def __init__(self):
        self.tries = 0

    async def connect(self):
        self.tries += 1
        if self.tries < 3:
            raise NetworkError("the access point is still starting")


class App:
    """An application with settings, a network below it, and nobody to call."""

    error = None

    def __init__(self, room):
        self.settings = {"room": room}
        self.care = self
        self.network = Network()
        self.joins = 0
        self.restarts = 0

    def join(self):
        self.joins += 1
        if self.joins == 2:
            self.error = ("board-failed", "no microphone")

    def restart(self):
        self.restarts += 1


class Release:
    version = "2.0"


class Updater:
    """Brings a release, and meanwhile somebody calls."""

    def __init__(self, app, board):
        self._app = app

    async def check(self, again):
        if again:
            raise MemoryError("heap")
        return Release()

    async def install(self, release):
        self._app.state = "connected"


class UpdaterModule:
    Updater = Updater
    UpdateError = KeyError


class TestUpdate(unittest.TestCase):
    def setUp(self):
        self._before = sys.modules.get("updater")
        sys.modules["updater"] = UpdaterModule

    def tearDown(self):
        del sys.modules["updater"]
        if self._before:
            sys.modules["updater"] = self._before

    def test_a_heap_that_is_too_full_is_told_and_ends_no_later_look(self):
        app = App("hall")
        app.network.tries = 3
        app.settings = app
        app.board_name = "test"
        told = asyncio.run(chores.update(app, again=True))
        self.assertEqual((told[:19], app.restarts), ("the update failed: ", 0))

    def test_a_call_that_began_meanwhile_is_not_cut_off(self):
        app = App("hall")
        app.network.tries = 3
        app.mode = "updating"
        app.settings = app  # the made-up Updater wants no more of them
        app.board_name = "test"

        async def go():
            update = asyncio.create_task(chores.update(app))
            await asyncio.sleep_ms(100)
            self.assertEqual((app.state, app.mode, app.restarts), ("connected", "", 0))
            app.state = "idle"
            return await update

        told = asyncio.run(go())
        self.assertEqual(app.restarts, 1)
        self.assertEqual(told, "release 2.0 is here; the board restarts")


class TestTrial(unittest.TestCase):
    def setUp(self):
        self._confirm = trial.confirm
        trial.confirm = self.confirm
        self._write = chores.crashlog.write
        chores.crashlog.write = lambda *_: None
        trial.on = True

    def tearDown(self):
        trial.confirm = self._confirm
        chores.crashlog.write = self._write
        trial.on = False

    def confirm(self):
        trial.on = False

    def test_without_a_room_the_network_is_enough_and_may_come_late(self):
        app = App("")
        asyncio.run(chores.end_trial(app))
        self.assertEqual((app.network.tries, app.restarts, trial.on), (3, 0, False))

    def test_a_board_that_can_not_join_goes_back(self):
        app = App("hall")
        asyncio.run(chores.end_trial(app))
        self.assertEqual((app.joins, app.restarts, trial.on), (2, 1, True))


if __name__ == "__main__":
    unittest.main()
