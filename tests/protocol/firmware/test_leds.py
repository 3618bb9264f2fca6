"""LEDs and buttons on pins: each word has a rhythm of its own, written only when it changes."""
# MIT License; see LICENSE

import sys
import time
import unittest

from patterns import PATTERNS, Animator


class _Pin:
    IN, OUT, PULL_UP, PULL_DOWN = range(4)

    def __init__(self, number, mode=None, pull=None, value=None):
        self.made = (number, mode, pull)
        self.level = value
        self.writes = 0
        _made.append(self)

    def value(self, level=None):
        if level is None:
            return self.level
        self.level = int(level)
        self.writes += 1
        return None


class _Pwm:
    def __init__(self, pin, freq, duty_u16):
        self.duty = duty_u16
        _made.append(self)

    def duty_u16(self, duty):
        self.duty = duty


class _Adc:
    ATTN_11DB = 3

    def __init__(self, pin, atten):
        self.uv = 3300000
        _made.append(self)

    def read_uv(self):
        return self.uv


class _Machine:
    Pin = _Pin
    PWM = _Pwm
    ADC = _Adc

    @staticmethod
    def bitstream(pin, encoding, timing, buffer):
        _sent.append(bytes(buffer))


_made = []
_sent = []


def _rhythm(word):
    """On and off of `word` in 20 ms samples over four seconds, as an LED without PWM shows it."""
    animator = Animator()
    shown = []
    for now_ms in range(0, 4000, 20):
        animator.show(word, now_ms)
        shown.append(animator.level >= 128)
    return tuple(shown)


class _WithMachine(unittest.TestCase):
    def setUp(self):
        self._before = sys.modules.get("machine")
        sys.modules["machine"] = _Machine
        _made.clear()
        _sent.clear()

    def tearDown(self):
        if self._before is None:
            del sys.modules["machine"]
        else:
            sys.modules["machine"] = self._before


class TestPatterns(unittest.TestCase):
    def test_every_meaning_has_its_own_rhythm_without_colour_and_dimming(self):
        words = sorted(set(PATTERNS) - {"test"})
        seen = {}
        for word in words:
            rhythm = _rhythm(word)
            self.assertFalse(rhythm in seen.values(), word)
            seen[word] = rhythm
        self.assertFalse(any(seen["off"]))
        self.assertTrue(all(seen["live"]))

    def test_an_unknown_word_is_seen(self):
        self.assertTrue(any(_rhythm("nonsense")))

    def test_a_word_begins_at_its_beginning(self):
        animator = Animator()
        animator.show("muted", 0)
        animator.show("muted", 450)
        self.assertEqual(animator.level, 0)
        self.assertTrue(animator.show("error", 450))
        self.assertEqual(animator.level, 255)

    def test_nothing_to_write_while_nothing_changes(self):
        animator = Animator()
        self.assertTrue(animator.show("live", 5))
        changes = [now for now in range(20, 20000, 20) if animator.show("live", now)]
        self.assertEqual(changes, [])

    def test_the_wrap_of_ticks_is_no_trouble(self):
        animator = Animator()
        animator.show("error", (1 << 30) - 60)
        levels = set()
        for ms in range(0, 1000, 20):
            animator.show("error", time.ticks_add((1 << 30) - 60, ms))
            levels.add(animator.level)
        self.assertEqual(levels, {0, 255})


class TestLeds(_WithMachine):
    def test_a_plain_led_is_on_for_live_and_off_for_off(self):
        from led_gpio import GpioLed

        for active_high in (True, False):
            _made.clear()
            led = GpioLed(2, active_high=active_high)
            pin = _made[0]
            self.assertEqual(pin.made[:2], (2, _Pin.OUT))
            self.assertEqual(pin.level, 0 if active_high else 1)
            led.show("live")
            self.assertEqual(pin.level, 1 if active_high else 0)
            writes = pin.writes
            led.show("live")
            self.assertEqual(pin.writes, writes)
            led.show("off")
            self.assertEqual(pin.level, 0 if active_high else 1)

    def test_a_dimmed_led_uses_the_range_of_pwm(self):
        from led_gpio import GpioLed

        for active_high, dark, bright in ((True, 0, 0xFFFF), (False, 0xFFFF, 0)):
            _made.clear()
            led = GpioLed(2, active_high=active_high, pwm=True)
            self.assertEqual(_made[1].duty, dark)
            led.show("test")
            self.assertEqual(_made[1].duty, bright)
            led.show("live")
            self.assertTrue(0 < _made[1].duty < 0xFFFF)

    def test_neopixels_get_their_colours_in_the_order_of_the_wire(self):
        from led_neopixel import NeoPixelLed

        led = NeoPixelLed(48, count=2, order="GRB", brightness=255)
        self.assertEqual(_sent, [bytes(6)])
        led.show("error")
        self.assertEqual(_sent[-1], b"\x00\xff\x00" * 2)
        led = NeoPixelLed(48, order="RGBW", brightness=100)
        led.show("error")
        self.assertEqual(_sent[-1], b"\x64\x00\x00\x00")
        count = len(_sent)
        led.show("error")
        self.assertEqual(len(_sent), count)

    def test_neopixels_without_number_are_refused(self):
        from led_neopixel import NeoPixelLed

        for count in (0, 65):
            with self.assertRaises(ValueError):
                NeoPixelLed(48, count=count)


class TestButtons(_WithMachine):
    def test_levels_and_resistors(self):
        from button_gpio import GpioButton

        for options, pull, down in (
            ((0,), _Pin.PULL_UP, 0),
            ((0, False), _Pin.PULL_DOWN, 1),
            ((39, True, False), None, 0),
        ):
            _made.clear()
            button = GpioButton(*options)
            pin = _made[0]
            self.assertEqual(pin.made, (options[0], _Pin.IN, pull))
            pin.level = down
            self.assertTrue(button.pressed())
            pin.level = 1 - down
            self.assertFalse(button.pressed())

    def test_a_button_of_a_ladder_has_its_own_voltage(self):
        from button_adc import AdcButton

        button = AdcButton(5, 300, 500)
        adc = _made[-1]
        self.assertFalse(button.pressed())
        for uv, down in ((380000, True), (299999, False), (500001, False)):
            adc.uv = uv
            self.assertEqual(button.pressed(), down)


if __name__ == "__main__":
    unittest.main()
