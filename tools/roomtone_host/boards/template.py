"""board.py as text, out of the parts that `generate.facts` knows."""
# MIT License; see LICENSE

from __future__ import annotations

from .generate import CODECS
from .model import Board

_BOTH_WAYS = '''

def microphone():
    """The {microphone} at I2S port 0."""
    from audio.i2s_microphone import Microphone

    return Microphone(_MICROPHONE_SCK, _MICROPHONE_WS, _MICROPHONE_SD, port=0)


def speaker():
    """The {speaker} at I2S port 1."""
    from audio.i2s_speaker import Speaker

    return Speaker(_SPEAKER_SCK, _SPEAKER_WS, _SPEAKER_SD, port=1)


def processor():
    """Ducking, so that the speaker beside the microphone does not howl; called for each call."""
    from audio.duck import Ducker

    return Ducker(16000)

'''
_TURNS = '''
_pair = None


def _turns():
    global _pair  # noqa: PLW0603
    if _pair is None:
{make}
    return _pair


def microphone():
    """The microphone, in its turn."""
    return _turns().microphone


def speaker():
    """The speaker, in its turn."""
    return _turns().speaker


def talk(talking):
    """Give the turn to the microphone (True) or to the speaker, which has it at first."""
    _turns().talk(talking)


def processor():
    """Turns by voice, where the option `turns` says so; called for each call."""
    from turns import stage

    return stage(_turns())

'''
_BARE = """\
        from audio.half_duplex import HalfDuplex
        from audio.i2s_microphone import Microphone
        from audio.i2s_speaker import Speaker

        _pair = HalfDuplex(
            Microphone(_MICROPHONE_SCK, _MICROPHONE_WS, _MICROPHONE_SD, port=0),
            Speaker(_SPEAKER_SCK, _SPEAKER_WS, _SPEAKER_SD, port=0, buffers=2),
        )"""
_CODEC = """\
        from audio.chips.bus import BusMicrophone, BusSpeaker, CodecBus
{imports}
        from audio.half_duplex import HalfDuplex
        from machine import I2C, Pin

        wires = I2C(0, scl=Pin(_CONTROL_SCL), sda=Pin(_CONTROL_SDA), freq=400000)
        codec = ({name}(wires{options}),)
        amplifier = {amplifier}
        clock = {clock}
        bus = CodecBus(codec, codec, amplifier, clock)
        _pair = HalfDuplex(
            BusMicrophone(bus, _AUDIO_SCK, _AUDIO_WS, _AUDIO_SD_IN),
            BusSpeaker(bus, _AUDIO_SCK, _AUDIO_WS, _AUDIO_SD_OUT, buffers=2),
        )"""
_BUTTON = '''
def button():
    """The {part}."""
    from button_gpio import GpioButton

    return GpioButton(_BUTTON_SIGNAL)

'''
_LEDS = {
    "neopixel": '''
def led():
    """The WS2812."""
    from led_neopixel import NeoPixelLed

    return NeoPixelLed(_LED_DATA)
''',
    "gpio_led": '''
def led():
    """The LED."""
    from led_gpio import GpioLed

    return GpioLed(_LED_SIGNAL, pwm=True)
''',
    "none": '''
class _NoLed:
    def show(self, word):
        pass  # this board has none


def led():
    """Nothing: the board has no LED."""
    return _NoLed()
''',
}


def code(board: Board) -> str:
    """board.py for a board that `generate.facts` described."""
    full = board.duplex == "full"
    constants = [
        f"_{part.role}_{signal}".upper() + f" = const({gpio})"
        for part, signal, gpio in board.uses()
    ]
    if not full:
        sound = _TURNS.format(make=_codec(board) if board.fitting("audio") else _BARE)
    else:
        sound = _BOTH_WAYS.format(
            microphone=board.fitting("microphone").part, speaker=board.fitting("speaker").part
        )
    head = [
        f'"""{board.title}: {board.duplex} duplex."""',
        "# MIT License; see LICENSE",
        "",
        "from micropython import const",
        "",
        f'name = "{board.name}"',
        f"duplex = {full}",
        "",
        *constants,
        "",
    ]
    button = _BUTTON.format(part=board.fitting("button").part)
    return "\n".join(head) + sound + button + _LEDS[board.fitting("led").kind_name]


def _codec(board: Board) -> str:
    audio = board.fitting("audio")
    name = CODECS[audio.part][1]
    clocked = "mck" in audio.pins
    amplifier = (
        "Pin(_AMPLIFIER_ENABLE, Pin.OUT, value=0)" if board.fitting("amplifier") else "None"
    )
    imports = [f"        from audio.chips.{name.lower()} import {name}"]
    if clocked:
        imports.append("        from audio.chips.pwm_clock import PwmClock")
    return _CODEC.format(
        imports="\n".join(sorted(imports)),
        name=name,
        options="" if clocked else ", from_bclk=True",
        amplifier=amplifier,
        clock="PwmClock(_AUDIO_MCK)" if clocked else "None",
    )
