"""Every board of boards/ on a fake machine: sound both ways, button, LED, and the pins it uses."""
# MIT License; see LICENSE

import json
import os
import sys
import unittest
from array import array

import fake_bitstream
import fake_i2s
import machine
import turns
from fake_clock import clock
from fake_i2c import I2C
from fake_i2s import I2S
from fake_pins import ADC, PWM, Pin
from fake_spi import SPI
from i2c import Chip, chips_of
from led_driven import DrivenLed
from led_screen import ScreenLed

BOARDS = sorted([name for name in os.listdir("boards") if "." not in name and name != "sim"])
# At which level of its pin a board's button is down, in microvolts where it is analogue.
ANALOGUE_UV = {"esp32s3_korvo2_v3": 2410000, "esp32_lyrat_mini": 2450000}


class SeenPin(Pin):
    """Remembers every GPIO that was asked for."""

    seen = set()

    def __init__(self, id, *args, **options):
        super().__init__(id, *args, **options)
        SeenPin.seen.add(self.id)


class Load:
    """A board module, imported as on a board: its folder first, and nothing left behind."""

    def __init__(self, name):
        self.folder = "boards/" + name
        with open(self.folder + "/board.json") as file:
            self.own = json.load(file)["roomtone"]
        self.parts = self.own["parts"]
        self.others = {}

    def __enter__(self):
        sys.path.insert(0, self.folder)
        self.others = {
            name: sys.modules.pop(name) for name in self.modules() if name in sys.modules
        }
        machine.Pin, self.pin = SeenPin, machine.Pin
        for table in (SeenPin.seen, Pin.levels, Pin.modes, PWM.running, ADC.levels):
            table.clear()
        fake_bitstream.sent.clear()
        del SPI.written[:]
        fake_i2s.reset()
        I2C.devices = chips_of(self.parts)
        import board

        return board

    def __exit__(self, *error):
        machine.Pin = self.pin
        sys.path.remove(self.folder)
        for name in self.modules():
            sys.modules.pop(name, None)
        sys.modules.update(self.others)

    def modules(self):
        return [name[:-3] for name in os.listdir(self.folder) if name.endswith(".py")]

    def gpios(self):
        return {gpio for part in self.parts.values() for gpio in part.get("pins", {}).values()}

    def transfers(self):
        return sum(len(chip.written) + len(chip.read_back) for chip in I2C.devices.values())

    def chip(self, name):
        for part in self.parts.values():
            if name in part.get("chips", {}):
                return I2C.devices[int(part["chips"][name], 16)]
        return None


def ports(receiving):
    return [port for port in I2S.ports.values() if port.rx == receiving]


