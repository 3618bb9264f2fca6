"""Full duplex on one set of clock lines, and MCLK, by the GPIO matrix of an ESP32-S3.

machine.I2S is a master in one direction and has no MCLK pin. The chip can do more, and registers
reach it from Python. **To be confirmed on hardware**: signals and bits are from ESP-IDF 5.5
(gpio_sig_map.h, i2s_reg.h); nobody has heard it yet. Half duplex is the way that is known to work.
"""
# MIT License; see LICENSE

import sys

from micropython import const

from .i2s_microphone import Microphone
from .i2s_port import open_port

machine_name = getattr(sys.implementation, "_machine", "")

_MCLK_OUT = (23, 21)  # I2S0_MCLK_OUT_IDX, I2S1_MCLK_OUT_IDX
_I2S1I_BCK_IN = const(31)
_I2S1I_WS_IN = const(32)
_FUN_IE = const(1 << 9)  # IO_MUX_GPIOn_REG: the pin can be read
_RX_SLAVE_MOD = const(1 << 3)  # I2S_RX_CONF_REG
_RX_UPDATE = const(1 << 8)
_RX_CONF = const(0x20)
# Beyond 31 bits: made at import, not in a constant.
_IO_MUX_GPIO0 = 0x60009004
_I2S1 = 0x6002D000


def _need_s3():
    if "S3" not in machine_name:
        raise ValueError(f"the GPIO matrix is known of the ESP32-S3, not of {machine_name!r}")


class MatrixClock:
    """The master clock of an I2S port, 256 times the sample rate, on a pin, in phase with SCK.

    pin: a number. port: 0 or 1. Has `start(hz)` and `stop()`, as a codec bus wants its clock; it
    runs while the port does. Raises ValueError on another chip than an ESP32-S3.
    """

    def __init__(self, pin, port=0):
        _need_s3()
        self._pin = pin
        self._signal = _MCLK_OUT[port]

    def start(self, hz):
        """Route the clock to the pin; its rate follows from the port's."""
        import esp
        from machine import Pin

        Pin(self._pin, Pin.OUT)
        esp.gpio_matrix_out(self._pin, self._signal, 0, 0)

    def stop(self):
        """Give the pin back: an input."""
        from machine import Pin

        Pin(self._pin, Pin.IN)


class SharedClockMicrophone(Microphone):
    """A microphone on port 1 that follows the clocks of the speaker on port 0.

    sck, ws: numbers of the pins that the Speaker drives; it must have slot_bits=32 and the same
    rate_hz, and must have been started. sd: the microphone's data. spare: two pins that port 1 may
    drive while it is still a master. Otherwise as Microphone; ValueError on another chip than an
    ESP32-S3.
    """

    def __init__(self, sck, ws, sd, spare, **options):
        _need_s3()
        super().__init__(spare[0], spare[1], sd, port=1, **options)
        self._clocks = (sck, ws)

    def _open(self):
        # A slave's own clock must be 8 times the bit clock or more: ask for twice the rate.
        i2s = open_port(self._port, *self._pins, True, 32, 2 * self.rate_hz, self._bytes)
        self._follow()
        return i2s

    def _follow(self):
        import esp
        from machine import mem32

        sck, ws = self._clocks
        for pin, signal in ((sck, _I2S1I_BCK_IN), (ws, _I2S1I_WS_IN)):
            mem32[_IO_MUX_GPIO0 + 4 * pin] = mem32[_IO_MUX_GPIO0 + 4 * pin] | _FUN_IE
            esp.gpio_matrix_in(pin, signal, 0)
        mem32[_I2S1 + _RX_CONF] = mem32[_I2S1 + _RX_CONF] | _RX_SLAVE_MOD
        mem32[_I2S1 + _RX_CONF] = mem32[_I2S1 + _RX_CONF] | _RX_UPDATE
