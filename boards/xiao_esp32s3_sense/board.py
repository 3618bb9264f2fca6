"""Seeed XIAO ESP32S3 Sense: its PDM microphone, and a MAX98357A: full duplex."""
# MIT License; see LICENSE

from micropython import const

name = "xiao_esp32s3_sense"
duplex = True

_MICROPHONE_CLK = const(42)
_MICROPHONE_DATA = const(41)
_SPEAKER_SCK = const(1)
_SPEAKER_WS = const(2)
_SPEAKER_SD = const(4)
_BUTTON_SIGNAL = const(0)
_LED_SIGNAL = const(21)


def microphone():
    """The PDM microphone on the expansion board, at I2S port 0."""
    from audio.pdm_microphone import PdmMicrophone

    return PdmMicrophone(_MICROPHONE_CLK, _MICROPHONE_DATA, port=0)


def speaker():
    """The MAX98357A that is wired to it, at I2S port 1."""
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
    """The user LED, which lights at a low level."""
    from led_gpio import GpioLed

    return GpioLed(_LED_SIGNAL, active_high=False, pwm=True)
