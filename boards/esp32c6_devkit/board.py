"""ESP32-C6-DevKitC-1 with an INMP441 microphone and a MAX98357A amplifier: half duplex."""
# MIT License; see LICENSE

from micropython import const

name = "esp32c6_devkit"
duplex = False

_MICROPHONE_SCK = const(18)
_MICROPHONE_WS = const(19)
_MICROPHONE_SD = const(20)
_SPEAKER_SCK = const(21)
_SPEAKER_WS = const(22)
_SPEAKER_SD = const(23)
_BUTTON_SIGNAL = const(9)
_LED_DATA = const(8)

_pair = None


def _turns():
    global _pair  # noqa: PLW0603
    if _pair is None:
        from audio.half_duplex import HalfDuplex
        from audio.i2s_microphone import Microphone
        from audio.i2s_speaker import Speaker

        _pair = HalfDuplex(
            Microphone(_MICROPHONE_SCK, _MICROPHONE_WS, _MICROPHONE_SD, port=0),
            Speaker(_SPEAKER_SCK, _SPEAKER_WS, _SPEAKER_SD, port=0, buffers=2),
        )
    return _pair


def microphone():
    """The INMP441, in its turn at the one I2S port."""
    return _turns().microphone


def speaker():
    """The MAX98357A, in its turn at the one I2S port."""
    return _turns().speaker


def talk(talking):
    """Give the turn to the microphone (True) or to the speaker, which has it at first."""
    _turns().talk(talking)


def processor():
    """Turns by voice, where the option `turns` says so; called for each call."""
    from turns import stage

    return stage(_turns())


def button():
    """The BOOT button."""
    from button_gpio import GpioButton

    return GpioButton(_BUTTON_SIGNAL)


def led():
    """The WS2812 on the board."""
    from led_neopixel import NeoPixelLed

    return NeoPixelLed(_LED_DATA)
