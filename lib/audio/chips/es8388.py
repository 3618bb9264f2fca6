"""ES8388, a stereo codec with headphone drivers, on ESP32-A1S and LyraT boards.

Register names and meanings: ES8388 datasheet (Everest Semiconductor), section "Register
definition"; the order of power-up is that of Espressif's public drivers for it.
"""
# MIT License; see LICENSE

from micropython import const

from .registers import Registers

_CONTROL_1 = const(0x00)
_CONTROL_2 = const(0x01)
_CHIP_POWER = const(0x02)
_ADC_POWER = const(0x03)
_DAC_POWER = const(0x04)
_MASTER_MODE = const(0x08)
_ADC_CONTROL_1 = const(0x09)
_ADC_CONTROL_2 = const(0x0A)
_ADC_CONTROL_3 = const(0x0B)
_ADC_CONTROL_4 = const(0x0C)
_ADC_CONTROL_5 = const(0x0D)
_ADC_CONTROL_8 = const(0x10)
_ADC_CONTROL_9 = const(0x11)
_DAC_CONTROL_1 = const(0x17)
_DAC_CONTROL_2 = const(0x18)
_DAC_CONTROL_3 = const(0x19)
_DAC_CONTROL_4 = const(0x1A)
_DAC_CONTROL_5 = const(0x1B)
_DAC_CONTROL_16 = const(0x26)
_DAC_CONTROL_17 = const(0x27)
_DAC_CONTROL_20 = const(0x2A)
_DAC_CONTROL_21 = const(0x2B)
_DAC_CONTROL_23 = const(0x2D)
_LOUT1_VOLUME = const(0x2E)
_ROUT1_VOLUME = const(0x2F)
_LOUT2_VOLUME = const(0x30)
_ROUT2_VOLUME = const(0x31)

# MCLK in multiples of the rate, and the code for ADC_CONTROL_5 and DAC_CONTROL_2.
_RATIOS = {128: 0, 192: 1, 256: 2, 384: 3, 512: 4, 768: 6, 1024: 7}
_MUTE = const(0x04)
_OUTPUT_ZERO_DB = const(0x1E)
# LIN1/RIN1, LIN2/RIN2.
INPUT_1 = const(0x00)
INPUT_2 = const(0x50)

_INIT = (
    (_DAC_CONTROL_3, _MUTE),
    (_CONTROL_2, 0x50),
    (_CHIP_POWER, 0x00),
    (_MASTER_MODE, 0x00),
    (_DAC_POWER, 0xC0),
    (_CONTROL_1, 0x12),
)
_DAC = (
    (_DAC_CONTROL_1, 0x18),  # I2S, 16-bit words
    (_DAC_CONTROL_16, 0x00),
    (_DAC_CONTROL_17, 0x90),  # left DAC into left mixer, 0 dB
    (_DAC_CONTROL_20, 0x90),  # right DAC into right mixer, 0 dB
    (_DAC_CONTROL_21, 0x80),  # one LRCK for both converters
    (_DAC_CONTROL_23, 0x00),
)
_OUTPUTS = (
    (_LOUT1_VOLUME, _OUTPUT_ZERO_DB),
    (_ROUT1_VOLUME, _OUTPUT_ZERO_DB),
    (_LOUT2_VOLUME, _OUTPUT_ZERO_DB),
    (_ROUT2_VOLUME, _OUTPUT_ZERO_DB),
    (_DAC_POWER, 0x3C),
)
_STATE_MACHINE = ((_CHIP_POWER, 0xF0), (_CHIP_POWER, 0x00))
_POWER_DOWN = (
    (_DAC_CONTROL_3, _MUTE),
    (_ADC_POWER, 0xFF),
    (_DAC_POWER, 0xC0),
    (_CHIP_POWER, 0xF3),
)


class Es8388:
    """Both directions of an ES8388 as a slave of the bus.

    gain_db: of the microphone's amplifier, 0 to 24 in steps of 3. inputs: INPUT_1 or INPUT_2.
    """

    def __init__(self, i2c, address=0x10, gain_db=24, inputs=INPUT_1):
        self._registers = Registers(i2c, address, "ES8388")
        self._gain = min(max(gain_db // 3, 0), 8)
        self._inputs = inputs
        self._percent = 100
        self.running = False

    def start(self, rate_hz, mclk_hz):
        """Power up with MCLK of 128 to 1024 times the rate; does nothing when already up.

        Raises ChipError, and ValueError when the chip has no such ratio.
        """
        ratio = _RATIOS.get(mclk_hz // rate_hz) if mclk_hz % rate_hz == 0 else None
        if ratio is None:
            raise ValueError(f"ES8388 can't make {rate_hz} Hz out of MCLK of {mclk_hz} Hz")
        if self.running:
            return
        registers = self._registers
        registers.run(_INIT)
        registers.run(_DAC)
        registers.write(_DAC_CONTROL_2, ratio)
        registers.run(_OUTPUTS)
        registers.run((
            (_ADC_POWER, 0xFF),
            (_ADC_CONTROL_1, self._gain << 4 | self._gain),
            (_ADC_CONTROL_2, self._inputs),
            (_ADC_CONTROL_3, 0x02),
            (_ADC_CONTROL_4, 0x10),  # I2S, 32-bit words, as machine.I2S reads them
            (_ADC_CONTROL_5, ratio),
            (_ADC_CONTROL_8, 0x00),
            (_ADC_CONTROL_9, 0x00),
            (_ADC_POWER, 0x09),
        ))  # fmt: skip
        registers.run(_STATE_MACHINE)
        registers.write(_ADC_POWER, 0x00)
        self.running = True
        self.volume(self._percent)
        self.mute(False)

    def volume(self, percent):
        """The speaker's volume, 0 to 100: half a decibel a percent, 100 is 0 dB, 0 is silence."""
        self._percent = percent = min(max(percent, 0), 100)
        if self.running:
            attenuation = 100 - percent if percent else 192
            self._registers.write(_DAC_CONTROL_4, attenuation)
            self._registers.write(_DAC_CONTROL_5, attenuation)

    def mute(self, muted):
        """Silence the outputs, or let them sound."""
        self._registers.update(_DAC_CONTROL_3, _MUTE, _MUTE if muted else 0)

    def stop(self):
        """Power down both converters."""
        if self.running:
            self.running = False
            self._registers.run(_POWER_DOWN)
