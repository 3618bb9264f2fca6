"""The watchdog: fed by the loop, then by a timer, and off when the settings say so."""
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


class _Timer:
    callback = None

    def __init__(self, number):
        pass

    def init(self, period, callback):
        _Timer.callback = callback


class _Machine:
    WDT = _Wdt
    Timer = _Timer


class TestWatchdog(unittest.TestCase):
    def setUp(self):
        self._before = sys.modules.get("machine")
        sys.modules["machine"] = _Machine
        _Wdt.made.clear()
        _Timer.callback = None

    def tearDown(self):
        if self._before is None:
            del sys.modules["machine"]
        else:
            sys.modules["machine"] = self._before

    def test_fed_by_the_loop_and_by_a_timer_once_the_loop_has_ended(self):
        dog = Watchdog(30)
        wdt = _Wdt.made[0]
        self.assertEqual(wdt.timeout, 30000)
        dog.feed()
        self.assertEqual(wdt.fed, 1)
        dog.rest()
        dog.rest()
        _Timer.callback(None)
        self.assertEqual(wdt.fed, 2)

    def test_zero_is_off(self):
        dog = Watchdog(0)
        dog.feed()
        dog.rest()
        self.assertEqual(_Wdt.made, [])
        self.assertIsNone(_Timer.callback)


if __name__ == "__main__":
    unittest.main()
