"""WM8960, a stereo codec with class-D speaker drivers.

Register names, addresses and meanings: WM8960 datasheet (Cirrus Logic), "Register map"; the order
of power-up: "Recommended power-up sequence".
"""
# MIT License; see LICENSE

from micropython import const

from .registers import ChipError, silence

_LEFT_INPUT = const(0x00)
_RIGHT_INPUT = const(0x01)
_LOUT1 = const(0x02)
_ROUT1 = const(0x03)
_CLOCKING_1 = const(0x04)
_ADC_DAC_CONTROL_1 = const(0x05)
_AUDIO_INTERFACE_1 = const(0x07)
_AUDIO_INTERFACE_2 = const(0x09)
_LEFT_DAC = const(0x0A)
_RIGHT_DAC = const(0x0B)
_RESET = const(0x0F)
_LEFT_ADC = const(0x15)
_RIGHT_ADC = const(0x16)
_POWER_1 = const(0x19)
_POWER_2 = const(0x1A)
_LEFT_PGA_PATH = const(0x20)
_RIGHT_PGA_PATH = const(0x21)
_LEFT_OUT_MIX = const(0x22)
_RIGHT_OUT_MIX = const(0x25)
_LOUT2 = const(0x28)
_ROUT2 = const(0x29)
_POWER_3 = const(0x2F)
_CLASS_D_1 = const(0x31)

_RATIO = const(256)
_UPDATE = const(0x100)
_MUTE = const(0x008)
_DAC_ZERO_DB = const(0xFF)
_SPEAKER_ON = const(0x0F7)
_SPEAKER_OFF = const(0x037)

_START = (
    (_RESET, 0x000),
    (_POWER_1, 0x0C0),  # VMID by 50 k, VREF
    (_POWER_1, 0x0FE),  # inputs, both ADCs, microphone bias
    (_POWER_2, 0x1F8),  # both DACs, headphone and speaker outputs
    (_POWER_3, 0x03C),  # microphone amplifiers, output mixers
    (_CLOCKING_1, 0x000),  # MCLK as it comes, 256 fs
    (_AUDIO_INTERFACE_1, 0x002),  # slave, I2S, 16-bit words
    (_AUDIO_INTERFACE_2, 0x040),  # one LRCLK for both converters
    (_LEFT_PGA_PATH, 0x128),  # LINPUT1 to the amplifier, 20 dB boost, to the ADC
    (_RIGHT_PGA_PATH, 0x128),
    (_LEFT_ADC, 0x1C3),  # 0 dB
    (_RIGHT_ADC, 0x1C3),
    (_LEFT_OUT_MIX, 0x100),  # the DAC alone
    (_RIGHT_OUT_MIX, 0x100),
    (_LOUT1, 0x179),  # 0 dB
    (_ROUT1, 0x179),
    (_LOUT2, 0x179),
    (_ROUT2, 0x179),
    (_CLASS_D_1, _SPEAKER_ON),
)
_STOP = (
    (_ADC_DAC_CONTROL_1, _MUTE),
    (_CLASS_D_1, _SPEAKER_OFF),
    (_POWER_3, 0x000),
    (_POWER_2, 0x000),
    (_POWER_1, 0x000),
)


class Wm8960:
    """Both directions of a WM8960 as a slave of the bus; MCLK is 256 times the rate.

    Its registers cannot be read, so that only their acknowledgement is checked. gain_db: of the
    microphones' first amplifier, -17 to 30; 20 dB more follow.
    """

    def __init__(self, i2c, address=0x1A, gain_db=0):
        self._i2c = i2c
        self._address = address
        # 0.75 dB a step, 0x17 is 0 dB.
        self._gain = min(max(0x17 + gain_db * 4 // 3, 0), 0x3F)
        self._percent = 100
        self._byte = bytearray(1)
        self.running = False

    def start(self, rate_hz, mclk_hz):
        """Power up; does nothing when already up.

        Raises ChipError, and ValueError when MCLK is not 256 times the rate.
        """
        if mclk_hz != rate_hz * _RATIO:
            raise ValueError(f"WM8960 needs MCLK of {rate_hz * _RATIO} Hz, not {mclk_hz}")
        if self.running:
            return
        self._run(_START)
        self._write(_LEFT_INPUT, _UPDATE | self._gain)
        self._write(_RIGHT_INPUT, _UPDATE | self._gain)
        self.running = True
        self.volume(self._percent)
        self.mute(False)

    def volume(self, percent):
        """The speaker's volume, 0 to 100: half a decibel a percent, 100 is 0 dB, 0 is silence."""
        self._percent = percent = min(max(percent, 0), 100)
        if self.running:
            value = _DAC_ZERO_DB - 100 + percent if percent else 0
            self._write(_LEFT_DAC, value)
            self._write(_RIGHT_DAC, _UPDATE | value)

    def mute(self, muted):
        """Silence the outputs, or let them sound."""
        self._write(_ADC_DAC_CONTROL_1, _MUTE if muted else 0)

    def stop(self):
        """Power down."""
        if self.running:
            self.running = False
            self._run(_STOP)

    def _run(self, sequence):
        for register, value in sequence:
            self._write(register, value)

    def _write(self, register, value):
        # Seven bits of register and nine of value.
        self._byte[0] = value & 0xFF
        try:
            self._i2c.writeto_mem(self._address, register << 1 | value >> 8, self._byte)
        except OSError as error:
            raise ChipError(silence(self._i2c, self._address, "WM8960", error)) from None
