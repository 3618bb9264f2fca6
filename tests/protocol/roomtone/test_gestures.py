"""One button: short, double, held, released, and contacts that bounce."""
# MIT License; see LICENSE

import unittest

from gestures import DOUBLE, HELD, LONG, RELEASED, SHORT, Gestures


def _play(gestures, *pieces):
    """Run (down, ms) pieces at 20 ms a sample; returns the gestures that came."""
    found = []
    now = 0
    for down, length_ms in pieces:
        for _ in range(length_ms // 20):
            gesture = gestures.sample(down, now)
            if gesture:
                found.append(gesture)
            now += 20
    return found


class TestGestures(unittest.TestCase):
    def test_short_press_is_told_at_once_when_double_means_nothing(self):
        self.assertEqual(_play(Gestures(), (True, 100), (False, 60)), [SHORT])

    def test_short_press_waits_for_a_second_when_that_has_a_meaning(self):
        gestures = Gestures()
        gestures.wait_for_double = True
        self.assertEqual(_play(gestures, (True, 100), (False, 200)), [])
        gestures = Gestures()
        gestures.wait_for_double = True
        self.assertEqual(_play(gestures, (True, 100), (False, 600)), [SHORT])

    def test_double_press(self):
        gestures = Gestures()
        gestures.wait_for_double = True
        pieces = ((True, 100), (False, 100), (True, 100), (False, 1000))
        self.assertEqual(_play(gestures, *pieces), [DOUBLE])

    def test_two_slow_presses_are_two(self):
        gestures = Gestures()
        gestures.wait_for_double = True
        pieces = ((True, 100), (False, 600), (True, 100), (False, 600))
        self.assertEqual(_play(gestures, *pieces), [SHORT, SHORT])

    def test_held_and_released(self):
        self.assertEqual(_play(Gestures(), (True, 2000), (False, 1000)), [HELD, RELEASED])

    def test_held_for_five_seconds_is_told_once(self):
        found = _play(Gestures(), (True, 9000), (False, 1000))
        self.assertEqual(found, [HELD, LONG, RELEASED])

    def test_press_then_hold_is_a_hold(self):
        gestures = Gestures()
        gestures.wait_for_double = True
        pieces = ((True, 100), (False, 100), (True, 800), (False, 800))
        self.assertEqual(_play(gestures, *pieces), [HELD, RELEASED])

    def test_bounces_are_one_press(self):
        gestures = Gestures()
        found = []
        for now in range(0, 400):
            down = 10 <= now < 200 and (now > 22 or now % 3 != 0)
            gesture = gestures.sample(down, now)
            if gesture:
                found.append(gesture)
        self.assertEqual(found, [SHORT])

    def test_spike_is_nothing(self):
        gestures = Gestures()
        self.assertEqual([gestures.sample(now == 5, now) for now in range(50)], [None] * 50)


if __name__ == "__main__":
    unittest.main()
