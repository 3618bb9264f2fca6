"""Port 1 as a slave of port 0, and MCLK: which registers and routes are set, in which order."""
# MIT License; see LICENSE

import unittest

import esp
import fake_i2s
from audio import shared_clock
from audio.shared_clock import MatrixClock, SharedClockMicrophone
from fake_clock import clock
from fake_i2s import I2S
from fake_pins import Pin
from fake_registers import mem32

S3 = "Generic ESP32S3 module with ESP32S3"


class TestSharedClock(unittest.TestCase):
    def setUp(self):
        fake_i2s.reset()
        mem32.reset()
        esp.routes.clear()
        shared_clock.machine_name = S3

    def test_the_microphone_follows_the_speakers_clocks(self):
        mem32[0x60009004 + 4 * 7] = 0x800
        mem32.writes.clear()
        one = SharedClockMicrophone(7, 8, 9, (38, 39), ticks_us=clock.ticks_us)
        self.assertEqual(mem32.writes, [])
        one.start()
        port = I2S.ports[1]
        self.assertEqual((port.pins, port.rate, port.rx), ((38, 39, 9), 32000, True))
        self.assertEqual(one.rate_hz, 16000)
        self.assertEqual(esp.routes, [("in", 7, 31, 0), ("in", 8, 32, 0)])
        self.assertEqual(
            mem32.writes,
            [
                (0x60009020, 0xA00),
                (0x60009024, 0x200),
                (0x6002D020, 0x008),
                (0x6002D020, 0x108),
            ],
        )
        one.stop()
        self.assertFalse(one.running)

    def test_mclk_comes_out_of_the_matrix(self):
        for port, signal in ((0, 23), (1, 21)):
            esp.routes.clear()
            master = MatrixClock(16, port)
            master.start(4096000)
            self.assertEqual(esp.routes, [("out", 16, signal, 0, 0)])
            self.assertEqual(Pin.modes[16][0], Pin.OUT)
            master.stop()
            self.assertEqual(Pin.modes[16][0], Pin.IN)

    def test_another_chip_is_refused(self):
        for name in ("", "Generic ESP32 module with ESP32", "ESP32C3 module with ESP32C3"):
            shared_clock.machine_name = name
            with self.assertRaises(ValueError):
                MatrixClock(0)
            with self.assertRaises(ValueError):
                SharedClockMicrophone(7, 8, 9, (38, 39))
