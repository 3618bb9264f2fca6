"""ESP32-DevKitC V4 with an INMP441 microphone and a MAX98357A amplifier: full duplex."""
# MIT License; see LICENSE

from micropython import const

name = "esp32_devkitc"
duplex = True

_MICROPHONE_SCK = const(32)
_MICROPHONE_WS = const(33)
_MICROPHONE_SD = const(35)
_SPEAKER_SCK = const(26)
_SPEAKER_WS = const(25)
_SPEAKER_SD = const(22)
_BUTTON_SIGNAL = const(0)
_LED_SIGNAL = const(4)


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
    """The LED that is wired to the board: it has none of its own."""
    from led_gpio import GpioLed

    return GpioLed(_LED_SIGNAL, pwm=True)