class TestBoards(unittest.TestCase):
    def each(self, action):
        for name in BOARDS:
            with self.subTest(name):
                load = Load(name)
                with load as board:
                    action(load, board)

    def test_there_are_all_that_are_promised(self):
        self.assertTrue(len(BOARDS) >= 11)

    def test_sound_goes_both_ways(self):
        def action(load, board):
            pcm = memoryview(array("h", bytes(640)))
            microphone, speaker = board.microphone(), board.speaker()
            self.assertEqual((microphone.rate_hz, speaker.rate_hz), (16000, 16000))
            self.assertEqual(I2S.ports, {})
            microphone.start()
            speaker.start()
            if not board.duplex:
                self.assertEqual((len(ports(True)), len(ports(False))), (0, 1))
                board.talk(True)
                self.assertEqual((len(ports(True)), len(ports(False))), (1, 0))
            clock.advance(60000)
            count = microphone.readinto(pcm)
            self.assertTrue(count > 0 and count % 16 == 0)
            if not board.duplex:
                board.talk(False)
            self.assertEqual(len(ports(False)), 1)
            clock.advance(60000)
            count = speaker.write(pcm)
            self.assertTrue(count > 0 and count % 16 == 0)
            self.assertTrue(speaker.buffered_ms() > 0)
            microphone.stop()
            speaker.stop()
            self.assertEqual(I2S.ports, {})

        self.each(action)

    def test_both_ways_at_once_where_it_is_said(self):
        def action(load, board):
            microphone, speaker = board.microphone(), board.speaker()
            microphone.start()
            speaker.start()
            both = len(ports(True)) == len(ports(False)) == 1
            self.assertEqual(both, load.own["duplex"] == "full")
            self.assertEqual(board.duplex, both)
            microphone.stop()
            speaker.stop()

        self.each(action)

    def test_amplifier_is_on_only_while_the_speaker_runs(self):
        def action(load, board):
            enable = load.parts.get("amplifier", {}).get("pins", {}).get("enable")
            if enable is None:
                return
            microphone, speaker = board.microphone(), board.speaker()
            self.assertEqual(Pin.levels[enable], 0)
            speaker.start()
            self.assertEqual(Pin.levels[enable], 1)
            microphone.start()
            if not board.duplex:
                board.talk(True)
                self.assertEqual(Pin.levels[enable], 0)
                board.talk(False)
                self.assertEqual(Pin.levels[enable], 1)
            speaker.stop()
            self.assertEqual(Pin.levels[enable], 0)
            microphone.stop()

        self.each(action)

    def test_every_board_keeps_its_speaker_out_of_its_microphone(self):
        def action(load, board):
            turns.options = {}
            self.assertEqual(board.processor() is None, not board.duplex)
            if board.duplex:
                return
            turns.options = {"turns": "voice"}
            microphone, speaker = board.microphone(), board.speaker()
            switch = board.processor()
            microphone.start()
            speaker.start()
            # Nobody speaks: the microphone listens for who begins.
            self.assertEqual((len(ports(True)), len(ports(False))), (1, 0))
            silent = array("h", bytes(640))
            loud = array("h", [9000, -9000] * 160)
            for _ in range(20):
                switch.played(loud, 40)
                switch.process(silent)
            self.assertEqual((len(ports(True)), len(ports(False))), (0, 1))
            microphone.stop()
            speaker.stop()
            turns.options = {"turns": "sometimes"}
            with self.assertRaises(ValueError):
                board.processor()
            turns.options = None

        self.each(action)

    def test_a_change_of_turn_costs_the_chips_little(self):
        def action(load, board):
            if board.duplex:
                return
            microphone, speaker = board.microphone(), board.speaker()
            microphone.start()
            speaker.start()
            board.talk(True)
            board.talk(False)
            before = load.transfers()
            board.talk(True)
            board.talk(False)
            # At 400 kHz one takes about 0.15 ms.
            self.assertTrue(load.transfers() - before <= 8)
            microphone.stop()
            speaker.stop()

        self.each(action)

    def test_chips_get_the_clock_that_they_are_told_of(self):
        def action(load, board):
            pins = load.parts.get("audio", {}).get("pins", {})
            speaker = board.speaker()
            speaker.start()
            if "mck" in pins:
                self.assertEqual(PWM.running[pins["mck"]], [4096000, 32768])
            codec = load.chip("ES8311")
            if codec:
                # 256 fs of its own pin, or the bit clock of two 32-bit slots times 4.
                wanted = (0x3F, 0x00) if "mck" in pins else (0xBF, 0x10)
                self.assertEqual((codec.registers[0x01], codec.registers[0x02]), wanted)
            speaker.stop()

        self.each(action)

    def test_a_missing_chip_is_an_error_in_words_and_frees_the_port(self):
        def action(load, board):
            chips = load.parts.get("control", {}).get("chips", {})
            microphone = None
            I2C.devices = {}
            if not chips:
                return
            try:
                microphone = board.microphone()
                microphone.start()
                self.fail("started without its chips")
            except OSError as error:
                self.assertIn("does not answer at 0x", str(error))
            self.assertEqual(I2S.ports, {})

        self.each(action)

    def test_button_goes_down_and_up(self):
        def action(load, board):
            button = board.button()
            self.press(load, False)
            self.assertFalse(button.pressed())
            self.press(load, True)
            self.assertTrue(button.pressed())
            self.press(load, False)
            self.assertFalse(button.pressed())

        self.each(action)

    def press(self, load, down):
        pins = load.parts["button"].get("pins")
        if load.folder[7:] in ANALOGUE_UV:
            ADC.levels[pins["signal"]] = ANALOGUE_UV[load.folder[7:]] if down else 3100000
        elif pins:
            Pin.levels[pins["signal"]] = 0 if down else 1
        else:
            load.chip("FT6336U").registers[0x02] = 1 if down else 0

    def test_led_shows_words(self):
        def action(load, board):
            kind = load.parts["led"]["kind"]
            pins = load.parts["led"].get("pins", {})
            led = board.led()
            led.show("test")
            if kind == "neopixel":
                self.assertTrue(max(fake_bitstream.sent[pins["data"]]) > 0)
            elif kind == "screen":
                self.assertTrue(max(SPI.written[-1]) == 0xFF)
            elif pins:
                lit = PWM.running[pins["signal"]][1]
            else:
                lit = load.chip("TCA9554").registers[1]
            led.show("off")
            if kind == "neopixel":
                self.assertEqual(max(fake_bitstream.sent[pins["data"]]), 0)
            elif kind == "screen":
                self.assertEqual(max(SPI.written[-1]), 0)
            elif pins:
                self.assertEqual(abs(PWM.running[pins["signal"]][1] - lit), 0xFFFF)
            else:
                self.assertNotEqual(load.chip("TCA9554").registers[1], lit)

        self.each(action)

    def test_no_pin_is_used_that_board_json_does_not_name(self):
        def action(load, board):
            microphone, speaker = board.microphone(), board.speaker()
            microphone.start()
            speaker.start()
            if not board.duplex:
                board.talk(True)
            board.button()
            board.led()
            self.assertEqual(SeenPin.seen ^ load.gpios(), set())
            microphone.stop()
            speaker.stop()

        self.each(action)

    def test_the_lyrat_mini_finds_the_newer_of_its_two_chips(self):
        with Load("esp32_lyrat_mini") as board:
            older = I2C.devices[0x13]
            newer = I2C.devices[0x10] = Chip()
            microphone = board.microphone()
            microphone.start()
            self.assertEqual((len(newer.written) > 0, older.written), (True, []))
            microphone.stop()

    def test_a_screen_is_set_up_cleared_and_given_a_square_in_its_middle(self):
        del SPI.written[:]
        ScreenLed(SPI(1), 5, 4, 128, 128, 32, inverted=True, setup=((0xB0, b"\xc0"),))
        sent = SPI.written
        self.assertEqual(sent[:4], [b"\x01", b"\xb0", b"\xc0", b"\x11"])
        self.assertEqual(sent[4:10], [b"\x3a", b"\x55", b"\x36", b"\x08", b"\x21", b"\x29"])
        self.assertEqual(sent[10:14], [b"\x2a", b"\0\0\0\x7f", b"\x2b", b"\0\x20\0\x9f"])
        self.assertEqual(sum([len(piece) for piece in sent[15:-5]]), 2 * 128 * 128)
        self.assertEqual(sent[-5:-1], [b"\x2a", b"\0\x20\0\x5f", b"\x2b", b"\0\x40\0\x7f"])
        self.assertEqual(sent[-1], b"\x2c")

    def test_an_led_that_does_not_answer_is_asked_no_more(self):
        class Silent:
            asked = 0

            def on(self):
                self.asked += 1
                raise OSError(19)

            off = on

        pin = Silent()
        led = DrivenLed(pin)
        for _ in range(5):
            led.show("test")
            led.show("off")
        self.assertEqual(pin.asked, 3)


if __name__ == "__main__":
    unittest.main()
