"""ES7243E, two microphone inputs.

Order and values are those of Espressif's public driver, which gives no names to registers: the
names here say what a value is for, as far as the ES7243 datasheet tells.
"""
# MIT License; see LICENSE

from micropython import const

from .registers import Registers

_RESET = const(0x00)
_CLOCK_ENABLE = const(0x01)
_CLOCK_SOURCE = const(0x02)
_CLOCK_OSR = const(0x03)
_CLOCK_ADC = const(0x04)
_CLOCK_DIVIDER = const(0x05)
_SCLK_DIVIDER = const(0x06)
_LRCK_DIVIDER_H = const(0x07)
_LRCK_DIVIDER_L = const(0x08)
_SDP_FORMAT = const(0x0B)
_ANALOG_RESET = const(0x16)
_ANALOG_BIAS = const(0x17)
_PGA_1 = const(0x20)
_PGA_2 = const(0x21)
_TEST_MODE = const(0xF9)
_STANDBY = const(0xF7)

_RATIO = const(256)
_PGA_ON = const(0x10)
_VOLATILE = (_RESET, _TEST_MODE, _STANDBY)

_START = (
    (_CLOCK_ENABLE, 0x3A),
    (_RESET, 0x80),
    (_TEST_MODE, 0x00),
    (_CLOCK_ADC, 0x02),
    (_CLOCK_ADC, 0x01),
    (_TEST_MODE, 0x01),
    (_RESET, 0x1E),
    (_CLOCK_ENABLE, 0x00),
    (_CLOCK_SOURCE, 0x00),
    (_CLOCK_OSR, 0x20),
    (_CLOCK_ADC, 0x01),
    (0x0D, 0x00),
    (_CLOCK_DIVIDER, 0x00),
    (_SCLK_DIVIDER, 0x03),
    (_LRCK_DIVIDER_H, 0x00),
    (_LRCK_DIVIDER_L, 0xFF),
    (0x09, 0xCA),
    (0x0A, 0x85),
    (_SDP_FORMAT, 0x00),  # I2S, 24-bit words, left-aligned in their slots
    (0x0E, 0xBF),
    (0x0F, 0x80),
    (0x14, 0x0C),
    (0x15, 0x0C),
    (_ANALOG_BIAS, 0x02),
    (0x18, 0x26),
    (0x19, 0x77),
    (0x1A, 0xF4),
    (0x1B, 0x66),
    (0x1C, 0x44),
    (0x1E, 0x00),
    (0x1F, 0x0C),
)
_RUN = (
    (_RESET, 0x80),
    (_CLOCK_ENABLE, 0x3A),
    (_ANALOG_RESET, 0x3F),
    (_ANALOG_RESET, 0x00),
    (_TEST_MODE, 0x00),
    (_ANALOG_BIAS, 0x01),
)
_STOP = (
    (_CLOCK_ADC, 0x02),
    (_CLOCK_ADC, 0x01),
    (_STANDBY, 0x30),
    (_TEST_MODE, 0x01),
    (_ANALOG_RESET, 0xFF),
    (_ANALOG_BIAS, 0x00),
    (_CLOCK_ENABLE, 0x38),
    (_PGA_1, 0x00),
    (_PGA_2, 0x00),
    (_RESET, 0x00),
    (_RESET, 0x1E),
    (_CLOCK_ENABLE, 0x30),
    (_CLOCK_ENABLE, 0x00),
)


class Es7243e:
    """Both microphones of an ES7243E as a slave of the bus; MCLK is 256 times the rate.

    gain_db: 0 to 30 in steps of 3.
    """

    def __init__(self, i2c, address=0x10, gain_db=30):
        self._registers = Registers(i2c, address, "ES7243E", _VOLATILE)
        self._gain = min(max(gain_db // 3, 0), 10)
        self.running = False

    def start(self, rate_hz, mclk_hz):
        """Power up; does nothing when already up.

        Raises ChipError, and ValueError when MCLK is not 256 times the rate.
        """
        if mclk_hz != rate_hz * _RATIO:
            raise ValueError(f"ES7243E needs MCLK of {rate_hz * _RATIO} Hz, not {mclk_hz}")
        if self.running:
            return
        self._registers.run(_START)
        self._set_gain()
        self._registers.run(_RUN)
        self.running = True

    def volume(self, percent):
        """The microphones' gain, 0 to 100 % of 30 dB, in steps of 3 dB."""
        self._gain = min(max(percent, 0), 100) // 10
        if self.running:
            self._set_gain()

    def mute(self, muted):
        """Take the microphones off their amplifiers, or put them back."""
        if muted:
            self._registers.write(_PGA_1, 0)
            self._registers.write(_PGA_2, 0)
        else:
            self._set_gain()

    def stop(self):
        """Go to stand-by."""
        if self.running:
            self.running = False
            self._registers.run(_STOP)

    def _set_gain(self):
        self._registers.write(_PGA_1, _PGA_ON | self._gain)
        self._registers.write(_PGA_2, _PGA_ON | self._gain)
