"""ESP32-S3-Korvo-2 V3: ES7210 microphones and ES8311 speaker on one bus, half duplex."""
# MIT License; see LICENSE

from micropython import const

name = "esp32s3_korvo2_v3"
duplex = False

_AUDIO_MCK = const(16)
_AUDIO_SCK = const(9)
_AUDIO_WS = const(45)
_AUDIO_SD_OUT = const(8)
_AUDIO_SD_IN = const(10)
_CONTROL_SDA = const(17)
_CONTROL_SCL = const(18)
_AMPLIFIER_ENABLE = const(48)
_BUTTON_SIGNAL = const(5)

# The REC button of the ladder; the others lie lower.
_REC_LOW_MV = const(2260)
_REC_HIGH_MV = const(2560)
_LED_PIN = const(6)

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
        from audio.chips.es7210 import Es7210
        from audio.chips.es8311 import Es8311
        from audio.chips.pwm_clock import PwmClock
        from audio.half_duplex import HalfDuplex
        from machine import Pin

        bus = CodecBus(
            (Es7210(_wires()),),
            (Es8311(_wires()),),
            Pin(_AMPLIFIER_ENABLE, Pin.OUT, value=0),
            PwmClock(_AUDIO_MCK),
        )
        _pair = HalfDuplex(
            BusMicrophone(bus, _AUDIO_SCK, _AUDIO_WS, _AUDIO_SD_IN),
            BusSpeaker(bus, _AUDIO_SCK, _AUDIO_WS, _AUDIO_SD_OUT, buffers=2),
        )
    return _pair


def microphone():
    """Microphone 1 of the ES7210, in its turn."""
    return _turns().microphone


def speaker():
    """The ES8311 and its amplifier, in their turn."""
    return _turns().speaker


def talk(talking):
    """Give the turn to the microphone (True) or to the speaker, which has it at first."""
    _turns().talk(talking)


def processor():
    """Turns by voice, where the option `turns` says so; called for each call."""
    from turns import stage

    return stage(_turns())


def button():
    """The REC button, one of six on an analogue pin."""
    from button_adc import AdcButton

    return AdcButton(_BUTTON_SIGNAL, _REC_LOW_MV, _REC_HIGH_MV)


def led():
    """The blue LED, on the I2C expander."""
    from audio.chips.tca9554 import Tca9554
    from led_driven import DrivenLed

    return DrivenLed(Tca9554(_wires()).pin(_LED_PIN))
