"""Registers, expanders and the power chip: what is read back, and what errors say."""
# MIT License; see LICENSE

import unittest

from audio.chips.aw9523 import Aw9523
from audio.chips.axp2101 import ALDO1, DLDO1, Axp2101
from audio.chips.es8311 import Es8311
from audio.chips.pi4ioe5v6408 import Pi4ioe5v6408
from audio.chips.registers import ChipError, Registers
from audio.chips.tca9554 import Tca9554
from audio.chips.wm8960 import Wm8960
from i2c import Chip, bus


class Case(unittest.TestCase):
    def attach(self, address, chip):
        self.bus.devices[address] = chip
        return chip


class TestErrors(Case):
    def setUp(self):
        self.bus = bus({})

    def text_of(self, action, *args):
        with self.assertRaises(ChipError) as caught:
            action(*args)
        self.assertIsInstance(caught.exception, OSError)
        return str(caught.exception)

    def test_an_empty_bus_is_about_the_wires(self):
        text = self.text_of(Es8311(self.bus).start, 16000, 4096000)
        self.assertIn("ES8311 does not answer at 0x18 on I2C(0, scl=18, sda=17", text)
        self.assertIn("SDA and SCL are not swapped", text)

    def test_a_bus_with_others_is_about_the_chip(self):
        self.attach(0x40, Chip())
        text = self.text_of(Es8311(self.bus).start, 16000, 4096000)
        self.assertIn("0x40 did", text)
        self.assertIn("address pins", text)

    def test_a_chip_that_answers_a_scan_only_is_about_speed(self):
        class Flaky(Chip):
            def write(self, data):
                raise OSError(110)

        self.attach(0x1A, Flaky())
        text = self.text_of(Wm8960(self.bus).start, 16000, 4096000)
        self.assertIn("now and then", text)

    def test_another_chip_at_the_address_is_named(self):
        self.attach(0x18, Chip({0xFD: 0x72}))
        text = self.text_of(Es8311(self.bus).start, 16000, 4096000)
        self.assertIn("is no ES8311: its register 0xFD is 0x72, not 0x83", text)

    def test_a_chip_that_keeps_nothing_is_an_error(self):
        self.attach(0x18, Chip({0xFD: 0x83}, stuck=tuple(range(0xF0))))
        codec = Es8311(self.bus)
        text = self.text_of(codec.start, 16000, 4096000)
        self.assertIn("ES8311 at 0x18 keeps nothing that is written", text)
        self.assertFalse(codec.running)

    def test_one_value_that_is_not_kept_is_noted_once(self):
        self.attach(5, Chip(stuck=(1,)))
        registers = Registers(self.bus, 5, "X")
        for _ in range(2):
            registers.run(((1, 7), (2, 3), (3, 4)))
        self.assertEqual(registers.notes, ["X at 0x05 holds 0x00 in register 0x01, not 0x07"])

    def test_volatile_registers_are_not_read(self):
        chip = self.attach(5, Chip(stuck=(1,)))
        Registers(self.bus, 5, "X", volatile=(1,)).run(((1, 7), (2, 3)))
        self.assertEqual(chip.read_back, [2])

    def test_update_leaves_other_bits(self):
        chip = self.attach(5, Chip({9: 0xA5}))
        Registers(self.bus, 5, "X").update(9, 0x0F, 0x3A)
        self.assertEqual(chip.registers[9], 0xAA)


class TestExpanders(Case):
    def setUp(self):
        self.bus = bus({})

    def test_tca9554_sets_the_level_before_the_direction(self):
        chip = self.attach(0x20, Chip({1: 0xFF, 3: 0xFF, 0: 0x40}))
        pin = Tca9554(self.bus).pin(6)
        pin.off()
        self.assertEqual(chip.written, [(1, 0xBF), (3, 0xBF)])
        pin.on()
        self.assertEqual(chip.written[2:], [(1, 0xFF)])
        self.assertEqual(pin.value(), 1)

    def test_pi4ioe5v6408_leaves_high_impedance_last(self):
        chip = self.attach(0x43, Chip({3: 0x00, 5: 0x00, 7: 0xFF, 0x0F: 0x00}))
        pin = Pi4ioe5v6408(self.bus).pin(0)
        pin.value(1)
        self.assertEqual(chip.written, [(5, 0x01), (3, 0x01), (7, 0xFE)])
        self.assertEqual(pin.value(), 0)

    def test_aw9523_has_two_ports(self):
        chip = self.attach(0x58, Chip({0x10: 0x23, 4: 0xFF, 5: 0xFF, 1: 0x80}))
        expander = Aw9523(self.bus)
        self.assertEqual(chip.written, [(0x11, 0x10)])
        expander.pin(2).on()
        expander.pin(15).off()
        self.assertEqual(chip.written[1:], [(2, 4), (4, 0xFB), (3, 0), (5, 0x7F)])
        self.assertEqual(expander.pin(15).value(), 1)

    def test_several_pins_are_driven_at_once(self):
        chip = self.attach(0x43, Chip({7: 0xFF, 0x0F: 0x10}))
        pins = Pi4ioe5v6408(self.bus).all_pins()
        pins.on()
        self.assertEqual(chip.written, [(5, 0xFF), (3, 0xFF), (7, 0x00)])
        self.assertEqual(pins.value(), 1)

    def test_axp2101_sets_the_voltage_before_it_switches_on(self):
        chip = self.attach(0x34, Chip({0x03: 0x4A, 0x90: 0x40}))
        power = Axp2101(self.bus)
        power.supply(ALDO1, 1800)
        power.supply(DLDO1, 3300)
        self.assertEqual(chip.written, [(0x92, 0x0D), (0x90, 0x41), (0x99, 0x1C), (0x90, 0xC1)])
        for millivolts in (3400, 400, 1850):
            with self.assertRaises(ValueError):
                power.supply(ALDO1, millivolts)


if __name__ == "__main__":
    unittest.main()
