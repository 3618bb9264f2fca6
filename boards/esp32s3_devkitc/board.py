"""ESP32-S3-DevKitC-1 with an INMP441 microphone and a MAX98357A amplifier: full duplex."""
# MIT License; see LICENSE

from micropython import const

name = "esp32s3_devkitc"
duplex = True

_MICROPHONE_SCK = const(5)
_MICROPHONE_WS = const(4)
_MICROPHONE_SD = const(6)
_SPEAKER_SCK = const(15)
_SPEAKER_WS = const(16)
_SPEAKER_SD = const(7)
_BUTTON_SIGNAL = const(0)
_LED_DATA = const(48)


def microphone():
    """The INMP441 at I2S port 0."""
    from audio.i2s_microphone import Microphone

    return Microphone(_MICROPHONE_SCK, _MICROPHONE_WS, _MICROPHONE_SD, port=0)


def speaker():
    """The MAX98357A at I2S port 1."""
    from audio.i2s_speaker import Speaker

    return Speaker(_SPEAKER_SCK, _SPEAKER_WS, _SPEAKER_SD, port=1)


def processor():
    """Ducking, so that the speaker beside the microphone does not howl; called for each call."""
    from audio.duck import Ducker

    return Ducker(16000)


def button():
    """The BOOT button."""
    from button_gpio import GpioButton

    return GpioButton(_BUTTON_SIGNAL)


def led():
    """The WS2812 on the board; version 1.1 of the kit has it at GPIO38."""
    from led_neopixel import NeoPixelLed

    return NeoPixelLed(_LED_DATA)
