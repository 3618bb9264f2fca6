"""ES7243, two microphone inputs; the older relative of the ES7243E, with other registers.

Register meanings: ES7243 user guide (Everest Semiconductor); order and values are those of
Espressif's public driver for it. The chip answers on I2C only while MCLK runs.
"""
# MIT License; see LICENSE

from micropython import const

from .registers import Registers

_MODE = const(0x00)
_SDP_FORMAT = const(0x01)
_ADC_POWER = const(0x05)
_CHIP_POWER = const(0x06)
_ANALOG_GAIN = const(0x08)

# The amplifier's gains, and their codes in ANALOG_GAIN.
_GAINS = ((1, 0x11), (18, 0x21), (22, 0x06), (24, 0x41), (27, 0x43))
_MUTED = const(0x1B)
_RUNNING = const(0x13)


class Es7243:
    """Both microphones of an ES7243 as a slave of the bus, which finds the ratio of MCLK itself.

    gain_db: 1, 18, 22, 24 or 27; another value takes the next lower.
    """

    def __init__(self, i2c, address=0x13, gain_db=27):
        self._registers = Registers(i2c, address, "ES7243", (_MODE,))
        self._code = _code(gain_db)
        self.running = False

    def start(self, rate_hz, mclk_hz):
        """Power up; does nothing when already up. Raises ChipError."""
        if self.running:
            return
        self._registers.run((
            (_MODE, 0x01),  # slave, set up by registers
            (_CHIP_POWER, 0x00),
            (_ADC_POWER, _MUTED),
            (_SDP_FORMAT, 0x0C),  # I2S, 16-bit words, left-aligned in their slots
            (_ANALOG_GAIN, self._code),
            (_ADC_POWER, _RUNNING),
        ))  # fmt: skip
        self.running = True

    def volume(self, percent):
        """The microphones' gain, 0 to 100 % of 27 dB, the next lower there is."""
        self._code = _code(percent * 27 // 100)
        if self.running:
            self._registers.write(_ANALOG_GAIN, self._code)

    def mute(self, muted):
        """Silence the microphones, or let them be heard."""
        self._registers.write(_ADC_POWER, _MUTED if muted else _RUNNING)

    def stop(self):
        """Silence the chip; without MCLK it sleeps."""
        if self.running:
            self.running = False
            self._registers.write(_ADC_POWER, _MUTED)


def _code(gain_db):
    code = _GAINS[0][1]
    for gain, value in _GAINS:
        if gain <= gain_db:
            code = value
    return code
