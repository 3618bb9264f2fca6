"""Codec chips: every write of start-up and power-down, in order, and what is read back."""
# MIT License; see LICENSE

import unittest

from audio.chips.aw88298 import Aw88298
from audio.chips.es7210 import Es7210
from audio.chips.es7243 import Es7243
from audio.chips.es7243e import Es7243e
from audio.chips.es8311 import Es8311
from audio.chips.es8388 import INPUT_2, Es8388
from audio.chips.wm8960 import Wm8960
from i2c import Chip, bus


def on_bus(address, chip):
    return bus({address: chip}), chip


class TestEs8311(unittest.TestCase):
    START = [
        (0x00, 0x1F),  # reset of every part
        (0x00, 0x00),
        (0x00, 0x80),  # the state machine on, slave
        (0x01, 0x3F),  # every clock on, MCLK from its pin
        (0x02, 0x00),  # MCLK / 1 * 1
        (0x03, 0x10),  # single speed, ADC oversampling 16
        (0x04, 0x10),  # DAC oversampling 16
        (0x05, 0x00),  # converters' clocks undivided
        (0x09, 0x0C),  # in: I2S, 16 bits
        (0x0A, 0x10),  # out: I2S, 32 bits
        (0x0D, 0x01),  # analog circuits up
        (0x0E, 0x02),  # amplifier and ADC up
        (0x12, 0x00),  # DAC up
        (0x13, 0x10),  # output drives
        (0x1B, 0x0A),  # ADC high-pass
        (0x1C, 0x6A),  # equalizer past, offset cancelled
        (0x15, 0x40),  # ADC ramps
        (0x17, 0xBF),  # ADC 0 dB
        (0x37, 0x08),  # DAC equalizer past
        (0x14, 0x18),  # microphone 1, 24 dB
        (0x32, 0xBF),  # DAC 0 dB
    ]

    def setUp(self):
        self.bus, self.chip = on_bus(0x18, Chip({0xFD: 0x83, 0xFE: 0x11}))
        self.codec = Es8311(self.bus)

    def test_starts_as_the_data_sheet_says(self):
        self.codec.start(16000, 4096000)
        self.assertEqual(self.chip.written, self.START)

    def test_reads_back_all_but_the_reset(self):
        self.codec.start(16000, 4096000)
        for register, _ in self.START:
            self.assertEqual(register in self.chip.read_back, register != 0, register)

    def test_divides_and_multiplies_the_clock_to_256_fs(self):
        for mclk_hz, value in (
            (12288000, 2 << 5),  # 768 fs / 3
            (8192000, 1 << 5),  # 512 fs / 2
            (6144000, 2 << 5 | 0x08),  # 384 fs / 3 * 2
            (2048000, 0x08),
            (1024000, 0x10),  # the bit clock of 32-bit slots
            (512000, 0x18),  # the bit clock of 16-bit slots
        ):
            self.codec.start(16000, mclk_hz)
            self.assertEqual(self.chip.registers[0x02], value, mclk_hz)

    def test_a_second_start_only_sets_another_clock(self):
        self.codec.start(16000, 1024000)
        del self.chip.written[:]
        self.codec.start(16000, 1024000)
        self.assertEqual(self.chip.written, [])
        self.codec.start(16000, 512000)
        self.assertEqual(self.chip.written, [(0x02, 0x18)])

    def test_takes_the_bit_clock_when_told(self):
        Es8311(self.bus, from_bclk=True).start(16000, 1024000)
        self.assertIn((0x01, 0xBF), self.chip.written)

    def test_refuses_a_clock_that_does_not_fit_before_it_writes(self):
        with self.assertRaises(ValueError) as caught:
            self.codec.start(16000, 11289600)
        self.assertIn("16000 Hz out of a clock of 11289600 Hz", str(caught.exception))
        self.assertEqual(self.chip.written, [])

    def test_volume_is_half_a_decibel_a_percent(self):
        self.codec.start(16000, 4096000)
        for percent, value in ((100, 0xBF), (60, 0xBF - 40), (1, 0xBF - 99), (0, 0), (400, 0xBF)):
            self.codec.volume(percent)
            self.assertEqual(self.chip.registers[0x32], value, percent)

    def test_a_volume_set_before_the_start_counts(self):
        self.codec.volume(50)
        self.assertEqual(self.chip.written, [])
        self.codec.start(16000, 4096000)
        self.assertEqual(self.chip.registers[0x32], 0xBF - 50)

    def test_mutes_both_paths_of_the_dac_and_nothing_else(self):
        self.chip.registers[0x31] = 0x11
        self.codec.mute(True)
        self.assertEqual(self.chip.registers[0x31], 0x71)
        self.codec.mute(False)
        self.assertEqual(self.chip.registers[0x31], 0x11)

    def test_stops_outputs_first_and_clocks_last(self):
        self.codec.start(16000, 4096000)
        del self.chip.written[:]
        self.codec.stop()
        self.assertEqual(
            self.chip.written,
            [(0x32, 0), (0x17, 0), (0x0E, 0xFF), (0x12, 2), (0x14, 0), (0x0D, 0xFA), (0x15, 0),
             (0x01, 0x30), (0x00, 0)],
        )  # fmt: skip
        self.codec.stop()
        self.assertEqual(len(self.chip.written), 9)


