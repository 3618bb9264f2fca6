"""The loader: slots switch and fall back, crashes are kept in bounds, safe mode by the button."""
# MIT License; see LICENSE

import os
import sys
import time
import unittest

import crashlog
import safemode
import switch
import trial

_BOARD = """
class Button:
    def pressed(self):
        return True


def button():
    return Button()
"""


def _put(path, text):
    at = path.find("/")
    while at > 0:
        if not switch.exists(path[:at]):
            os.mkdir(path[:at])
        at = path.find("/", at + 1)
    with open(path, "w") as file:
        file.write(text)


def _get(path):
    with open(path) as file:
        return file.read()


class _InFolder(unittest.TestCase):
    """Each test has a folder of its own as the board's file system."""

    def setUp(self):
        self._home = os.getcwd()
        self._folder = f"test-loader-{time.ticks_us()}.tmp"
        os.mkdir(self._folder)
        os.chdir(self._folder)

    def tearDown(self):
        os.chdir(self._home)
        switch.discard(self._folder)
        trial.on = False


class TestTrial(_InFolder):
    """app.txt and some/deep.txt are replaced, new.txt is added, gone.txt is removed."""

    def setUp(self):
        super().setUp()
        self._fill()

    def _fill(self):
        for folder in ("next", "previous"):
            switch.discard(folder)
        if switch.exists("new.txt"):
            os.remove("new.txt")
        for path in ("app.txt", "some/deep.txt", "gone.txt"):
            _put(path, "old")

    def _stage(self):
        for path in ("app.txt", "some/deep.txt", "new.txt"):
            _put("next/" + path, "new")
        _put("next/undo", "+app.txt\n+some/deep.txt\n-new.txt\n+gone.txt\n")
        _put("previous/number", "9")
        _put("next/commit", "keep\n+app.txt\n+some/deep.txt\n+new.txt\n-gone.txt\n")

    def _boot(self):
        switch.finish()
        trial.begin()
        return trial.on

    def _is_old(self):
        self.assertEqual((_get("app.txt"), _get("some/deep.txt"), _get("gone.txt")), ("old",) * 3)
        self.assertFalse("new.txt" in os.listdir())

    def _is_new(self):
        self.assertEqual((_get("app.txt"), _get("some/deep.txt"), _get("new.txt")), ("new",) * 3)
        self.assertFalse("gone.txt" in os.listdir())

    def test_without_an_update_there_is_no_trial(self):
        self.assertFalse(self._boot())
        self._is_old()

    def test_an_update_that_comes_up_stays(self):
        self._stage()
        self.assertTrue(self._boot())
        self._is_new()
        trial.confirm()
        for _ in range(3):
            self.assertFalse(self._boot())
        self._is_new()
        self.assertFalse("previous" in os.listdir() or "next" in os.listdir())
        self.assertEqual(trial.refused(), 0)

    def test_an_update_gets_two_tries_and_the_old_files_come_back(self):
        self._stage()
        self.assertTrue(self._boot())
        self.assertTrue(self._boot())
        self._is_new()
        self.assertFalse(self._boot())
        self._is_old()
        self.assertEqual(trial.refused(), 9)
        self.assertFalse(self._boot())
        self.assertFalse("previous" in os.listdir() or "next" in os.listdir())

    def test_power_may_fail_at_every_step_of_a_switch_and_of_the_way_back(self):
        for boots, check in ((1, self._is_new), (3, self._is_old)):
            step = 0
            while True:
                self._fill()
                self._stage()
                failed = self._boots_with_power_for(step, boots)
                # What power interrupted may have cost tries; the files are whole in any case.
                self._boot() if boots == 1 else self._until_old()
                check()
                if not failed:
                    break
                step += 1
            self.assertTrue(step > 10)

    def _until_old(self):
        for _ in range(4):
            self._boot()

    def _boots_with_power_for(self, steps, boots):
        power = _Power(steps)
        try:
            for _ in range(boots):
                self._boot()
            return False
        except _PowerCut:
            return True
        finally:
            power.restore()

    def test_a_deployment_by_cable_ends_the_trial(self):
        self._stage()
        self._boot()
        _put("next/app.txt", "cable")
        _put("next/commit", "+app.txt\n")
        for _ in range(4):
            self.assertFalse(self._boot())
        self.assertEqual(_get("app.txt"), "cable")

    def test_broken_counters_count_as_nothing(self):
        self._stage()
        self._boot()
        _put("previous/tries", "x")
        self.assertTrue(self._boot())
        _put("refused", "")
        self.assertEqual(trial.refused(), 0)


