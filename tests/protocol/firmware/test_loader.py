"""The loader: slots switch and fall back, crashes are kept in bounds, safe mode by the button."""
# MIT License; see LICENSE

import json
import os
import sys
import time
import unittest

import crashlog
import safemode
import slots

_FILES = ("slots.json", "slots.json.new", "crash.log", "crash.log.new")


def _put(path, text):
    with open(path, "w") as file:
        file.write(text)


def _clean():
    for name in _FILES:
        if name in os.listdir():
            os.remove(name)
    for slot in slots.SLOTS:
        if slot in os.listdir():
            for name in os.listdir(slot):
                os.remove(slot + "/" + name)
            os.rmdir(slot)


def _make(slot, number=7):
    os.mkdir(slot)
    _put(slot + "/release.json", json.dumps({"number": number, "version": "1.0"}))


class _InFolder(unittest.TestCase):
    def setUp(self):
        _clean()
        self._path = list(sys.path)

    def tearDown(self):
        _clean()
        sys.path[:] = self._path
        slots.current = ""
        slots.on_trial = False

    def _boot(self):
        """As a reset: forget, choose again; returns (slot, on trial)."""
        sys.path[:] = self._path
        slots.current = ""
        slots.on_trial = False
        slots.choose()
        return slots.current, slots.on_trial


class TestSlots(_InFolder):
    def test_without_a_file_the_root_runs(self):
        self.assertEqual(self._boot(), ("", False))
        self.assertEqual(sys.path, self._path)

    def test_an_update_that_comes_up_stays(self):
        _make("slot_a")
        slots.stage("slot_a")
        self.assertEqual(self._boot(), ("slot_a", True))
        self.assertEqual(sys.path[:2], ["slot_a", "slot_a/lib"])
        slots.confirm()
        for _ in range(4):
            self.assertEqual(self._boot(), ("slot_a", False))

    def test_an_update_gets_two_tries_and_is_then_refused(self):
        _make("slot_a", 9)
        slots.stage("slot_a")
        self.assertEqual(self._boot(), ("slot_a", True))
        self.assertEqual(self._boot(), ("slot_a", True))
        self.assertEqual(self._boot(), ("", False))
        self.assertEqual(slots.load()["refused"], [9])
        self.assertEqual(self._boot(), ("", False))

    def test_a_failure_falls_back_to_the_update_before(self):
        _make("slot_a", 8)
        slots.stage("slot_a")
        self._boot()
        slots.confirm()
        self.assertEqual(slots.spare(), "slot_b")
        _make("slot_b", 9)
        slots.stage("slot_b")
        self.assertEqual([self._boot()[0] for _ in range(3)], ["slot_b", "slot_b", "slot_a"])
        self.assertEqual(slots.spare(), "slot_b")

    def test_nobody_writes_where_the_firmware_runs_or_falls_back_to(self):
        _make("slot_a")
        slots.stage("slot_a")
        self._boot()
        self.assertEqual(slots.spare(), "slot_b")
        slots.confirm()
        _make("slot_b")
        slots.stage("slot_b")
        self._boot()
        slots.confirm()
        self._boot()
        self.assertEqual(slots.spare(), "slot_a")

    def test_a_slot_that_is_not_whole_is_never_run(self):
        os.mkdir("slot_a")
        for text in ("", "{", '{"number": "7"}', "[]", '{"version": "1"}'):
            _put("slot_a/release.json", text)
            slots.stage("slot_a")
            self.assertEqual(self._boot(), ("", False))

    def test_a_broken_choice_means_the_root(self):
        _make("slot_a")
        for text in (
            "",
            "[]",
            "null",
            '{"active": 5, "tries": "x"}',
            '{"active": "../x"}',
            "\x00",
        ):
            _put("slots.json", text)
            self.assertEqual(self._boot(), ("", False))

    def test_a_deployment_by_cable_wins(self):
        _make("slot_a")
        slots.stage("slot_a")
        self._boot()
        slots.confirm()
        slots.back_to_root()
        slots.back_to_root()
        self.assertEqual(self._boot(), ("", False))


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
        for number in range(200):
            crashlog.write(f"crash number {number}.")
        text = crashlog.read()
        self.assertTrue(len(text) <= 4096)
        self.assertTrue(text.startswith("--- "))
        self.assertTrue("number 199." in text)
        self.assertFalse("number 1." in text)

    def test_one_huge_entry_loses_its_middle(self):
        crashlog.write("deep", ValueError("x" * 5000))
        self.assertTrue(len(crashlog.read()) < 2000)

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
        os.chdir("/tmp")
        before = set(sys.modules)
        self.assertFalse(safemode.look())
        self.assertEqual(set(sys.modules) - before, set())


if __name__ == "__main__":
    unittest.main()
