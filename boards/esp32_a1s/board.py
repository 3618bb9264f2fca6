"""Ai-Thinker ESP32-A1S Audio Kit: an ES8388 for both, half duplex."""
# MIT License; see LICENSE

from micropython import const

name = "esp32_a1s"
duplex = False

_AUDIO_MCK = const(0)
_AUDIO_SCK = const(27)
_AUDIO_WS = const(25)
_AUDIO_SD_OUT = const(26)
_AUDIO_SD_IN = const(35)
_CONTROL_SDA = const(33)
_CONTROL_SCL = const(32)
_AMPLIFIER_ENABLE = const(21)
_BUTTON_SIGNAL = const(36)
_LED_SIGNAL = const(22)

_i2c = None


def _wires():
    global _i2c  # noqa: PLW0603
    if _i2c is None:
        from machine import I2C, Pin

        _i2c = I2C(0, scl=Pin(_CONTROL_SCL), sda=Pin(_CONTROL_SDA), freq=400000)
    return _i2c


_pair = None


def _turns():
    global _pair  # noqa: PLW0603
    if _pair is None:
        from audio.chips.bus import BusMicrophone, BusSpeaker, CodecBus
        from audio.chips.es8388 import Es8388
        from audio.chips.pwm_clock import PwmClock
        from audio.half_duplex import HalfDuplex
        from machine import Pin

        codec = (Es8388(_wires()),)
        amplifier = Pin(_AMPLIFIER_ENABLE, Pin.OUT, value=0)
        bus = CodecBus(codec, codec, amplifier, PwmClock(_AUDIO_MCK))
        _pair = HalfDuplex(
            BusMicrophone(bus, _AUDIO_SCK, _AUDIO_WS, _AUDIO_SD_IN),
            BusSpeaker(bus, _AUDIO_SCK, _AUDIO_WS, _AUDIO_SD_OUT, buffers=2),
        )
    return _pair


def microphone():
    """The two microphones of the ES8388, in their turn."""
    return _turns().microphone


def speaker():
    """The ES8388 and its amplifiers, in their turn."""
    return _turns().speaker


def talk(talking):
    """Give the turn to the microphone (True) or to the speaker, which has it at first."""
    _turns().talk(talking)


def processor():
    """Turns by voice, where the option `turns` says so; called for each call."""
    from turns import stage

    return stage(_turns())


def button():
    """KEY1, with a resistor of its own."""
    from button_gpio import GpioButton

    return GpioButton(_BUTTON_SIGNAL, pull_up=False)


def led():
    """The LED D4, which lights at a low level."""
    from led_gpio import GpioLed

    return GpioLed(_LED_SIGNAL, active_high=False, pwm=True)