class _PowerCut(Exception):
    pass


class _Power:
    """Lets the loader change the file system `steps` times; then everything stops."""

    def __init__(self, steps):
        self._left = steps
        self._os = switch.os
        switch.os = trial.os = self

    def restore(self):
        switch.os = trial.os = self._os

    def _change(self, name, *arguments):
        if not self._left:
            raise _PowerCut
        self._left -= 1
        return getattr(self._os, name)(*arguments)

    def rename(self, old, new):
        return self._change("rename", old, new)

    def remove(self, path):
        return self._change("remove", path)

    def mkdir(self, path):
        return self._change("mkdir", path)

    def rmdir(self, path):
        return self._change("rmdir", path)

    def listdir(self, path):
        return self._os.listdir(path)

    def stat(self, path):
        return self._os.stat(path)


class TestCrashLog(_InFolder):
    def test_nothing_at_first(self):
        self.assertEqual(crashlog.read(), "")
        crashlog.forget()

    def test_entries_have_words_and_traceback(self):
        try:
            raise ValueError("the reason")
        except ValueError as error:
            crashlog.write("while connected", error)
        text = crashlog.read()
        for part in ("while connected", "ValueError", "the reason", "heap"):
            self.assertTrue(part in text, text)

    def test_the_newest_are_kept_within_four_kilobytes(self):
        for number in range(80):
            crashlog.write(f"crash number {number}.")
        text = crashlog.read()
        self.assertTrue(len(text) <= 4096)
        self.assertTrue(text.startswith("--- "))
        self.assertTrue("number 79." in text)
        self.assertFalse("number 1." in text)

    def test_one_huge_entry_loses_its_middle(self):
        crashlog.write("deep", ValueError("x" * 5000))
        self.assertTrue(len(crashlog.read()) < 2000)

    def test_a_heap_that_is_full_hides_nothing(self):
        class Full:
            def __new__(cls):
                raise MemoryError

        class Io:
            StringIO = Full

        before = crashlog.io
        crashlog.io = Io
        try:
            crashlog.write("while reconnecting", MemoryError("heap"))
        finally:
            crashlog.io = before
        self.assertEqual(crashlog.read(), "")

    def test_a_watchdog_reset_tells_what_the_board_did(self):
        class Rtc:
            kept = b""

            def memory(self, data=None):
                if data is None:
                    return Rtc.kept
                Rtc.kept = data
                return None

        class Machine:
            RTC = Rtc
            WDT_RESET = 3
            cause = 3

            @staticmethod
            def reset_cause():
                return Machine.cause

        before = sys.modules.get("machine")
        sys.modules["machine"] = Machine
        try:
            crashlog.doing("connected")
            crashlog.note_reset()
            self.assertTrue("watchdog restarted the board; it was connected" in crashlog.read())
            crashlog.forget()
            Machine.cause = 1
            crashlog.doing("connected")
            crashlog.note_reset()
            self.assertEqual(crashlog.read(), "")
        finally:
            if before is None:
                del sys.modules["machine"]
            else:
                sys.modules["machine"] = before


class _Finger:
    """A button that is down from `down_ms` to `up_ms` after it was made."""

    def __init__(self, down_ms, up_ms):
        self._start = time.ticks_ms()
        self._down_ms = down_ms
        self._up_ms = up_ms

    def pressed(self):
        now = time.ticks_diff(time.ticks_ms(), self._start)
        return self._down_ms <= now < self._up_ms


class TestSafeMode(unittest.TestCase):
    def test_held_pressed_late_and_brushed(self):
        for finger, window_ms, held in (
            (_Finger(0, 9999), 0, True),
            (_Finger(60, 9999), 150, True),
            (_Finger(0, 40), 150, False),
            (_Finger(9999, 9999), 0, False),
        ):
            self.assertEqual(safemode._held(finger, window_ms), held)

    def test_looking_leaves_no_module_behind(self):
        other = sys.modules.pop("board", None)  # what another test stood in for it
        _put("desk/board.py", _BOARD)
        sys.path.insert(0, "desk")
        try:
            before = set(sys.modules)
            self.assertTrue(safemode.look())
            self.assertEqual(set(sys.modules) - before, set())
        finally:
            safemode.on = False
            sys.path.remove("desk")
            os.remove("desk/board.py")
            if other:
                sys.modules["board"] = other


if __name__ == "__main__":
    unittest.main()
