"""M5Stack ATOM Echo: a PDM microphone whose clock is the word select of the speaker."""
# MIT License; see LICENSE

from micropython import const

name = "m5_atom_echo"
duplex = False

_AUDIO_SCK = const(19)
_AUDIO_WS = const(33)
_AUDIO_SD_OUT = const(22)
_AUDIO_DATA = const(23)
_BUTTON_SIGNAL = const(39)
_LED_DATA = const(27)

_pair = None


def _turns():
    global _pair  # noqa: PLW0603
    if _pair is None:
        from audio.half_duplex import HalfDuplex
        from audio.i2s_speaker import Speaker
        from audio.pdm_microphone import PdmMicrophone

        _pair = HalfDuplex(
            PdmMicrophone(_AUDIO_WS, _AUDIO_DATA, port=0),
            Speaker(_AUDIO_SCK, _AUDIO_WS, _AUDIO_SD_OUT, port=0, buffers=2),
        )
    return _pair


def microphone():
    """The SPM1423, in its turn: its clock is the speaker's word select."""
    return _turns().microphone


def speaker():
    """The NS4168, in its turn."""
    return _turns().speaker


def talk(talking):
    """Give the turn to the microphone (True) or to the speaker, which has it at first."""
    _turns().talk(talking)


def processor():
    """Turns by voice, where the option `turns` says so; called for each call."""
    from turns import stage

    return stage(_turns())


def button():
    """The button on the front, with a resistor of its own."""
    from button_gpio import GpioButton

    return GpioButton(_BUTTON_SIGNAL, pull_up=False)


def led():
    """The SK6812 in the button."""
    from led_neopixel import NeoPixelLed

    return NeoPixelLed(_LED_DATA)