class TestEs8388(unittest.TestCase):
    START = [
        (0x19, 0x04),  # DAC muted
        (0x01, 0x50),  # low-power modes off
        (0x02, 0x00),  # everything powered
        (0x08, 0x00),  # slave
        (0x04, 0xC0),  # DACs down
        (0x00, 0x12),  # play and record
        (0x17, 0x18),  # DAC: I2S, 16 bits
        (0x26, 0x00),
        (0x27, 0x90),
        (0x2A, 0x90),
        (0x2B, 0x80),
        (0x2D, 0x00),
        (0x18, 0x02),  # DAC: 256 fs
        (0x2E, 0x1E),  # outputs 0 dB
        (0x2F, 0x1E),
        (0x30, 0x1E),
        (0x31, 0x1E),
        (0x04, 0x3C),  # DACs and outputs up
        (0x03, 0xFF),  # ADCs down
        (0x09, 0x88),  # 24 dB
        (0x0A, 0x00),  # LIN1, RIN1
        (0x0B, 0x02),
        (0x0C, 0x10),  # ADC: I2S, 32 bits
        (0x0D, 0x02),  # ADC: 256 fs
        (0x10, 0x00),  # 0 dB
        (0x11, 0x00),
        (0x03, 0x09),
        (0x02, 0xF0),  # state machine again
        (0x02, 0x00),
        (0x03, 0x00),  # ADCs up
        (0x1A, 0x00),  # volume 0 dB
        (0x1B, 0x00),
        (0x19, 0x00),  # unmuted
    ]

    def setUp(self):
        self.bus, self.chip = on_bus(0x10, Chip())
        self.codec = Es8388(self.bus)

    def test_starts_as_the_data_sheet_says(self):
        self.codec.start(16000, 4096000)
        self.assertEqual(self.chip.written, self.START)
        self.assertEqual(
            {register for register, _ in self.START} - set(self.chip.read_back), set()
        )

    def test_takes_the_ratios_of_the_data_sheet(self):
        for ratio, code in ((128, 0), (384, 3), (512, 4), (768, 6), (1024, 7)):
            self.codec = Es8388(self.bus)
            self.codec.start(16000, 16000 * ratio)
            self.assertEqual(self.chip.registers[0x0D], code)
            self.assertEqual(self.chip.registers[0x18], code)
        with self.assertRaises(ValueError):
            self.codec.start(16000, 16000 * 300)

    def test_the_second_pair_of_inputs(self):
        Es8388(self.bus, inputs=INPUT_2, gain_db=12).start(16000, 4096000)
        self.assertEqual(self.chip.registers[0x0A], 0x50)
        self.assertEqual(self.chip.registers[0x09], 0x44)

    def test_volume_mute_and_stop(self):
        self.codec.start(16000, 4096000)
        self.codec.volume(80)
        self.assertEqual((self.chip.registers[0x1A], self.chip.registers[0x1B]), (20, 20))
        self.codec.volume(0)
        self.assertEqual(self.chip.registers[0x1A], 192)
        self.codec.mute(True)
        self.assertEqual(self.chip.registers[0x19], 0x04)
        del self.chip.written[:]
        self.codec.stop()
        self.assertEqual(
            self.chip.written, [(0x19, 0x04), (0x03, 0xFF), (0x04, 0xC0), (0x02, 0xF3)]
        )


