"""The watchdog: fed by the loop, given a week at the prompt, off when the settings say so."""
# MIT License; see LICENSE

import sys
import unittest

from watchdog import Watchdog


class _Wdt:
    made = []

    def __init__(self, timeout):
        self.timeout = timeout
        self.fed = 0
        _Wdt.made.append(self)

    def feed(self):
        self.fed += 1


class _Machine:
    WDT = _Wdt


class TestWatchdog(unittest.TestCase):
    def setUp(self):
        self._before = sys.modules.get("machine")
        sys.modules["machine"] = _Machine
        _Wdt.made.clear()

    def tearDown(self):
        if self._before is None:
            del sys.modules["machine"]
        else:
            sys.modules["machine"] = self._before

    def test_fed_by_the_loop_and_given_a_week_once_the_loop_has_ended(self):
        dog = Watchdog(30)
        wdt = _Wdt.made[0]
        self.assertEqual(wdt.timeout, 30000)
        dog.feed()
        self.assertEqual(wdt.fed, 1)
        dog.rest()
        self.assertEqual(_Wdt.made[-1].timeout, 7 * 24 * 3600 * 1000)
        self.assertTrue(_Wdt.made[-1].timeout * 4 < 1 << 32)  # what the driver computes with

    def test_zero_is_off(self):
        dog = Watchdog(0)
        dog.feed()
        dog.rest()
        self.assertEqual(_Wdt.made, [])


if __name__ == "__main__":
    unittest.main()
