"""ES7210, four microphone inputs; here the first two, as one I2S stream.

Register names and meanings: ES7210 datasheet (Everest Semiconductor), "Register definition"; the
order of power-up is that of Espressif's public drivers for it.
"""
# MIT License; see LICENSE

from micropython import const

from .registers import Registers

_RESET = const(0x00)
_CLOCK_OFF = const(0x01)
_MAINCLK = const(0x02)
_LRCK_DIV_H = const(0x04)
_LRCK_DIV_L = const(0x05)
_POWER_DOWN = const(0x06)
_OSR = const(0x07)
_MODE_CONFIG = const(0x08)
_TIME_CONTROL_0 = const(0x09)
_TIME_CONTROL_1 = const(0x0A)
_SDP_INTERFACE_1 = const(0x11)
_SDP_INTERFACE_2 = const(0x12)
_ADC34_HPF2 = const(0x20)
_ADC34_HPF1 = const(0x21)
_ADC12_HPF1 = const(0x22)
_ADC12_HPF2 = const(0x23)
_ANALOG = const(0x40)
_MIC12_BIAS = const(0x41)
_MIC34_BIAS = const(0x42)
_MIC1_GAIN = const(0x43)
_MIC2_GAIN = const(0x44)
_MIC3_GAIN = const(0x45)
_MIC4_GAIN = const(0x46)
_MIC1_POWER = const(0x47)
_MIC2_POWER = const(0x48)
_MIC3_POWER = const(0x49)
_MIC4_POWER = const(0x4A)
_MIC12_POWER = const(0x4B)
_MIC34_POWER = const(0x4C)

# MCLK in multiples of the rate, and MAINCLK: DLL, clock doubler, divider of the converters.
_MAINCLKS = {256: 0xC1, 512: 0x81, 768: 0xC3, 1024: 0x82, 1536: 0x83}
_SELECTED = const(0x10)
# Clocks of the first pair on, those of the second off.
_PAIR_12 = const(0x14)

_POWER_UP = (
    (_RESET, 0xFF),
    (_RESET, 0x41),
    (_CLOCK_OFF, 0x3F),
    (_TIME_CONTROL_0, 0x30),
    (_TIME_CONTROL_1, 0x30),
    (_ADC12_HPF2, 0x2A),
    (_ADC12_HPF1, 0x0A),
    (_ADC34_HPF2, 0x0A),
    (_ADC34_HPF1, 0x2A),
    (_MODE_CONFIG, 0x10),  # slave
    (_ANALOG, 0x43),
    (_MIC12_BIAS, 0x70),  # 2.87 V
    (_MIC34_BIAS, 0x70),
    (_OSR, 0x20),
)
_FORMAT = (
    (_SDP_INTERFACE_1, 0x80),  # I2S, 32-bit words, as machine.I2S reads them
    (_SDP_INTERFACE_2, 0x00),  # one stream a pair of microphones, no TDM
)
_RUN = (
    (_MIC3_GAIN, 0x00),
    (_MIC4_GAIN, 0x00),
    (_CLOCK_OFF, _PAIR_12),
    (_POWER_DOWN, 0x00),
    (_MIC1_POWER, 0x08),
    (_MIC2_POWER, 0x08),
    (_MIC3_POWER, 0xFF),
    (_MIC4_POWER, 0xFF),
    (_MIC12_POWER, 0x00),
    (_MIC34_POWER, 0xFF),
)
_STOP = (
    (_MIC1_POWER, 0xFF),
    (_MIC2_POWER, 0xFF),
    (_MIC12_POWER, 0xFF),
    (_ANALOG, 0xC0),
    (_CLOCK_OFF, 0x7F),
    (_POWER_DOWN, 0x07),
)


class Es7210:
    """The microphones 1 and 2 of an ES7210 as a slave of the bus; number 1 is in the left slot.

    gain_db: 0 to 33 in steps of 3.
    """

    def __init__(self, i2c, address=0x40, gain_db=30):
        self._registers = Registers(i2c, address, "ES7210", volatile=(_RESET,))
        self._gain = min(max(gain_db // 3, 0), 11)
        self.running = False

    def start(self, rate_hz, mclk_hz):
        """Power up with MCLK of 256, 512, 768, 1024 or 1536 times the rate; once is enough.

        Raises ChipError, and ValueError when the chip has no such ratio.
        """
        ratio = mclk_hz // rate_hz
        if mclk_hz % rate_hz or ratio not in _MAINCLKS:
            raise ValueError(f"ES7210 can't make {rate_hz} Hz out of MCLK of {mclk_hz} Hz")
        if self.running:
            return
        registers = self._registers
        registers.run(_POWER_UP)
        registers.run((
            (_MAINCLK, 0xC1),  # clears the state of the clock tree
            (_MAINCLK, _MAINCLKS[ratio]),
            (_LRCK_DIV_H, ratio >> 8),
            (_LRCK_DIV_L, ratio & 0xFF),
        ))  # fmt: skip
        registers.run(_FORMAT)
        registers.run(((_MIC1_GAIN, _SELECTED | self._gain), (_MIC2_GAIN, _SELECTED | self._gain)))
        registers.run(_RUN)
        self.running = True

    def volume(self, percent):
        """The microphones' gain, 0 to 100 % of 33 dB, in steps of 3 dB."""
        self._gain = min(max(percent, 0), 100) * 11 // 100
        if self.running:
            self._registers.write(_MIC1_GAIN, _SELECTED | self._gain)
            self._registers.write(_MIC2_GAIN, _SELECTED | self._gain)

    def mute(self, muted):
        """Take the microphones off their amplifiers, or put them back."""
        value = 0 if muted else _SELECTED | self._gain
        self._registers.write(_MIC1_GAIN, value)
        self._registers.write(_MIC2_GAIN, value)

    def stop(self):
        """Power down."""
        if self.running:
            self.running = False
            self._registers.run(_STOP)