class TestEs7210(unittest.TestCase):
    START = [
        (0x00, 0xFF), (0x00, 0x41), (0x01, 0x3F), (0x09, 0x30), (0x0A, 0x30), (0x23, 0x2A),
        (0x22, 0x0A), (0x20, 0x0A), (0x21, 0x2A), (0x08, 0x10), (0x40, 0x43), (0x41, 0x70),
        (0x42, 0x70), (0x07, 0x20), (0x02, 0xC1), (0x02, 0xC1), (0x04, 0x01), (0x05, 0x00),
        (0x11, 0x80), (0x12, 0x00), (0x43, 0x1A), (0x44, 0x1A), (0x45, 0x00), (0x46, 0x00),
        (0x01, 0x14), (0x06, 0x00), (0x47, 0x08), (0x48, 0x08), (0x49, 0xFF), (0x4A, 0xFF),
        (0x4B, 0x00), (0x4C, 0xFF),
    ]  # fmt: skip

    def setUp(self):
        self.bus, self.chip = on_bus(0x40, Chip())
        self.codec = Es7210(self.bus)

    def test_starts_two_of_its_four_microphones(self):
        self.codec.start(16000, 4096000)
        self.assertEqual(self.chip.written, self.START)

    def test_clock_tree_for_each_ratio(self):
        for ratio, value in ((256, 0xC1), (512, 0x81), (768, 0xC3), (1024, 0x82), (1536, 0x83)):
            Es7210(self.bus).start(8000, 8000 * ratio)
            self.assertEqual(self.chip.registers[0x02], value)
            self.assertEqual(self.chip.registers[0x04] << 8 | self.chip.registers[0x05], ratio)
        with self.assertRaises(ValueError):
            self.codec.start(16000, 2048000)

    def test_gain_mute_and_stop(self):
        self.codec.start(16000, 4096000)
        self.codec.volume(50)
        self.assertEqual((self.chip.registers[0x43], self.chip.registers[0x44]), (0x15, 0x15))
        self.codec.mute(True)
        self.assertEqual(self.chip.registers[0x43], 0)
        self.codec.mute(False)
        self.assertEqual(self.chip.registers[0x44], 0x15)
        del self.chip.written[:]
        self.codec.stop()
        self.assertEqual(
            self.chip.written,
            [(0x47, 0xFF), (0x48, 0xFF), (0x4B, 0xFF), (0x40, 0xC0), (0x01, 0x7F), (0x06, 0x07)],
        )


class TestEs7243e(unittest.TestCase):
    START = [
        (0x01, 0x3A), (0x00, 0x80), (0xF9, 0x00), (0x04, 0x02), (0x04, 0x01), (0xF9, 0x01),
        (0x00, 0x1E), (0x01, 0x00), (0x02, 0x00), (0x03, 0x20), (0x04, 0x01), (0x0D, 0x00),
        (0x05, 0x00), (0x06, 0x03), (0x07, 0x00), (0x08, 0xFF), (0x09, 0xCA), (0x0A, 0x85),
        (0x0B, 0x00), (0x0E, 0xBF), (0x0F, 0x80), (0x14, 0x0C), (0x15, 0x0C), (0x17, 0x02),
        (0x18, 0x26), (0x19, 0x77), (0x1A, 0xF4), (0x1B, 0x66), (0x1C, 0x44), (0x1E, 0x00),
        (0x1F, 0x0C), (0x20, 0x1A), (0x21, 0x1A), (0x00, 0x80), (0x01, 0x3A), (0x16, 0x3F),
        (0x16, 0x00), (0xF9, 0x00), (0x17, 0x01),
    ]  # fmt: skip

    def test_starts_and_stops_in_order(self):
        wires, chip = on_bus(0x10, Chip())
        codec = Es7243e(wires)
        codec.start(16000, 4096000)
        self.assertEqual(chip.written, self.START)
        codec.volume(50)
        self.assertEqual((chip.registers[0x20], chip.registers[0x21]), (0x15, 0x15))
        codec.mute(True)
        self.assertEqual(chip.registers[0x20], 0)
        del chip.written[:]
        codec.stop()
        self.assertEqual(chip.written[0], (0x04, 0x02))
        self.assertEqual(chip.written[-1], (0x01, 0x00))
        with self.assertRaises(ValueError):
            codec.start(16000, 8192000)


