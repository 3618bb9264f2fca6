"""ES8311, a mono codec: one microphone, one speaker output, clocks from outside.

Register names and meanings: ES8311 datasheet (Everest Semiconductor), "Configuration register
definition"; the order of power-up is that of Espressif's public drivers for it.
"""
# MIT License; see LICENSE

from micropython import const

from .registers import WAIT_MS, Registers

_RESET = const(0x00)
_CLK_MANAGER_1 = const(0x01)
_CLK_MANAGER_2 = const(0x02)
_CLK_MANAGER_3 = const(0x03)
_CLK_MANAGER_4 = const(0x04)
_CLK_MANAGER_5 = const(0x05)
_SDP_IN = const(0x09)
_SDP_OUT = const(0x0A)
_SYSTEM_POWER = const(0x0D)
_SYSTEM_ADC = const(0x0E)
_SYSTEM_DAC = const(0x12)
_SYSTEM_OUTPUT = const(0x13)
_SYSTEM_PGA = const(0x14)
_ADC_RAMP = const(0x15)
_ADC_VOLUME = const(0x17)
_ADC_HPF = const(0x1B)
_ADC_EQ = const(0x1C)
_DAC_MUTE = const(0x31)
_DAC_VOLUME = const(0x32)
_DAC_RAMP = const(0x37)
_CHIP_ID1 = const(0xFD)

_ID = const(0x83)
# CLK_MANAGER_1: all clocks on; bit 7 takes BCLK for MCLK.
_CLOCKS_ON = const(0x3F)
_FROM_BCLK = const(0x80)
# The multiplier's codes, and the internal clock that both converters are set for.
_MULTIPLIERS = ((1, 0x00), (2, 0x08), (4, 0x10), (8, 0x18))
_INTERNAL_FS = const(256)
# I2S format; 16-bit words in, 32-bit words out: machine.I2S sends 16-bit slots, reads 32-bit ones.
_WORD_16 = const(0x0C)
_WORD_32 = const(0x10)
_ZERO_DB = const(0xBF)
_MUTED = const(0x60)
# Bit 4 picks the pair MIC1P, MIC1N; the low bits are the gain in steps of 3 dB.
_MIC_1 = const(0x10)

_POWER_UP = (
    (_RESET, 0x1F),
    (WAIT_MS, 20),
    (_RESET, 0x00),
    (_RESET, 0x80),
)
_RUN = (
    (_SDP_IN, _WORD_16),
    (_SDP_OUT, _WORD_32),
    (_SYSTEM_POWER, 0x01),
    (_SYSTEM_ADC, 0x02),
    (_SYSTEM_DAC, 0x00),
    (_SYSTEM_OUTPUT, 0x10),
    (_ADC_HPF, 0x0A),
    (_ADC_EQ, 0x6A),
    (_ADC_RAMP, 0x40),
    (_ADC_VOLUME, _ZERO_DB),
    (_DAC_RAMP, 0x08),
)
_POWER_DOWN = (
    (_DAC_VOLUME, 0x00),
    (_ADC_VOLUME, 0x00),
    (_SYSTEM_ADC, 0xFF),
    (_SYSTEM_DAC, 0x02),
    (_SYSTEM_PGA, 0x00),
    (_SYSTEM_POWER, 0xFA),
    (_ADC_RAMP, 0x00),
    (_CLK_MANAGER_1, 0x30),
    (_RESET, 0x00),
)


class Es8311:
    """Both directions of an ES8311 as a slave of the bus.

    from_bclk: the chip has no MCLK and takes the bit clock instead (to be confirmed on hardware
    at 16 kHz and 32 fs, where the multiplier is at its end). gain_db: of the microphone's
    amplifier, 0 to 30 in steps of 3.
    """

    def __init__(self, i2c, address=0x18, from_bclk=False, gain_db=24):
        self._registers = Registers(i2c, address, "ES8311", volatile=(_RESET,))
        self._source = _CLOCKS_ON | (_FROM_BCLK if from_bclk else 0)
        self._gain = min(max(gain_db // 3, 0), 10)
        self._percent = 100
        self._divider = -1
        self.running = False

    def start(self, rate_hz, mclk_hz):
        """Power up, or take another clock when already up. mclk_hz: the clock that comes in.

        Raises ChipError, and ValueError when the chip can't make rate_hz out of mclk_hz.
        """
        divider = _divider(rate_hz, mclk_hz)
        registers = self._registers
        if self.running:
            if divider != self._divider:
                registers.write(_CLK_MANAGER_2, divider)
                self._divider = divider
            return
        registers.identify(_CHIP_ID1, _ID)
        registers.run(_POWER_UP)
        registers.run((
            (_CLK_MANAGER_1, self._source),
            (_CLK_MANAGER_2, divider),
            (_CLK_MANAGER_3, 0x10),
            (_CLK_MANAGER_4, 0x10),
            (_CLK_MANAGER_5, 0x00),
        ))  # fmt: skip
        registers.run(_RUN)
        registers.write(_SYSTEM_PGA, _MIC_1 | self._gain)
        self._divider = divider
        self.running = True
        self.volume(self._percent)

    def volume(self, percent):
        """The speaker's volume, 0 to 100: half a decibel a percent, 100 is 0 dB, 0 is silence."""
        self._percent = percent = min(max(percent, 0), 100)
        if self.running:
            self._registers.write(_DAC_VOLUME, _ZERO_DB - 100 + percent if percent else 0)

    def mute(self, muted):
        """Silence the speaker output, or let it sound."""
        self._registers.update(_DAC_MUTE, _MUTED, _MUTED if muted else 0)

    def stop(self):
        """Power down both converters; the bus may lose its clocks afterwards."""
        if self.running:
            self.running = False
            self._registers.run(_POWER_DOWN)


def _divider(rate_hz, mclk_hz):
    """CLK_MANAGER_2: pre-divider and multiplier that make 256 fs of the clock that comes in."""
    for divider in range(1, 9):
        for factor, code in _MULTIPLIERS:
            if mclk_hz * factor == rate_hz * _INTERNAL_FS * divider:
                return divider - 1 << 5 | code
    raise ValueError(f"ES8311 can't make {rate_hz} Hz out of a clock of {mclk_hz} Hz")