class TestEs7243(unittest.TestCase):
    def test_starts_and_stops_in_order(self):
        wires, chip = on_bus(0x13, Chip())
        codec = Es7243(wires)
        codec.start(16000, 4096000)
        self.assertEqual(
            chip.written,
            [(0x00, 0x01), (0x06, 0x00), (0x05, 0x1B), (0x01, 0x0C), (0x08, 0x43), (0x05, 0x13)],
        )
        codec.start(16000, 4096000)
        self.assertEqual(len(chip.written), 6)
        codec.mute(True)
        self.assertEqual(chip.registers[0x05], 0x1B)
        codec.mute(False)
        self.assertEqual(chip.registers[0x05], 0x13)
        codec.stop()
        self.assertEqual(chip.written[-1], (0x05, 0x1B))

    def test_takes_the_next_lower_gain_there_is(self):
        wires, chip = on_bus(0x13, Chip())
        codec = Es7243(wires, gain_db=20)
        codec.start(16000, 4096000)
        self.assertEqual(chip.registers[0x08], 0x21)
        for percent, code in ((100, 0x43), (90, 0x41), (82, 0x06), (10, 0x11), (0, 0x11)):
            codec.volume(percent)
            self.assertEqual(chip.registers[0x08], code, percent)


class TestWm8960(unittest.TestCase):
    # Nine-bit values: the register is shifted and takes the ninth bit.
    START = [
        (15, 0x000), (25, 0x0C0), (25, 0x0FE), (26, 0x1F8), (47, 0x03C), (4, 0x000), (7, 0x002),
        (9, 0x040), (32, 0x128), (33, 0x128), (21, 0x1C3), (22, 0x1C3), (34, 0x100), (37, 0x100),
        (2, 0x179), (3, 0x179), (40, 0x179), (41, 0x179), (49, 0x0F7), (0, 0x117), (1, 0x117),
        (10, 0x0FF), (11, 0x1FF), (5, 0x000),
    ]  # fmt: skip

    def decoded(self, chip):
        return [(first >> 1, (first & 1) << 8 | second) for first, second in chip.written]

    def test_starts_and_stops_in_order(self):
        wires, chip = on_bus(0x1A, Chip())
        codec = Wm8960(wires)
        codec.start(16000, 4096000)
        self.assertEqual(self.decoded(chip), self.START)
        self.assertEqual(chip.read_back, [])
        del chip.written[:]
        codec.volume(70)
        codec.mute(True)
        self.assertEqual(self.decoded(chip), [(10, 0xFF - 30), (11, 0x100 | 0xFF - 30), (5, 8)])
        del chip.written[:]
        codec.stop()
        self.assertEqual(self.decoded(chip), [(5, 8), (49, 0x037), (47, 0), (26, 0), (25, 0)])

    def test_needs_256_fs(self):
        wires, _ = on_bus(0x1A, Chip())
        with self.assertRaises(ValueError):
            Wm8960(wires).start(16000, 12288000)


class TestAw88298(unittest.TestCase):
    def setUp(self):
        self.bus, self.chip = on_bus(0x36, Chip({0x00: 0x1852}, width=2))
        self.amplifier = Aw88298(self.bus)

    def test_starts_in_order_with_words_of_16_bits(self):
        self.amplifier.start(16000, 0)
        self.assertEqual(
            self.chip.written,
            [(0x61, 0x0673), (0x04, 0x4040), (0x05, 0x0008), (0x06, 0x14C3), (0x0C, 0x0064)],
        )

    def test_rates(self):
        for rate_hz, code in ((8000, 0), (16000, 3), (24000, 5), (48000, 8)):
            Aw88298(self.bus).start(rate_hz, 0)
            self.assertEqual(self.chip.registers[0x06] & 15, code)
        with self.assertRaises(ValueError):
            self.amplifier.start(17000, 0)

    def test_volume_counts_six_decibels_and_halves(self):
        self.amplifier.start(16000, 0)
        for percent, value in ((100, 0x00), (99, 0x01), (88, 0x10), (50, 0x42), (0, 0xFF)):
            self.amplifier.volume(percent)
            self.assertEqual(self.chip.registers[0x0C], value << 8 | 0x64, percent)

    def test_mute_and_stop(self):
        self.amplifier.start(16000, 0)
        self.amplifier.mute(True)
        self.assertEqual(self.chip.registers[0x05], 0x0018)
        self.amplifier.mute(False)
        self.assertEqual(self.chip.registers[0x05], 0x0008)
        self.amplifier.stop()
        self.assertEqual(self.chip.written[-1], (0x04, 0x4003))


if __name__ == "__main__":
    unittest.main()
